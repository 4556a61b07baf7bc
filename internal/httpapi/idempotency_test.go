package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/token"
)

// keptInMemory is an Idempotency of one process, whose keys can be looked at.
// The one that services use is internal/idempotency, tested on PostgreSQL.
type keptInMemory struct {
	mu      sync.Mutex
	begun   []string // whose keys, one per Begin
	request map[string]string
	answer  map[string]*Answer
}

func (k *keptInMemory) Begin(_ context.Context, caller, key string, request []byte) (*Answer, Claim, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.begun = append(k.begun, caller)
	name := caller + "\x00" + key
	before, used := k.request[name]
	switch {
	case !used:
		k.request[name] = string(request)
		return nil, claimInMemory{k, name}, nil
	case before != string(request):
		return nil, nil, ErrIdempotencyMismatch
	case k.answer[name] == nil:
		return nil, nil, ErrIdempotencyInProgress
	}
	return k.answer[name], nil, nil
}

type claimInMemory struct {
	keys *keptInMemory
	name string
}

func (c claimInMemory) Keep(_ context.Context, answer Answer) error {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	c.keys.answer[c.name] = &answer
	return nil
}

func (c claimInMemory) Release(context.Context) error {
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	delete(c.keys.request, c.name)
	return nil
}

func keyed(keys *keptInMemory) func(*Options) {
	keys.request, keys.answer = map[string]string{}, map[string]*Answer{}
	return func(o *Options) { o.Idempotency = keys }
}

// TestAnonymousKeysBelongToTheUsername: two people who register under one key
// by chance do not meet; one who spells the name otherwise does.
func TestAnonymousKeysBelongToTheUsername(t *testing.T) {
	t.Parallel()
	var keys keptInMemory
	ran := 0
	c := newChassis(t, handlers{"join": func(w http.ResponseWriter, r *http.Request) {
		ran++
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%d %s", ran, body)
	}}, keyed(&keys))
	join := func(username string) *http.Response {
		return c.send("POST", "/join", `{"username":"`+username+`"}`, withHeader(headerIdempotencyKey, "k"))
	}
	first, again, other := join("ada"), join("ada"), join("bob")
	if a, b := bodyOf(t, first), bodyOf(t, again); a != b || a != `1 {"username":"ada"}` || again.Header.Get(headerReplayed) != "true" {
		t.Errorf("first %q, then %q", a, b)
	}
	if got := bodyOf(t, other); got != `2 {"username":"bob"}` || other.Header.Get(headerReplayed) != "" {
		t.Errorf("somebody else got %q", got)
	}
	wantProblem(t, join("ADA"), 422, "idempotency_mismatch") // one name, another body
	if want := anonymousScope + "ada"; keys.begun[0] != want || keys.begun[3] != want {
		t.Errorf("the keys are those of %q", keys.begun)
	}

	escaped := c.send("POST", "/join", `{"\u0075sername":"\u0063arl"}`, withHeader(headerIdempotencyKey, "k")) // read as JSON, not as text
	if escaped.StatusCode != 200 || keys.begun[4] != anonymousScope+"carl" {
		t.Errorf("got %d, the key of %q", escaped.StatusCode, keys.begun[4])
	}
	if bodyOf(t, c.send("POST", "/join", `{"username":"ada"}`)) != `4 {"username":"ada"}` || len(keys.begun) != 5 {
		t.Error("a request without a key was not run, or has one")
	}
	wantProblem(t, c.send("POST", "/join", `{"username":"x"}`, withHeader(headerIdempotencyKey, "k")), 400, "invalid_request")
	wantProblem(t, c.send("POST", "/join", `{"username":"ada"}`, withHeader(headerIdempotencyKey, "a", "b")), 400, "invalid_request")
	if len(keys.begun) != 5 {
		t.Error("a refused request claims a key")
	}
}

// TestCallersKeysAreTheirOwn: not even a subject that is called like a
// username gets what the anonymous caller was answered, and a token that the
// operation does not read makes nobody of an anonymous caller.
func TestCallersKeysAreTheirOwn(t *testing.T) {
	t.Parallel()
	var keys keptInMemory
	c := newChassis(t, nil, keyed(&keys))
	for _, subject := range []string{"ada", anonymousScope[1:] + "ada", testSubject} {
		bearer := withToken(t, token.Claims{Subject: subject, ClientID: subject, Scope: "things:read"})
		for _, path := range []string{"/join", "/keyed"} {
			answer := c.send("POST", path, `{"username":"ada"}`, withHeader(headerIdempotencyKey, path), bearer)
			if replayed := answer.Header.Get(headerReplayed) == "true"; answer.StatusCode != 200 || replayed != (path == "/join" && subject != "ada") {
				t.Errorf("%q at %s: got %d, replayed %v", subject, path, answer.StatusCode, replayed)
			}
		}
	}
	want := []string{anonymousScope + "ada", "ada", anonymousScope + "ada", anonymousScope[1:] + "ada", anonymousScope + "ada", testSubject}
	if fmt.Sprintf("%q", keys.begun) != fmt.Sprintf("%q", want) {
		t.Errorf("the keys are those of\n%q, want\n%q", keys.begun, want)
	}
}

// TestWhatIsKept: neither a cookie nor an answer that another try may better.
func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	var keys keptInMemory
	runs := 0
	c := newChassis(t, handlers{"join": func(w http.ResponseWriter, r *http.Request) {
		runs++
		switch runs {
		case 1:
			Write(w, r, fault.ErrOverloaded)
		case 2:
			Write(w, r, errRateLimited)
		case 3:
			panic("boom")
		default:
			h := w.Header()
			h.Set("Set-Cookie", "__Host-refresh=canary")
			h.Set("ETag", `"1"`)
			h.Set("Location", "/things/1")
			h.Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{}`)
		}
	}}, keyed(&keys))
	join := func() *http.Response {
		return c.send("POST", "/join", `{"username":"ada"}`, withHeader(headerIdempotencyKey, "k"))
	}
	wantProblem(t, join(), 503, "overloaded")
	wantProblem(t, join(), 429, "rate_limited")
	wantProblem(t, join(), 500, "internal_error")
	first, again := join(), join()
	if runs != 4 || first.StatusCode != 201 || again.StatusCode != 201 {
		t.Fatalf("%d runs, then %d and %d", runs, first.StatusCode, again.StatusCode)
	}
	for _, name := range []string{"ETag", "Location", "Content-Type"} {
		if got := again.Header.Get(name); got == "" || got != first.Header.Get(name) {
			t.Errorf("%s is %q again", name, got)
		}
	}
	if first.Header.Get("Set-Cookie") == "" || again.Header.Get("Set-Cookie") != "" {
		t.Errorf("the cookie: %q, then %q", first.Header.Get("Set-Cookie"), again.Header.Get("Set-Cookie"))
	}
	for name, answer := range keys.answer {
		if text := fmt.Sprint(answer.Header); strings.Contains(text, "canary") {
			t.Errorf("%q keeps %s", name, text)
		}
	}
}
