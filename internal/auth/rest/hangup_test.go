package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// TestHangingUpKeepsNothingFromTheOwner: who sets a password and leaves before
// the answer can't keep the audit and the mail from following.
func TestHangingUpKeepsNothingFromTheOwner(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	for event, r := range map[string]func(*testing.T, apitest.Grant) apitest.Request{
		"password.reset": func(t *testing.T, person apitest.Grant) apitest.Request {
			return reset(forgot(t, s, person.User.Email, 1), newPassword)
		},
		"password.changed": func(_ *testing.T, person apitest.Grant) apitest.Request {
			return apitest.Request{Path: "/auth/password/change", Token: person.AccessToken, Body: body{
				"current_password": apitest.Password, "new_password": newPassword,
			}}
		},
	} {
		t.Run(event, func(t *testing.T) {
			person := s.Person(t)
			hangUp(t, s, r(t, person))
			s.Mails.Await(t, person.User.Email, mail.PasswordChanged, 1)
			if !slices.ContainsFunc(audited(t, s, person.User.ID), func(e told) bool { return e.Type == event }) {
				t.Errorf("the audit has %+v", audited(t, s, person.User.ID))
			}
			s.Login(t, person.User.Username, newPassword)
		})
	}
}

// hangUp sends a POST and leaves when it waits to write what follows.
func hangUp(t *testing.T, s *apitest.System, r apitest.Request) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	tx, err := db.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), "LOCK TABLE auth.audit_events IN SHARE MODE")
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Auth.URL+r.Path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + r.Token}}
	if r.Token == "" {
		request.Header.Del("Authorization")
	}
	left := make(chan error, 1)
	go func() {
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err == nil {
			_ = answer.Body.Close()
		}
		left <- err
	}()
	waits := func() (yes bool) {
		if err := tx.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'auth.audit_events'::regclass AND NOT granted)").Scan(&yes); err != nil {
			t.Fatal(err)
		}
		return yes
	}
	for began := time.Now(); !waits(); time.Sleep(time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatal("it writes nothing")
		}
	}
	leave()
	if err := <-left; err == nil {
		t.Fatal("it was answered")
	}
	// Long enough for a service that would give up, too short for one that won't.
	for began := time.Now(); waits() && time.Since(began) < 200*time.Millisecond; time.Sleep(time.Millisecond) {
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}
