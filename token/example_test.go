package token_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// A service that guards its handlers, and a test of it, which mints for a key of
// its own and needs no auth service.
func Example() {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // or an RSA or Ed25519 key
	if err != nil {
		log.Fatal(err)
	}
	key, err := token.NewSigningKey(private)
	if err != nil {
		log.Fatal(err)
	}
	public, err := token.NewPublicKey(private.Public())
	if err != nil {
		log.Fatal(err)
	}
	verifier := &token.Verifier{
		Issuer: "https://id.example", Audience: "latchkey",
		Keys: token.NewStatic(public), // in production: token.NewRemote and go keys.Run(ctx)
	}
	things := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := token.FromContext(r.Context())
		fmt.Fprintln(w, r.Method, "by", claims.Subject)
	})
	mux := http.NewServeMux()
	mux.Handle("GET /things", token.RequireScope("things:read")(things))
	mux.Handle("DELETE /things", token.RequireRole("admin")(things))
	service := token.Middleware(verifier)(mux)

	raw, err := token.Mint(key, token.Claims{
		Issuer: "https://id.example", Subject: "alice", Audience: []string{"latchkey"}, ClientID: "test", ID: "1",
		IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Minute), Scope: "things:read",
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		r := httptest.NewRequestWithContext(context.Background(), method, "/things", nil)
		r.Header.Set("Authorization", "Bearer "+raw)
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		fmt.Printf("%s: %d %q\n", method, w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// GET: 200 ""
	// DELETE: 403 "Bearer error=\"insufficient_scope\""
}

// Without a network: the public keys lie in a file, jwks.json.
func ExampleParseJWKSet() {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "jwks.json")
	if err := os.WriteFile(file, []byte(`{"keys":[`+rfcEC+`]}`), 0o600); err != nil {
		log.Fatal(err)
	}

	text, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	keys, err := token.ParseJWKSet(text)
	if err != nil {
		log.Fatal(err)
	}
	verifier := &token.Verifier{Issuer: "https://id.example", Audience: "latchkey", Keys: token.NewStatic(keys...)}
	_, err = verifier.Verify(context.Background(), "not.a.token")
	fmt.Println(len(keys), keys[0].Algorithm, err)
	// Output: 1 ES256 invalid token: header: not base64url
}

// The text of a key set.
func ExampleNewJWK() {
	public, err := token.NewPublicKey(keyEd25519().Public())
	if err != nil {
		log.Fatal(err)
	}
	jwk, err := token.NewJWK(public)
	if err != nil {
		log.Fatal(err)
	}
	text, err := json.MarshalIndent(token.JWKSet{Keys: []token.JWK{jwk}}, "", " ")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// {
	//  "keys": [
	//   {
	//    "kty": "OKP",
	//    "crv": "Ed25519",
	//    "x": "O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik",
	//    "kid": "9ZP03Nu8GrXPAUkbKNxHOKBzxPX83SShgFkRNK-f2lw",
	//    "alg": "EdDSA",
	//    "use": "sig"
	//   }
	//  ]
	// }
}
