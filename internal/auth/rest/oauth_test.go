package rest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/token"
)

// forClients checks that an operation of OAuth asks for a client: no bearer
// token of anybody is one, and what it refuses changes nothing.
func (o operation) forClients(t *testing.T, s *apitest.System, columns map[string]caller) {
	form := apitest.Form("grant_type", "client_credentials", "token", "x")
	bearers := []string{"", "garbage"}
	for _, name := range []string{"an admin", "the auth service with credentials:verify", "a service with users:read"} {
		bearer, _ := columns[name].show(t)
		bearers = append(bearers, bearer)
	}
	before := everything(t, s)
	for _, bearer := range bearers {
		answer := s.Auth.Do(t, apitest.Request{Method: o.method, Path: o.path, Token: bearer, Body: form})
		answer.OAuthError(http.StatusUnauthorized, "invalid_client")
		if challenge := answer.Header.Get("WWW-Authenticate"); challenge != `Basic realm="latchkey"` {
			t.Errorf("WWW-Authenticate is %q", challenge)
		}
	}
	if everything(t, s) != before {
		t.Error("it is refused, and has changed something")
	}
	s.Auth.PostForm(t, o.path, s.NewBackEnd(t, "users:read").Basic(), form).Is(http.StatusOK)
}

// byPostBody adds a client's proof to a form.
func byPostBody(b apitest.BackEnd, form url.Values) url.Values {
	form.Set("client_id", b.ID)
	form.Set("client_secret", b.Secret)
	return form
}

func grantForm(pairs ...string) url.Values {
	return apitest.Form(append([]string{"grant_type", "client_credentials"}, pairs...)...)
}

// picture is an answer without what differs each time.
func picture(r apitest.Response) string {
	header := r.Header.Clone()
	header.Del("X-Request-Id")
	header.Del("Date")
	return fmt.Sprint(r.Status, header, string(r.Body))
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	t.Run("by Basic and by form", func(t *testing.T) { proofs(t, s) })
	t.Run("refusals look the same", func(t *testing.T) { refusals(t, s) })
	t.Run("rotation", func(t *testing.T) { rotation(t, s) })
	t.Run("scopes", func(t *testing.T) { scopes(t, s) })
	t.Run("what the token is good for", func(t *testing.T) { rightsOfClients(t, s) })
	t.Run("golang.org/x/oauth2", func(t *testing.T) { byLibrary(t, s) })
	t.Run("metadata", func(t *testing.T) { metadata(t, s) })
}

