package faults

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// errLater is Take's for an answer that asks to try again and is no 503.
var errLater = errors.New("an earlier try is under way")

// want is an error where the status is another one.
func want(answer apitest.Response, statuses ...int) error {
	if !slices.Contains(statuses, answer.Status) {
		return fmt.Errorf("want %v", statuses)
	}
	return nil
}

func post(path, token string, body apitest.Body) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: path, Token: token, Body: body}
}

// Registers registers one person after the other.
func Registers() Operation {
	o := makes(Registration, apitest.Name())
	o.Request = post("/auth/register", "", apitest.Body{"username": o.Subject, "email": o.Value, "password": apitest.Password})
	return o
}

// RegistersUnderAKey is Registers with an Idempotency-Key: a try that comes after a lost answer
// gets that answer.
func RegistersUnderAKey() Operation {
	o := Registers()
	o.Request.Header = http.Header{"Idempotency-Key": {o.Subject}}
	o.Take = func(answer apitest.Response, earlier bool) (string, error) {
		var problem apitest.Problem
		if answer.Status == http.StatusConflict && earlier {
			if err := answer.Decode(&problem); err != nil || problem.Code == "idempotency_in_progress" {
				return "", errors.Join(errLater, err)
			}
		}
		return "", want(answer, http.StatusCreated)
	}
	return o
}

// Creates makes one account after the other, without a password.
func Creates(admin string) func() Operation {
	return func() Operation {
		o := makes(Creation, apitest.Name())
		o.Request = post("/users", admin, apitest.Body{"username": o.Subject, "email": o.Value})
		return o
	}
}

// makes an account. One that is there already was made by a try whose answer was lost.
func makes(kind Kind, name string) Operation {
	return Operation{
		Try: Try{Kind: kind, Subject: name, Value: name + "@example.com"},
		Take: func(answer apitest.Response, earlier bool) (string, error) {
			if earlier {
				return "", want(answer, http.StatusCreated, http.StatusConflict)
			}
			return "", want(answer, http.StatusCreated)
		},
	}
}

// Changes gives an account one address after the other.
func Changes(admin string, account apitest.User) func() Operation {
	return func() Operation {
		o := Operation{Try: Try{Kind: Change, Subject: account.ID, Value: apitest.Name() + "@example.com"}, Take: only(http.StatusOK)}
		o.Request = apitest.Request{Method: http.MethodPatch, Path: "/users/" + account.ID, Token: admin, Body: apitest.Body{"email": o.Value}}
		return o
	}
}

// LooksUp asks for an account again and again.
func LooksUp(admin string, account apitest.User) func() Operation {
	return func() Operation {
		return Operation{
			Try:     Try{Kind: LookUp, Subject: account.ID},
			Request: apitest.Request{Method: http.MethodGet, Path: "/users/" + account.ID, Token: admin}, Take: only(http.StatusOK),
		}
	}
}

func only(status int) func(apitest.Response, bool) (string, error) {
	return func(answer apitest.Response, _ bool) (string, error) { return "", want(answer, status) }
}

// SignsIn signs a person in again and again.
func SignsIn(person apitest.User) func() Operation {
	return func() Operation {
		return Operation{
			Try:     Try{Kind: SignIn, Subject: person.Username},
			Request: post("/auth/login", "", apitest.Body{"login": person.Username, "password": apitest.Password}), Take: grants(nil),
		}
	}
}

// Refreshes exchanges a session's token, again and again. After a lost answer the same one is
// exchanged again, which the grace allows.
func Refreshes(session apitest.Grant) func() Operation {
	token := session.RefreshToken
	return func() Operation { return RefreshOf(token, func(next string) { token = next }) }
}

// RefreshOf exchanges a token; took gets the successor.
func RefreshOf(token string, took func(next string)) Operation {
	return Operation{
		Try:     Try{Kind: Refresh, Subject: SessionOf(token), Value: token},
		Request: post("/auth/refresh", "", apitest.Body{"refresh_token": token}), Take: grants(took),
	}
}

// ReplayOf presents a token that the law refuses, and ends the session for.
func ReplayOf(token string) Operation {
	o := RefreshOf(token, nil)
	o.Kind, o.Take = Replay, only(http.StatusUnauthorized)
	return o
}

// SignsInAndOut opens a session and ends it, again and again.
func SignsInAndOut(person apitest.User) func() Operation {
	token := ""
	return func() Operation {
		if token == "" {
			o := SignsIn(person)()
			o.Take = grants(func(next string) { token = next })
			return o
		}
		o := Operation{Try: Try{Kind: SignOut, Subject: SessionOf(token)}, Request: post("/auth/logout", "", apitest.Body{"refresh_token": token})}
		token = ""
		o.Take = only(http.StatusNoContent)
		return o
	}
}

// grants takes the refresh token of an answer.
func grants(took func(next string)) func(apitest.Response, bool) (string, error) {
	return func(answer apitest.Response, _ bool) (string, error) {
		if err := want(answer, http.StatusOK); err != nil {
			return "", err
		}
		var grant apitest.Grant
		if err := answer.Decode(&grant); err != nil {
			return "", err
		}
		if took != nil {
			took(grant.RefreshToken)
		}
		return grant.RefreshToken, nil
	}
}

// Account registers somebody; the journal has it.
func (l *Load) Account(t testing.TB, d *apitest.Deployment) apitest.User {
	t.Helper()
	var made struct{ User apitest.User }
	o := Registers()
	o.Take = func(answer apitest.Response, _ bool) (string, error) {
		return "", errors.Join(want(answer, http.StatusCreated), answer.Decode(&made))
	}
	l.must(t, o, d)
	return made.User
}

// Person registers somebody and signs them in; the journal has both.
func (l *Load) Person(t testing.TB, d *apitest.Deployment) apitest.Grant {
	t.Helper()
	var grant apitest.Grant
	o := SignsIn(l.Account(t, d))()
	o.Take = func(answer apitest.Response, _ bool) (string, error) {
		err := errors.Join(want(answer, http.StatusOK), answer.Decode(&grant))
		return grant.RefreshToken, err
	}
	l.must(t, o, d)
	return grant
}

func (l *Load) must(t testing.TB, o Operation, d *apitest.Deployment) {
	t.Helper()
	if !l.Do(o, d.Auth) {
		t.Fatalf("%s: %q", o.Kind, l.Faults())
	}
}

// SessionOf is the session's id in a refresh token.
func SessionOf(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 4 {
		return token
	}
	return parts[1]
}
