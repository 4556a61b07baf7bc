package rest_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

func segment(text []byte) string { return base64.RawURLEncoding.EncodeToString(text) }

// forgeries are made of a good token, by who has the public key; what is signed at
// all is so by the service's own key.
func forgeries(t *testing.T, s *apitest.System, good string) map[string]string {
	t.Helper()
	key := s.SigningKey(t)
	part := strings.Split(good, ".")
	der, err := x509.MarshalPKIXPublicKey(key.Private.Public())
	if err != nil {
		t.Fatal(err)
	}
	head := func(alg, more string) string {
		return segment([]byte(`{"alg":"`+alg+`","typ":"at+jwt","kid":"`+key.KID+`"`+more+`}`)) + "." + part[1]
	}
	signed := func(text string, hash crypto.Hash, pss bool) string {
		h := hash.New()
		h.Write([]byte(text))
		var options crypto.SignerOpts = hash
		if pss {
			options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
		}
		mark, err := key.Private.Sign(rand.Reader, h.Sum(nil), options)
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + segment(mark)
	}
	underPublicKey := func(secret []byte) string {
		h := hmac.New(sha256.New, secret)
		h.Write([]byte(head("HS256", "")))
		return head("HS256", "") + "." + segment(h.Sum(nil))
	}
	all := map[string]string{
		"S25 none": head("none", "") + ".", "S25 nOnE, signed": signed(head("nOnE", ""), crypto.SHA256, false),
		"S26 the PEM": underPublicKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), "S26 the DER": underPublicKey(der),
		"S27 RS384": signed(head("RS384", ""), crypto.SHA384, false), "S27 PS256": signed(head("PS256", ""), crypto.SHA256, true), "S27 ES256": signed(head("ES256", ""), crypto.SHA256, false),
		"S28 no kid":  signed(segment([]byte(`{"alg":"RS256","typ":"at+jwt"}`))+"."+part[1], crypto.SHA256, false),
		"S34 padding": good + "=", "S34 cut": good[:len(good)-1], "S34 dots": strings.Repeat(".", 8<<10), "S34 no signature": part[0] + "." + part[1] + ".",
	}
	for _, kid := range []string{"unknown", "../" + key.KID, "../../etc/passwd", "' OR 1=1 --"} {
		all["S28 "+kid] = signed(segment([]byte(`{"alg":"RS256","typ":"at+jwt","kid":"`+kid+`"}`))+"."+part[1], crypto.SHA256, false)
	}
	for _, more := range []string{`"jku":"https://evil.example/jwks.json"`, `"x5u":"https://evil.example/c"`, `"jwk":{"kty":"RSA"}`, `"crit":["x"]`} {
		all["S29 "+more] = signed(head("RS256", ","+more), crypto.SHA256, false)
	}
	twice := strings.TrimSuffix(string(segmentText(t, part[1])), "}") + `,"roles":["admin"]}`
	all["S35 a claim twice"] = signed(part[0]+"."+segment([]byte(twice)), crypto.SHA256, false)
	return all
}

// What the verifier refuses alone, in package token, both services refuse: each in
// the same words.
func TestS25S26S27S28S29S34S35ForgeriesAtBothServices(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	all := forgeries(t, s, person.AccessToken)
	all["S33 a service's token"] = s.Mint(t, token.Claims{}) // for people alone: /auth/me
	doors := map[*apitest.Client]string{s.Auth: "/auth/me", s.Users: "/users/" + person.User.ID}
	want := map[*apitest.Client]string{}
	for client, path := range doors {
		client.Get(t, path, person.AccessToken).Is(http.StatusOK)
		want[client] = client.Get(t, path, "").Problem(http.StatusUnauthorized, "unauthorized").Detail
	}
	refuses := func(what string, client *apitest.Client, r apitest.Request) {
		t.Helper()
		answer := client.Do(t, r)
		if answer.Status != http.StatusUnauthorized {
			t.Errorf("%s at %s gets %d", what, client.URL, answer.Status)
			return
		}
		if p := answer.Problem(http.StatusUnauthorized, "unauthorized"); p.Detail != want[client] || answer.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %+v, %v", what, p, answer.Header)
		}
	}
	for what, forged := range all {
		for client, path := range doors {
			if what == "S33 a service's token" && client == s.Users {
				continue // it gets in there, and is told 403
			}
			refuses(what, client, apitest.Request{Method: http.MethodGet, Path: path, Token: forged})
		}
	}
	bearer := "Bearer " + person.AccessToken
	for client, path := range doors {
		two := http.Header{"Authorization": {bearer, bearer}}
		refuses("S35 two headers", client, apitest.Request{Method: http.MethodGet, Path: path, Header: two})
		refuses("S35 the query", client, apitest.Request{Method: http.MethodGet, Path: path + "?access_token=" + person.AccessToken})
	}
	t.Logf("%d forgeries", len(all))
	if len(all) < 20 {
		t.Error("they are not all there")
	}
}
