package token_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// A service's tests need no auth service: they mint for a key of their own.
func Example() {
	key, err := token.NewSigningKey(keyA()) // any RSA, P-256 or Ed25519 key
	if err != nil {
		log.Fatal(err)
	}
	public, err := token.NewPublicKey(keyA().Public())
	if err != nil {
		log.Fatal(err)
	}
	verifier := &token.Verifier{
		Issuer: "https://id.example", Audience: "latchkey",
		Keys: token.NewStatic(public), // in production: token.NewRemote and go keys.Run(ctx)
	}
	raw, err := token.Mint(key, token.Claims{
		Issuer: "https://id.example", Subject: "alice", Audience: []string{"latchkey"}, ClientID: "test", ID: "1",
		IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Minute), Scope: "things:read",
	})
	if err != nil {
		log.Fatal(err)
	}
	things := token.Middleware(verifier)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := token.FromContext(r.Context())
		fmt.Fprintln(w, claims.Subject, claims.HasScope("things:read"))
	}))
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/things", nil)
	r.Header.Set("Authorization", "Bearer "+raw)
	w := httptest.NewRecorder()
	things.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output: 200 alice true
}
