package hammer

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// Finding is one request whose answer is wrong.
type Finding struct {
	Seed      uint64
	Number    int
	Operation string
	Problem   string
	// Changed names what was done to a valid request.
	Changed []string
	// Curl is the request as a command, made as small as it would go. Tokens
	// are variables in it.
	Curl    string
	Verdict judge.Verdict
	Status  int
	Body    string
}

// String tells all there is to know.
func (f Finding) String() string {
	return fmt.Sprintf("%s, number %d of SEED=%d (%s)\n%s\nthe document: %v\n%s\n%d %s",
		f.Operation, f.Number, f.Seed, strings.Join(f.Changed, ", "), f.Problem, f.Verdict, f.Curl, f.Status, f.Body)
}

// with completes a finding from the request that shows it.
func (f Finding) with(url string, r *draft, v judge.Verdict, answer apitest.Response) Finding {
	f.Changed, f.Verdict, f.Status, f.Body = r.changed, v, answer.Status, string(answer.Body)
	f.Curl = curl(url, r)
	return f
}

// curl writes a request as a command of a shell.
func curl(url string, r *draft) string {
	words := []string{"curl -sS -i --path-as-is -X", r.method, quote(url + r.target())}
	shown := caller{}
	if r.as != "nobody" {
		words = append(words, `-H "Authorization: $`+strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(r.as))+`"`)
	}
	request := r.request(shown)
	for _, name := range slices.Sorted(maps.Keys(request.Header)) {
		for _, value := range request.Header[name] {
			text := name + ": " + value
			if value == "" {
				text = name + ";" // as curl wants a header that is empty
			}
			words = append(words, "-H", quote(text))
		}
	}
	if request.Body != nil {
		words = append(words, "--data-binary", quoteBody(request.Body))
	}
	if request.Chunked {
		words = append(words, "-H 'Transfer-Encoding: chunked'")
	}
	return strings.Join(words, " ")
}

// quote writes a word for bash; bytes that are no plain text are escaped, and a
// long run of one character is printed by a program.
func quote(text string) string {
	const long = 100
	for at := 0; at < len(text); at++ {
		n := 1
		for at+n < len(text) && text[at+n] == text[at] {
			n++
		}
		if n > long {
			return quote(text[:at]) + fmt.Sprintf(`"$(printf '%c%%.0s' {1..%d})"`, text[at], n) + quote(text[at+n:])
		}
	}
	return quoteShort(text)
}

func quoteShort(text string) string {
	plain := utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == '\'' || c == 0x7f })
	if plain {
		return "'" + text + "'"
	}
	var out strings.Builder
	out.WriteString("$'")
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\'' || c == '\\':
			out.WriteString(`\` + string(rune(c)))
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + "'"
}

// quoteBody packs what is too long for a line, or has a NUL.
func quoteBody(body []byte) string {
	if len(body) <= 2<<10 && bytes.IndexByte(body, 0) < 0 {
		return quote(string(body))
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(body) // to memory
	_ = w.Close()
	return "@<(base64 -d <<<" + base64.StdEncoding.EncodeToString(packed.Bytes()) + " | gunzip)"
}
