package apitest

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/latchkey-id/latchkey/internal/auth"
)

// BackEnd is a client that gets tokens for itself.
type BackEnd struct{ ID, Secret string }

// NewBackEnd makes a client with these scopes, as an operator would.
func (s *System) NewBackEnd(t testing.TB, scopes ...string) BackEnd {
	t.Helper()
	id := "back-end-" + Name()
	secret, err := auth.NewClients(s.AuthDB.Pool, "test").Create(t.Context(), auth.NewClient{ID: id, Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return BackEnd{ID: id, Secret: secret.Reveal()}
}

// Basic is the header by which a client proves itself (RFC 6749, section 2.3.1).
func (b BackEnd) Basic() http.Header {
	pair := url.QueryEscape(b.ID) + ":" + url.QueryEscape(b.Secret)
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}}
}

// Form is a form of names and values in turn.
func Form(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// PostForm sends a form, with a client's proof in the header unless it is nil.
func (c *Client) PostForm(t testing.TB, path string, header http.Header, form url.Values) Response {
	t.Helper()
	return c.Do(t, Request{Method: http.MethodPost, Path: path, Header: header, Body: form})
}

// ClientGrant is what a client gets, as a consumer would type it by hand.
type ClientGrant struct {
	AccessToken  string  `json:"access_token"`
	TokenType    string  `json:"token_type"`
	ExpiresIn    int     `json:"expires_in"`
	Scope        string  `json:"scope"`
	RefreshToken *string `json:"refresh_token"`
}

// Token gets a token for a client, with all of its scopes.
func (s *System) Token(t testing.TB, b BackEnd) string {
	t.Helper()
	var grant ClientGrant
	s.Auth.PostForm(t, "/oauth/token", b.Basic(), Form("grant_type", "client_credentials")).Is(http.StatusOK).JSON(&grant)
	return grant.AccessToken
}

// OAuthError fails the test unless the answer is this status with this error
// (RFC 6749, section 5.2). It returns the description.
func (r Response) OAuthError(status int, code string) string {
	r.t.Helper()
	r.Is(status)
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	r.JSON(&e)
	if e.Error != code || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Cache-Control") != "no-store" {
		r.t.Fatalf("the error is %s, want %s; %v\n%s", e.Error, code, r.Header, r.Body)
	}
	return e.Description
}
