package auth

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	tokenSession = uuid.MustParse("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e")
	tokenSalt    = []byte("0123456789abcdef")
	newKey       = bytes.Repeat([]byte("n"), 32)
	oldKey       = bytes.Repeat([]byte("o"), 32)
)

func mustTokens(t testing.TB, current, previous []byte) refreshTokens {
	t.Helper()
	tokens, err := newRefreshTokens(current, previous)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// genuine reports whether text is a token that was made here.
func genuine(tokens refreshTokens, text string) bool {
	token, ok := parseRefreshToken(text)
	return ok && tokens.genuine(token, tokenSalt)
}

func TestRefreshToken(t *testing.T) {
	t.Parallel()
	tokens := mustTokens(t, newKey, nil)
	for _, generation := range []int64{1, 2, 10, math.MaxInt64} {
		text := tokens.make(tokenSession, generation, tokenSalt)
		token, ok := parseRefreshToken(text)
		if !ok || token.session != tokenSession || token.generation != generation || !tokens.genuine(token, tokenSalt) {
			t.Errorf("generation %d came back as %+v, %v", generation, token, ok)
		}
		if text != tokens.make(tokenSession, generation, tokenSalt) {
			t.Error("the same generation makes two tokens")
		}
		if want := "v1." + tokenSession.String() + "." + strconv.FormatInt(generation, 10) + "."; !strings.HasPrefix(text, want) || len(text) != len(want)+43 {
			t.Errorf("%q is not %s and 43 characters", text, want)
		}
	}
	if _, err := newRefreshTokens(nil, nil); err == nil {
		t.Error("tokens without a key are made")
	}
}

// TestRefreshTokenInputs: the MAC holds session, generation and salt together.
func TestRefreshTokenInputs(t *testing.T) {
	t.Parallel()
	tokens := mustTokens(t, newKey, nil)
	token, ok := parseRefreshToken(tokens.make(tokenSession, 7, tokenSalt))
	if !ok {
		t.Fatal("our own token does not parse")
	}
	for name, change := range map[string]func(*refreshToken, *[]byte){
		"session":    func(r *refreshToken, _ *[]byte) { r.session = uuid.MustParse("01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f") },
		"generation": func(r *refreshToken, _ *[]byte) { r.generation++ },
		"salt":       func(_ *refreshToken, salt *[]byte) { *salt = []byte("0123456789abcdeg") },
		"no salt":    func(_ *refreshToken, salt *[]byte) { *salt = nil },
		"cut MAC":    func(r *refreshToken, _ *[]byte) { r.mac = r.mac[:31] },
		"no MAC":     func(r *refreshToken, _ *[]byte) { r.mac = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other, salt := token, tokenSalt
			change(&other, &salt)
			if tokens.genuine(other, salt) {
				t.Error("the MAC still holds")
			}
		})
	}
}

func TestRefreshTokenKeys(t *testing.T) {
	t.Parallel()
	before, changed, after := mustTokens(t, oldKey, nil), mustTokens(t, newKey, oldKey), mustTokens(t, newKey, nil)
	old := before.make(tokenSession, 3, tokenSalt)
	if !genuine(changed, old) {
		t.Error("the previous key's token is refused")
	}
	if genuine(after, old) {
		t.Error("a token of a key that is gone is taken")
	}
	if changed.make(tokenSession, 3, tokenSalt) != after.make(tokenSession, 3, tokenSalt) {
		t.Error("tokens are not made under the current key")
	}
	if genuine(before, after.make(tokenSession, 3, tokenSalt)) {
		t.Error("two keys make one token")
	}
}

// TestTamperedRefreshToken changes every character into every byte.
func TestTamperedRefreshToken(t *testing.T) {
	t.Parallel()
	tokens := mustTokens(t, newKey, oldKey)
	good := tokens.make(tokenSession, 12, tokenSalt)
	if !genuine(tokens, good) {
		t.Fatal("our own token is refused")
	}
	for i := range good {
		for b := range 256 {
			if text := good[:i] + string([]byte{byte(b)}) + good[i+1:]; text != good && genuine(tokens, text) {
				t.Fatalf("%q is taken, as well as %q", text, good)
			}
		}
		if genuine(tokens, good[:i]) || genuine(tokens, good[i+1:]) || genuine(tokens, good[:i]+good[i+1:]) {
			t.Fatalf("a token without its character %d is taken", i)
		}
	}
}

