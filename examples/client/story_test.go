package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/client"
	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersclient"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/sdktest"
)

// story is what the generated client goes through against both services.
type story struct {
	sdktest.World
	t     *testing.T
	auth  *authclient.ClientWithResponses
	admin *usersclient.ClientWithResponses
	root  *session // the first admin's
	met   map[sharedapi.ProblemCode]bool
}

// TestStory is a life with latchkey on the generated client, from the
// registration to the sign-out, through every code that a problem can have.
func TestStory(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	s.register()
	ada := s.confirmAndSignIn()
	s.manageAccounts(ada)
	s.roles()
	s.keys()
	s.oauth()
	s.trouble()
	s.leave(ada)

	var missed []sharedapi.ProblemCode
	for _, code := range s.codes() {
		if adviceOn(code) == unknown {
			t.Errorf("there is no advice on %s", code)
		}
		if !s.met[code] {
			missed = append(missed, code)
		}
	}
	if len(missed) > 0 {
		t.Errorf("the story met no %v", missed)
	}
}

func newStory(t *testing.T) *story {
	t.Helper()
	s := &story{World: sdktest.Start(t), t: t, met: map[sharedapi.ProblemCode]bool{}}
	auth, err := authclient.NewClientWithResponses(s.Auth.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.auth = auth
	if s.root, err = signIn(t.Context(), auth, apitest.AdminUsername, apitest.AdminPassword); err != nil {
		t.Fatal(err)
	}
	s.admin = s.users(s.root)
	return s
}

// users is a client of the users service for somebody.
func (s *story) users(who *session) *usersclient.ClientWithResponses {
	s.t.Helper()
	users, err := usersclient.NewClientWithResponses(s.Users.URL, usersclient.WithRequestEditorFn(client.Bearer(who.token)))
	if err != nil {
		s.t.Fatal(err)
	}
	return users
}

// as shows somebody's token to the auth service.
func (s *story) as(who *session) authclient.RequestEditorFn { return client.Bearer(who.token) }

// outcome is what a call gave.
type outcome[A client.Answer] struct {
	answer A
	err    error
}

func of[A client.Answer](answer A, err error) outcome[A] {
	answer, err = client.Check(answer, err)
	return outcome[A]{answer, err}
}

// ok fails the test unless the call went well.
func (o outcome[A]) ok(t *testing.T) A {
	t.Helper()
	if o.err != nil {
		t.Fatal(o.err)
	}
	return o.answer
}

// meets fails the test unless a call was refused with this code.
func (s *story) meets(code sharedapi.ProblemCode) func(client.Answer, error) client.Error {
	s.t.Helper()
	return func(answer client.Answer, err error) client.Error {
		s.t.Helper()
		var refusal *client.Error
		if _, err = client.Check(answer, err); !errors.As(err, &refusal) {
			s.t.Fatalf("%v is no refusal, want %s", err, code)
		}
		if refusal.Code != code || refusal.Status != answer.StatusCode() || int(refusal.Problem.Status) != refusal.Status ||
			refusal.RequestID == "" || refusal.RequestID != refusal.Problem.RequestId {
			s.t.Fatalf("%+v, want %s", *refusal, code)
		}
		if adviceOn(code) == tryAgain && refusal.RetryAfter <= 0 {
			s.t.Errorf("%s does not say when to try again", code)
		}
		s.met[code] = true
		return *refusal
	}
}

// codes are those of the contract that the service serves.
func (s *story) codes() []sharedapi.ProblemCode {
	s.t.Helper()
	answer, err := http.Get(s.Auth.URL + "/openapi.json")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	var document struct {
		Components struct {
			Schemas struct {
				ProblemCode struct{ Enum []sharedapi.ProblemCode }
			}
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&document); err != nil {
		s.t.Fatal(err)
	}
	codes := document.Components.Schemas.ProblemCode.Enum
	if !slices.Contains(codes, sharedapi.ProblemCodeThrottled) {
		s.t.Fatalf("the document's codes are %v", codes)
	}
	return codes
}

// method takes another one for one request.
func method(name string) func(context.Context, *http.Request) error {
	return func(_ context.Context, r *http.Request) error {
		r.Method = name
		return nil
	}
}

// header sets a header of one request.
func header(name, value string) func(context.Context, *http.Request) error {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}