func proofs(t *testing.T, s *apitest.System) {
	b := s.NewBackEnd(t, "users:read", "users:write")
	var grant apitest.ClientGrant
	header := b.Basic()
	header.Set("X-Request-Id", "a-token")
	sent := s.AuthSQL.DuringRequest("a-token", func() {
		answer := s.Auth.PostForm(t, "/oauth/token", header, grantForm()).Is(http.StatusOK)
		answer.JSON(&grant)
		if answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("Pragma") != "no-cache" {
			t.Errorf("the headers are %v", answer.Header)
		}
	})
	if len(sent) != 1 {
		t.Errorf("a token takes %d statements: %q", len(sent), sent)
	}
	if grant.TokenType != "Bearer" || grant.ExpiresIn != 600 || grant.Scope != "users:read users:write" || grant.RefreshToken != nil {
		t.Errorf("the grant is %+v", grant)
	}
	s.Auth.PostForm(t, "/oauth/token", nil, byPostBody(b, grantForm())).Is(http.StatusOK).JSON(&grant)
	keys := token.NewRemote(s.Auth.URL+"/.well-known/jwks.json", token.RemoteOptions{}) // as another service would
	go keys.Run(t.Context())
	claims, err := (&token.Verifier{Issuer: s.AuthConfig.PublicURL, Audience: "latchkey", Keys: keys}).Verify(t.Context(), grant.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	if claims.Subject != b.ID || claims.ClientID != b.ID || claims.SessionID != "" || claims.Scope != grant.Scope || len(claims.Roles) > 0 ||
		claims.ExpiresAt.Sub(claims.IssuedAt) != s.AuthConfig.AccessTTL {
		t.Errorf("the token says %+v", claims)
	}
	same := grantForm("client_id", b.ID)
	s.Auth.PostForm(t, "/oauth/token", b.Basic(), same).Is(http.StatusOK)
	for name, form := range map[string]url.Values{
		"two methods at once": byPostBody(b, grantForm()), "two ids": grantForm("client_id", "another"),
	} {
		if text := s.Auth.PostForm(t, "/oauth/token", b.Basic(), form).OAuthError(http.StatusBadRequest, "invalid_request"); !strings.HasPrefix(text, "client_") {
			t.Errorf("%s: %s", name, text)
		}
	}
	s.Auth.PostForm(t, "/oauth/token", b.Basic(), apitest.Form("grant_type", "password", "username", "ada", "password", "x")).
		OAuthError(http.StatusBadRequest, "unsupported_grant_type")
}

// refusals: nobody learns from the answer whether there is such a client, or
// what became of it.
func refusals(t *testing.T, s *apitest.System) {
	good, revoked := s.NewBackEnd(t, "users:read"), s.NewBackEnd(t, "users:read")
	if changed, err := auth.NewClients(s.AuthDB.Pool, "test").Revoke(t.Context(), revoked.ID); err != nil || !changed {
		t.Fatal(changed, err)
	}
	wrong := good
	wrong.Secret = s.NewBackEnd(t, "users:read").Secret
	pictures := map[string][]string{}
	see := func(name string, r apitest.Response) {
		r.OAuthError(http.StatusUnauthorized, "invalid_client")
		pictures[picture(r)] = append(pictures[picture(r)], name)
	}
	for name, b := range map[string]apitest.BackEnd{
		"wrong secret": wrong, "no secret": {ID: good.ID}, "unknown": {ID: "nobody", Secret: good.Secret}, "revoked": revoked,
		"the first party": {ID: "latchkey", Secret: good.Secret}, "auth itself": {ID: "latchkey-auth", Secret: good.Secret},
		"a secret cut short": {ID: good.ID, Secret: good.Secret[:46]}, "a long one": {ID: good.ID, Secret: good.Secret + "A"},
		"another case": {ID: strings.ToUpper(good.ID), Secret: good.Secret}, "SQL": {ID: good.ID + "' OR '1'='1", Secret: good.Secret},
		"NUL": {ID: good.ID + "\x00", Secret: good.Secret}, "no text": {ID: good.ID + "\xff", Secret: good.Secret}, "nothing": {},
	} {
		see(name, s.Auth.PostForm(t, "/oauth/token", b.Basic(), grantForm()))
		if name != "NUL" && name != "no text" { // a form with those is none
			see(name+", by form", s.Auth.PostForm(t, "/oauth/token", nil, byPostBody(b, grantForm())))
		}
	}
	encoded := good.Basic().Get("Authorization")
	for name, values := range map[string][]string{
		"two headers": {encoded, encoded}, "no base64": {"Basic !"}, "no pair": {"Basic " + base64.StdEncoding.EncodeToString([]byte(good.ID))},
		"Bearer": {"Bearer " + good.Secret}, "a bad escape": {"Basic " + base64.StdEncoding.EncodeToString([]byte(good.ID+":%zz"))}, "empty": {""},
	} {
		see(name, s.Auth.PostForm(t, "/oauth/token", http.Header{"Authorization": values}, grantForm()))
	}
	if len(pictures) != 1 {
		t.Errorf("%d different answers: %v", len(pictures), pictures)
	}
	s.Auth.PostForm(t, "/oauth/token", http.Header{"Authorization": {strings.Replace(encoded, "Basic", "bASIC", 1)}}, grantForm()).Is(http.StatusOK)
}

func rotation(t *testing.T, s *apitest.System) {
	clients := auth.NewClients(s.AuthDB.Pool, "test")
	first := s.NewBackEnd(t, "users:read")
	rotate := func(r auth.Rotation) apitest.BackEnd {
		t.Helper()
		secret, _, err := clients.RotateSecret(t.Context(), first.ID, r)
		if err != nil {
			t.Fatal(err)
		}
		return apitest.BackEnd{ID: first.ID, Secret: secret.Reveal()}
	}
	good := func(what string, b apitest.BackEnd, want int) {
		t.Helper()
		if got := s.Auth.PostForm(t, "/oauth/token", b.Basic(), grantForm()).Status; got != want {
			t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	second := rotate(auth.Rotation{Grace: time.Hour})
	good("the first in its grace", first, http.StatusOK)
	good("the second", second, http.StatusOK)
	third := rotate(auth.Rotation{Grace: time.Hour, Again: true})
	good("the first, which the one that got lost does not end", first, http.StatusOK)
	good("the second, which was replaced", second, http.StatusUnauthorized)
	execAuth(t, s, "UPDATE auth.clients SET previous_until = now() - interval '1 second' WHERE id = $1", first.ID)
	good("the first after its grace", first, http.StatusUnauthorized)
	good("the third", third, http.StatusOK)
	fourth := rotate(auth.Rotation{})
	good("the third without a grace", third, http.StatusUnauthorized)
	good("the fourth", fourth, http.StatusOK)
}

func scopes(t *testing.T, s *apitest.System) {
	both, reader := s.NewBackEnd(t, "users:write", "users:read"), s.NewBackEnd(t, "users:read")
	for _, c := range []struct {
		who         apitest.BackEnd
		asked, want string // "" is invalid_scope
	}{
		{both, "", "users:read users:write"}, {both, "users:write", "users:write"}, {both, "users:write users:read", "users:read users:write"},
		{both, "users:read users:read", "users:read"}, {reader, "users:read", "users:read"}, {reader, "", "users:read"},
		{reader, "users:write", ""}, {reader, "users:read users:write", ""}, {both, "credentials:verify", ""}, {both, "users:read credentials:write", ""},
		{both, "users:read  users:write", ""}, {both, " users:read", ""}, {both, "users:read\tusers:write", ""}, {both, "USERS:READ", ""}, {both, "users", ""},
	} {
		answer := s.Auth.PostForm(t, "/oauth/token", c.who.Basic(), grantForm("scope", c.asked))
		if c.want == "" {
			answer.OAuthError(http.StatusBadRequest, "invalid_scope")
			continue
		}
		var grant apitest.ClientGrant
		if answer.Is(http.StatusOK).JSON(&grant); grant.Scope != c.want {
			t.Errorf("asked for %q: %q, want %q", c.asked, grant.Scope, c.want)
		}
	}
}

// rightsOfClients: S33, S67, and what users:write may not.
func rightsOfClients(t *testing.T, s *apitest.System) {
	reader, writer := s.Token(t, s.NewBackEnd(t, "users:read")), s.Token(t, s.NewBackEnd(t, "users:write"))
	person := s.Register(t)
	name := apitest.Name()
	created := body{"username": name, "email": name + "@example.com", "password": apitest.Password}
	s.Users.Get(t, "/users/"+person.Username, reader).Is(http.StatusOK)
	s.Users.Get(t, "/users/"+person.Username, writer).Problem(http.StatusForbidden, "forbidden")
	s.Users.Post(t, "/users", reader, created).Problem(http.StatusForbidden, "forbidden")
	s.Users.Post(t, "/users", writer, created).Is(http.StatusCreated)
	s.Users.Patch(t, "/users/"+person.ID, writer, "", body{"roles": []string{"user", "admin"}}).Problem(http.StatusForbidden, "forbidden")
	admin := anAdmin(t, s).User.ID
	s.Users.Patch(t, "/users/"+admin, writer, "", body{"verified": true}).Problem(http.StatusForbidden, "forbidden")
	s.Users.Delete(t, "/users/"+admin, writer, "").Problem(http.StatusForbidden, "forbidden")
	for _, bearer := range []string{reader, writer, s.Mint(t, token.Claims{Subject: "back-end", Scope: "credentials:verify users:read"})} {
		s.Auth.Get(t, "/auth/me", bearer).Problem(http.StatusUnauthorized, "unauthorized")
		s.Users.Post(t, "/credentials/verify", bearer, body{"login": person.Username, "password": apitest.Password}).
			Problem(http.StatusForbidden, "forbidden")
	}
}

// byLibrary gets a token as back ends do, in both ways.
func byLibrary(t *testing.T, s *apitest.System) {
	b := s.NewBackEnd(t, "users:read", "users:write")
	person := s.Register(t)
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		client := (&clientcredentials.Config{
			ClientID: b.ID, ClientSecret: b.Secret, TokenURL: s.Auth.URL + "/oauth/token", Scopes: []string{"users:read"}, AuthStyle: style,
		}).Client(t.Context())
		answer, err := client.Get(s.Users.URL + "/users/" + person.Username)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("style %d: %s", style, answer.Status)
		}
	}
	b.Secret += "x"
	_, err := (&clientcredentials.Config{ClientID: b.ID, ClientSecret: b.Secret, TokenURL: s.Auth.URL + "/oauth/token"}).Token(t.Context())
	if refused, ok := err.(*oauth2.RetrieveError); !ok || refused.ErrorCode != "invalid_client" || refused.ErrorDescription == "" { //nolint:errorlint // as it comes
		t.Errorf("the library says %v", err)
	}
}

// metadata: what it says is there, is.
func metadata(t *testing.T, s *apitest.System) {
	answer := s.Auth.Do(t, apitest.Request{
		Method: http.MethodGet, Path: "/.well-known/oauth-authorization-server", Header: http.Header{"Origin": {"https://elsewhere.example"}},
	}).Is(http.StatusOK)
	if answer.Header.Get("Cache-Control") != "public, max-age=300" || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the headers are %v", answer.Header)
	}
	var told map[string]any
	answer.JSON(&told)
	if told["issuer"] != s.AuthConfig.PublicURL {
		t.Errorf("the issuer is %v", told["issuer"])
	}
	doc, found := authDocument(t), 0
	for name, value := range told {
		endpoint, _ := value.(string)
		if !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" {
			continue
		}
		found++
		if path, ours := strings.CutPrefix(endpoint, s.AuthConfig.PublicURL); !ours || doc.Paths.Value(path) == nil {
			t.Errorf("%s is %s, which the specification does not know", name, endpoint)
		}
	}
	if methods, err := json.Marshal(told["grant_types_supported"]); found != 4 || err != nil || string(methods) != `["client_credentials"]` {
		t.Errorf("%d addresses, the grants are %s", found, methods)
	}
}