// TestRefreshTokenSpelling: a token has one spelling.
func TestRefreshTokenSpelling(t *testing.T) {
	t.Parallel()
	good := mustTokens(t, newKey, nil).make(tokenSession, 12, tokenSalt)
	sid, mac := tokenSession.String(), good[strings.LastIndex(good, ".")+1:]
	join := func(parts ...string) string { return strings.Join(parts, ".") }
	if _, ok := parseRefreshToken(join("v1", sid, "12", mac)); !ok {
		t.Fatal("our own token does not parse")
	}
	for name, text := range map[string]string{
		"empty":                   "",
		"dots":                    "...",
		"a thousand dots":         strings.Repeat(".", 1000),
		"no version":              join(sid, "12", mac),
		"capital version":         join("V1", sid, "12", mac),
		"next version":            join("v2", sid, "12", mac),
		"capital session":         join("v1", strings.ToUpper(sid), "12", mac),
		"session without dashes":  join("v1", strings.ReplaceAll(sid, "-", ""), "12", mac),
		"session in braces":       join("v1", "{"+sid+"}", "12", mac),
		"session as a URN":        join("v1", "urn:uuid:"+sid, "12", mac),
		"no session":              join("v1", "", "12", mac),
		"leading zero":            join("v1", sid, "012", mac),
		"plus":                    join("v1", sid, "+12", mac),
		"minus":                   join("v1", sid, "-12", mac),
		"generation zero":         join("v1", sid, "0", mac),
		"hexadecimal":             join("v1", sid, "0xC", mac),
		"underscore":              join("v1", sid, "1_2", mac),
		"no generation":           join("v1", sid, "", mac),
		"fraction":                join("v1", sid, "12.0", mac),
		"beyond an int64":         join("v1", sid, "9223372036854775808", mac),
		"full-width digits":       join("v1", sid, "１２", mac),
		"space before generation": join("v1", sid, " 12", mac),
		"padding":                 good + "=",
		"space around":            " " + good + " ",
		"no MAC":                  join("v1", sid, "12", ""),
		"short MAC":               good[:len(good)-1],
		"long MAC":                good + "A",
		"standard alphabet":       join("v1", sid, "12", strings.Repeat("+", 42)+"A"),
		"unused bits set":         join("v1", sid, "12", strings.Repeat("A", 42)+"B"),
		"a fifth part":            join(good, "x"),
		"a fifth part, empty":     join(good, ""),
		"NUL":                     good + "\x00",
		"the bearer's scheme":     "Bearer " + good,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if token, ok := parseRefreshToken(text); ok {
				t.Errorf("%q is taken for %+v", text, token)
			}
		})
	}
}

// FuzzParseRefreshToken: what parses is spelled as make would spell it.
func FuzzParseRefreshToken(f *testing.F) {
	tokens := mustTokens(f, newKey, nil)
	good := tokens.make(tokenSession, 12, tokenSalt)
	for _, text := range []string{
		good, strings.ToUpper(good), good + "=", "", "...", "v1.." + good, strings.Replace(good, ".12.", ".012.", 1),
		"v1." + tokenSession.String() + ".1." + strings.Repeat("A", 43),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := parseRefreshToken(text)
		if !ok {
			return
		}
		made := tokens.make(token.session, token.generation, tokenSalt)
		cut := strings.LastIndexByte(made, '.') + 1
		if !strings.HasPrefix(text, made[:cut]) || len(text) != len(made) {
			t.Fatalf("%q parses and is not of the form %q", text, made)
		}
		if tokens.genuine(token, tokenSalt) && text != made {
			t.Fatalf("%q passes for %q", text, made)
		}
	})
}

func TestATokenHasOneSpelling(t *testing.T) {
	tokens := mustTokens(t, newKey, nil)
	good := tokens.make(tokenSession, 12, tokenSalt)
	for _, text := range []string{good + "\n", good + "\r\n\r\n", good[:60] + "\n" + good[60:]} {
		if genuine(tokens, text) {
			t.Errorf("%q passes for %q", text, good)
		}
	}
}
