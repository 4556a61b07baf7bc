package mock_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mock"
)

func start(t *testing.T, service string) *apitest.Client {
	t.Helper()
	o := mock.Options{Other: "http://127.0.0.1:1/docs", Health: mock.Alive(), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	make, client := mock.Auth, apitest.NewAuthClient
	if service == "users" {
		make, client = mock.Users, apitest.NewUsersClient
	}
	handler, err := make(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return client(server.URL).OfMock()
}

// TestEveryAnswer asks every operation for every status and every code that it
// declares, and for nothing in particular. apitest holds each answer to the
// specification.
func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, service := range []string{"auth", "users"} {
		c := start(t, service)
		for _, o := range apitest.Operations(service) {
			if o.Spec.Tags[0] == "service" {
				continue
			}
			if got := c.Do(t, o.Sample("anything")); got.Status >= 300 || got.Header.Get("Latchkey-Mock") != "true" || got.Header.Get("Preference-Applied") != "" {
				t.Errorf("%s answers %d, %v", o.ID, got.Status, got.Header)
			}
			wanted := o.Statuses()
			if !o.OAuth {
				wanted = append(wanted, o.Codes...)
			}
			for _, want := range wanted {
				r := o.Sample("anything")
				r.Header = http.Header{"Prefer": {`respond-async, code="` + want + `"`}}
				got := c.Do(t, r)
				if asked++; got.Header.Get("Preference-Applied") != "code="+want {
					t.Errorf("%s, %s: it applied %q", o.ID, want, got.Header.Get("Preference-Applied"))
				}
				if status, err := strconv.Atoi(want); err == nil && got.Status != status {
					t.Errorf("%s, %s: it answers %d", o.ID, want, got.Status)
				} else if err != nil {
					got.Problem(got.Status, want)
				}
			}
		}
	}
	if asked < 800 {
		t.Errorf("only %d answers were asked for", asked)
	}
}

// TestChassis: what a service refuses, the mock refuses.
func TestChassis(t *testing.T) {
	t.Parallel()
	c := start(t, "users")
	c.Get(t, "/users/ada", "").Problem(401, "unauthorized")
	c.Get(t, "/users?limit=0", "x").Problem(400, "invalid_request")
	c.Get(t, "/nowhere", "x").Problem(404, "not_found")
	c.Post(t, "/users", "x", apitest.Body{"username": "ada"}).Problem(400, "invalid_request")
	c.Post(t, "/users", "x", apitest.Body{"username": "ada", "email": "ada@example.com"}).Is(201)
	refused := c.Do(t, apitest.Request{Method: "GET", Path: "/users/ada", Token: "x", Header: http.Header{"Prefer": {"code=418"}}})
	if !slices.Contains(refused.Problem(400, "invalid_request").Pointers(), "header.Prefer") {
		t.Errorf("it does not say why: %s", refused.Body)
	}
	for _, path := range []string{"/docs", "/openapi.json", "/livez"} {
		c.Get(t, path, "").Is(200)
	}
}
