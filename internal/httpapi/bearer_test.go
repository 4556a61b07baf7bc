package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// TestS35S37UnauthorizedTellsNothing is S37: every refusal is the same answer.
func TestS35S37UnauthorizedTellsNothing(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	good := mint(t, service())
	expired, foreign, otherIssuer := service(), service(), service()
	expired.ExpiresAt = time.Now().Add(-time.Minute)
	foreign.Audience = []string{"other"}
	otherIssuer.Issuer = testIssuer + "/"
	id := withHeader("X-Request-Id", "same")
	reference := c.send("GET", "/guarded", "", id)
	wantHeader := reference.Header
	wantBody := bodyOf(t, reference)
	if reference.StatusCode != 401 || !slices.Equal(wantHeader["Www-Authenticate"], []string{"Bearer"}) {
		t.Fatalf("got %d %v", reference.StatusCode, wantHeader)
	}
	for name, values := range map[string][]string{
		"empty":             {""},
		"scheme alone":      {"Bearer"},
		"scheme and space":  {"Bearer "},
		"no scheme":         {good},
		"basic":             {"Basic dXNlcjpwYXNz"},
		"two headers":       {"Bearer " + good, "Bearer " + good},
		"two in one":        {"Bearer " + good + ", Bearer " + good},
		"garbage":           {"Bearer x.y.z"},
		"not a token68":     {"Bearer <script>"},
		"cut":               {"Bearer " + good[:len(good)-2]},
		"padding":           {"Bearer " + good + "="},
		"a space":           {"Bearer " + good + " "},
		"expired":           {"Bearer " + mint(t, expired)},
		"another audience":  {"Bearer " + mint(t, foreign)},
		"near-match issuer": {"Bearer " + mint(t, otherIssuer)},
		"a megabyte":        {"Bearer " + strings.Repeat(".", 10<<10)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("GET", "/guarded", "", id, withHeader("Authorization", values...))
			if body := bodyOf(t, answer); answer.StatusCode != 401 || body != wantBody {
				t.Errorf("got %d %s, want 401 %s", answer.StatusCode, body, wantBody)
			}
			for name := range wantHeader {
				if answer.Header.Get(name) != wantHeader.Get(name) {
					t.Errorf("%s is %q, want %q", name, answer.Header.Get(name), wantHeader.Get(name))
				}
			}
			if len(answer.Header) != len(wantHeader) {
				t.Errorf("the headers are %v, want %v", answer.Header, wantHeader)
			}
		})
	}
	t.Run("in the query", func(t *testing.T) {
		t.Parallel()
		wantProblem(t, c.send("GET", "/guarded?access_token="+good, ""), 401, "unauthorized")
	})
}

func TestAccess(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	admin, reader := person(), person()
	admin.Roles, reader.Scope = []string{"user", "admin"}, "things:write things:read"
	near := service()
	near.Scope = "things:readx xthings:read things"
	expired := person()
	expired.ExpiresAt = time.Now().Add(-time.Hour)
	for name, c2 := range map[string]struct {
		path   string
		claims token.Claims
		status int
	}{
		"by scope":                    {"/guarded", service(), 200},
		"by scope, a person":          {"/guarded", reader, 200},
		"by role":                     {"/guarded", admin, 200},
		"near-match scopes":           {"/guarded", near, 403},
		"neither":                     {"/guarded", person(), 403},
		"own, a person":               {"/own", person(), 200},
		"own, a service":              {"/own", service(), 200},
		"own, a service without":      {"/own", near, 403},
		"person":                      {"/person", person(), 200},
		"service in a person's place": {"/person", service(), 401},
		"auth in a person's place":    {"/person", authItself(), 401},
		"expired":                     {"/person", expired, 401},
		"expired where it may be":     {"/leave", expired, 200},
		"service where it may expire": {"/leave", service(), 401},
		"nobody is let in":            {"/closed", admin, 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := c.send("GET", c2.path, "", withToken(t, c2.claims))
			if answer.StatusCode != c2.status {
				t.Errorf("got %d, want %d: %s", answer.StatusCode, c2.status, bodyOf(t, answer))
			}
			if got := answer.Header.Get("WWW-Authenticate"); (got != "") != (c2.status == 401) {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		})
	}
}

// TestOptionalBearer: none will do, a bad one will not.
func TestOptionalBearer(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	if got := wantSeen(t, c.send("GET", "/leave", "")).Caller; got != "" {
		t.Errorf("nobody is %q", got)
	}
	if got := wantSeen(t, c.send("GET", "/leave", "", withToken(t, person()))).Caller; got != testSubject {
		t.Errorf("the caller is %q", got)
	}
	wantProblem(t, c.send("GET", "/leave", "", withHeader("Authorization", "Bearer x.y.z")), 401, "unauthorized")
	wantProblem(t, c.send("GET", "/leave", "", withHeader("Authorization", "")), 401, "unauthorized")
	if got := wantSeen(t, c.send("GET", "/open", "", withHeader("Authorization", "Bearer x.y.z"))).Caller; got != "" {
		t.Errorf("an open operation has the caller %q", got)
	}
}

type noKeys struct{}

func (noKeys) Key(context.Context, string) (token.PublicKey, error) {
	return token.PublicKey{}, token.ErrKeysUnavailable
}

// TestKeysUnavailable: an outage of the key set is no 401.
func TestKeysUnavailable(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil, func(o *Options) {
		o.Verifier = &token.Verifier{Issuer: testIssuer, Audience: Audience, Keys: noKeys{}}
	})
	answer := c.send("GET", "/guarded", "", withToken(t, service()))
	wantProblem(t, answer, 503, "dependency_unavailable")
	if answer.Header.Get("Retry-After") != "1" || answer.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("the headers are %v", answer.Header)
	}
	wantProblem(t, c.send("GET", "/guarded", ""), 401, "unauthorized")
	if got := c.send("GET", "/open", "").StatusCode; got != http.StatusOK {
		t.Errorf("an open operation got %d", got)
	}
}

// TestBearerBeforeBody: whoever isn't let in is told nothing of the contract.
func TestBearerBeforeBody(t *testing.T) {
	t.Parallel()
	c := newChassis(t, nil)
	wantProblem(t, c.send("GET", "/guarded?nonsense=1", `{"a":1}`), 401, "unauthorized")
	wantProblem(t, c.send("GET", "/guarded?nonsense=1", `{"a":1}`, withToken(t, person())), 403, "forbidden")
	wantProblem(t, c.send("GET", "/guarded?nonsense=1", "", withToken(t, service())), 400, "invalid_request")
}
