package token_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

func TestMintAndVerify(t *testing.T) {
	t.Parallel()
	v := newVerifier(newClock(), staticOf(keyA()))
	full := goodClaims()
	full.NotBefore = start
	bare := token.Claims{
		Issuer: issuer, Subject: "client", Audience: []string{"other", audience},
		ExpiresAt: start.Add(time.Minute), IssuedAt: start, ID: "j", ClientID: "client",
	}
	for name, want := range map[string]token.Claims{"all claims": full, "required claims": bare} {
		raw := mint(t, keyA(), want)
		for _, round := range []string{"fresh", "cached"} {
			if got := wantValid(t, v, raw); !reflect.DeepEqual(*got, want) {
				t.Errorf("%s, %s: got %+v, want %+v", name, round, *got, want)
			}
		}
	}
}

// The wire names are the contract's, and empty claims are absent.
func TestMintWire(t *testing.T) {
	t.Parallel()
	parts := strings.Split(mint(t, keyA(), goodClaims()), ".")
	if got, want := decode(t, parts[0]), fmt.Sprintf(`{"alg":"RS256","typ":"at+jwt","kid":%q}`, kidOf(keyA())); got != want {
		t.Errorf("header %s, want %s", got, want)
	}
	want := `{"iss":"https://id.example","sub":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e","aud":"latchkey","exp":1795511400,` +
		`"iat":1795510800,"jti":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2f","sid":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b30",` +
		`"client_id":"latchkey","roles":["user","editor"],"scope":"users:read users:write","email_verified":true}`
	if got := decode(t, parts[1]); got != want {
		t.Errorf("payload %s, want %s", got, want)
	}
	c := goodClaims()
	c.SessionID, c.Roles, c.Scope, c.EmailVerified = "", nil, "", false
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sid", "roles", "scope", "email_verified", "nbf"} {
		if strings.Contains(string(body), name) {
			t.Errorf("%s is not left out of %s", name, body)
		}
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]func(*token.Claims){
		"no issuer":    func(c *token.Claims) { c.Issuer = "" },
		"no subject":   func(c *token.Claims) { c.Subject = "" },
		"no audience":  func(c *token.Claims) { c.Audience = nil },
		"no expiry":    func(c *token.Claims) { c.ExpiresAt = time.Time{} },
		"no issue":     func(c *token.Claims) { c.IssuedAt = time.Time{} },
		"no id":        func(c *token.Claims) { c.ID = "" },
		"no client":    func(c *token.Claims) { c.ClientID = "" },
		"far too long": func(c *token.Claims) { c.Scope = strings.Repeat("scope ", 1500) },
	}
	for name, spoil := range cases {
		c := goodClaims()
		spoil(&c)
		if raw, err := token.Mint(signingKey(keyA()), c); err == nil {
			t.Errorf("%s: minted %s", name, raw)
		}
	}
	if _, err := token.Mint(token.SigningKey{KID: "x"}, goodClaims()); err == nil {
		t.Error("minted without a key")
	}
}

func TestScopesAndRoles(t *testing.T) {
	t.Parallel()
	c := goodClaims()
	for scope, want := range map[string]bool{
		"users:read": true, "users:write": true, "users": false, "users:rea": false, "": false, "users:read users:write": false,
	} {
		if c.HasScope(scope) != want {
			t.Errorf("HasScope(%q) is not %v", scope, want)
		}
	}
	if (&token.Claims{}).HasScope("") || !c.HasRole("editor") || c.HasRole("admin") || c.HasRole("") {
		t.Error("HasScope or HasRole is wrong")
	}
	if got := c.Scopes(); !reflect.DeepEqual(got, []string{"users:read", "users:write"}) {
		t.Errorf("Scopes() = %q", got)
	}
}

// A signing key must not get into a log by being printed.
func TestSigningKeyPrintsNoKey(t *testing.T) {
	t.Parallel()
	k := signingKey(keyA())
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k)
	secret := keyA().D.String()[:20]
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), log.String()} {
		if strings.Contains(text, secret) || !strings.Contains(text, k.KID) {
			t.Errorf("printed as %.200s", text)
		}
	}
}

func decode(t *testing.T, segment string) string {
	t.Helper()
	b, err := b64Decode(segment)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
