package apitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/token"
)

// noText is what no text of ours can hold: NUL, half of a surrogate pair, bytes
// that are not UTF-8, a NUL of two bytes; as JSON carries it.
var noText = []string{`\u0000`, `\ud800`, "\xff", "\xc0\x80"}

// noTextEscaped is the same in a path, a query or a form.
var noTextEscaped = []string{"%00", "%ED%A0%80", "%FF", "%C0%80"}

// WalkBadText puts what is no text into every operation of a service, wherever
// it can be: at the end of each member's name and of each text of the body, into
// paths, queries, forms and headers. The answer is 400; where it is a header that
// nobody has to read, it is anything but a 5xx. It gives how many were sent.
func (s *System) WalkBadText(t *testing.T, c *Client, service string) (sent int) {
	insiders, stranger := s.insiders(t), s.Mint(t, token.Claims{})
	for _, o := range Operations(service) {
		for _, r := range o.badTexts(insiders.sample(o)) {
			sent++
			if answer := c.Do(t, r); answer.Status != http.StatusBadRequest {
				t.Errorf("%s answers %d to %q %q\n%s", o.ID, answer.Status, r.Path, r.Body, answer.Body)
			}
		}
		for _, header := range []string{"User-Agent", "X-Request-Id", "Cookie", "Accept", "If-Match", "Idempotency-Key", "Origin", "Authorization", "Latchkey-Client-Address"} {
			sent++
			r := o.Sample(stranger)
			r.Header = http.Header{header: {"a\xff\xed\xa0\x80b"}}
			if answer := c.Do(t, r); answer.Status >= http.StatusInternalServerError {
				t.Errorf("%s answers %d to the header %s\n%s", o.ID, answer.Status, header, answer.Body)
			}
		}
	}
	return sent
}

// badTexts are an operation's sample with what is no text in one place each.
func (o Operation) badTexts(sample Request) (all []Request) {
	with := func(change func(*Request)) {
		r := sample
		change(&r)
		all = append(all, r)
	}
	for _, bad := range noTextEscaped {
		for _, ref := range o.Spec.Parameters {
			switch p := ref.Value; {
			case p.In == openapi3.ParameterInPath && p.Schema.Value.Enum == nil:
				with(func(r *Request) { r.Path = strings.ReplaceAll(o.Path, "{"+p.Name+"}", "ab"+bad) })
			case p.In == openapi3.ParameterInQuery:
				with(func(r *Request) { r.Path += "?" + p.Name + "=ab" + bad })
			}
		}
	}
	switch body := sample.Body.(type) {
	case nil:
	case url.Values:
		for _, bad := range noTextEscaped {
			for name := range body {
				text := strings.Replace(body.Encode(), name+"=", name+"=a"+bad, 1)
				with(func(r *Request) { r.Body, r.Header = text, http.Header{"Content-Type": {mediaForm}} })
			}
		}
	default:
		for _, bad := range noText {
			for _, text := range spoilt(body, bad) {
				with(func(r *Request) { r.Body = text })
			}
		}
	}
	return all
}

// spoilt is a JSON value with bad at the end of one of its texts or members'
// names each.
func spoilt(value any, bad string) (all []string) {
	raw, err := json.Marshal(value)
	if err != nil {
		panic(err) // an example of the specification
	}
	within := false
	for i := 0; i < len(raw); i++ {
		switch {
		case raw[i] == '\\':
			i++
		case raw[i] == '"' && within:
			all = append(all, string(raw[:i])+bad+string(raw[i:]))
			within = false
		case raw[i] == '"':
			within = true
		}
	}
	return all
}
