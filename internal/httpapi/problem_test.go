package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/fault"
)

func TestEveryCodeHasATitle(t *testing.T) {
	t.Parallel()
	for _, code := range fault.Codes() {
		if titles[code] == "" {
			t.Errorf("%s has no title", code)
		}
		if len("urn:latchkey:problem:"+string(code)) > 80 {
			t.Errorf("the type of %s is over 80 characters", code)
		}
	}
	if len(titles) != len(fault.Codes()) {
		t.Errorf("%d titles for %d codes", len(titles), len(fault.Codes()))
	}
}

// TestTitlesAreTheSpecifications: a consumer's table says what an answer does.
func TestTitlesAreTheSpecifications(t *testing.T) {
	t.Parallel()
	spec, err := LoadSpec(usersapi.SpecJSON, nil)
	if err != nil {
		t.Fatal(err)
	}
	kinds, _ := spec.Doc.Components.Schemas["ProblemCode"].Value.Extensions["x-errors"].(map[string]any)
	for code, title := range titles {
		if kind, _ := kinds[string(code)].(map[string]any); kind["title"] != title {
			t.Errorf("%s is %q here, and in the specification %v", code, title, kind)
		}
	}
}

func TestEveryKindHasAStatus(t *testing.T) {
	t.Parallel()
	// Kinds are counted up from Internal to Unavailable.
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		if status := statuses[kind]; status < 400 || http.StatusText(status) == "" {
			t.Errorf("kind %d has the status %d", kind, status)
		}
	}
	if len(statuses) != int(fault.Unavailable)+1 {
		t.Errorf("%d statuses for %d kinds", len(statuses), fault.Unavailable+1)
	}
}

// TestProblemIsTheSpecs holds the document written here equal to the one that
// api/shared.yaml declares and clients are generated from.
func TestProblemIsTheSpecs(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[problem](), reflect.TypeFor[sharedapi.Problem]()},
		{reflect.TypeFor[problemField](), reflect.TypeFor[sharedapi.ProblemField]()},
	} {
		if ours, specs := jsonTags(pair[0]), jsonTags(pair[1]); !slices.Equal(ours, specs) {
			t.Errorf("%s has %v, the document %v", pair[0], ours, specs)
		}
	}
}

func jsonTags(t reflect.Type) []string {
	var tags []string
	for i := range t.NumField() {
		tags = append(tags, t.Field(i).Tag.Get("json"))
	}
	slices.Sort(tags)
	return tags
}

func TestWrite(t *testing.T) {
	t.Parallel()
	const canary = "pq: duplicate key violates users_email_key"
	for name, c := range map[string]struct {
		err    error
		status int
		code   fault.Code
		header map[string]string
	}{
		"unknown":            {errors.New(canary), 500, fault.CodeInternal, nil},
		"wrapped unknown":    {fmt.Errorf("layer: %w", errors.New(canary)), 500, fault.CodeInternal, nil},
		"nil":                {nil, 500, fault.CodeInternal, nil},
		"fault with cause":   {fault.ErrNotFound.Because(errors.New(canary)), 404, fault.CodeNotFound, nil},
		"wrapped fault":      {fmt.Errorf(canary+": %w", fault.ErrForbidden), 403, fault.CodeForbidden, nil},
		"joined fault":       {errors.Join(errors.New(canary), fault.ErrForbidden), 403, fault.CodeForbidden, nil},
		"unauthenticated":    {fault.ErrUnauthorized.Because(errors.New(canary)), 401, fault.CodeUnauthorized, map[string]string{"WWW-Authenticate": "Bearer"}},
		"deadline":           {fmt.Errorf(canary+": %w", context.DeadlineExceeded), 503, fault.CodeOverloaded, map[string]string{"Retry-After": "1"}},
		"cancelled":          {context.Canceled, 503, fault.CodeOverloaded, map[string]string{"Retry-After": "1"}},
		"overloaded":         {fault.ErrOverloaded, 503, fault.CodeOverloaded, map[string]string{"Retry-After": "1"}},
		"dependency, later":  {fault.ErrDependency.After(90 * time.Second), 503, fault.CodeDependencyUnavailable, map[string]string{"Retry-After": "90"}},
		"part of a second":   {fault.ErrDependency.After(1100 * time.Millisecond), 503, fault.CodeDependencyUnavailable, map[string]string{"Retry-After": "2"}},
		"rate limited":       {errRateLimited, 429, fault.CodeRateLimited, map[string]string{"Retry-After": "60"}},
		"rate limited until": {errRateLimited.After(7 * time.Second), 429, fault.CodeRateLimited, map[string]string{"Retry-After": "7"}},
		"deadline in fault":  {fault.ErrDependency.Because(context.DeadlineExceeded), 503, fault.CodeDependencyUnavailable, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := written(c.err)
			p := wantProblem(t, answer, c.status, string(c.code))
			if p.Title != titles[c.code] {
				t.Errorf("title is %q", p.Title)
			}
			if text := fmt.Sprintf("%+v %v", p, answer.Header); strings.Contains(text, canary) {
				t.Errorf("the answer tells the cause: %s", text)
			}
			if got := answer.Header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control is %q", got)
			}
			for _, name := range []string{"WWW-Authenticate", "Retry-After"} {
				if got, want := answer.Header.Get(name), c.header[name]; c.header != nil && got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestWriteTakesBack sees to what a handler had set for a success.
func TestWriteTakesBack(t *testing.T) {
	t.Parallel()
	c := newChassis(t, handlers{"open": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Cache-Control", "public, max-age=60")
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1")
		Write(w, r, fault.ErrNotFound)
	}})
	answer := c.send("GET", "/open", "")
	wantProblem(t, answer, 404, "not_found")
	if answer.Header.Get("ETag") != "" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the problem has %v", answer.Header)
	}
}

func TestProblemMembers(t *testing.T) {
	t.Parallel()
	p := wantProblem(t, written(fault.Fields(fault.Field{Pointer: "/a", Detail: "is wrong"}, fault.Field{Pointer: "query.b", Detail: "too"})), 400, "invalid_request")
	if want := []problemField{{"/a", "is wrong"}, {"query.b", "too"}}; !slices.Equal(p.Errors, want) {
		t.Errorf("errors are %v, want %v", p.Errors, want)
	}
	rejected := fault.New(fault.Unprocessable, fault.CodePasswordRejected, "The password does not meet the rules.")
	rejected.Reasons = []string{"too_short", "common"}
	if p := wantProblem(t, written(rejected), 422, "password_rejected"); !slices.Equal(p.Reasons, rejected.Reasons) {
		t.Errorf("reasons are %v", p.Reasons)
	}
	if p := wantProblem(t, written(fault.Fields(make([]fault.Field, 100)...)), 400, "invalid_request"); len(p.Errors) != maxProblemFields {
		t.Errorf("%d errors are told, want %d", len(p.Errors), maxProblemFields)
	}
}

// written is what Write makes of err.
func written(err error) *http.Response {
	w := httptest.NewRecorder()
	r := knownRequest(httptest.NewRequest("GET", "/", nil), &state{id: "id-1"})
	w.Header().Set("X-Request-Id", "id-1")
	Write(w, r, err)
	return w.Result()
}
