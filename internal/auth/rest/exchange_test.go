package rest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// PostgreSQL ends the connection in the middle of an exchange: that is a fault, and
// the token that was presented is as good as before. TestF5InAuth has each other
// statement fail.
func TestS43ADatabaseErrorInTheMiddleOfAnExchange(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	token := s.Person(t).RefreshToken
	ctx := context.Background()
	db, err := pgx.Connect(ctx, s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	looker, err := pgx.Connect(ctx, s.AuthDB.SuperURL) // within a transaction the activities stand still
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = looker.Close(ctx) }()
	tx, err := db.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "LOCK TABLE auth.sessions IN EXCLUSIVE MODE"); err != nil { // reading goes on
		t.Fatal(err)
	}
	answered := make(chan apitest.Response)
	go func() { answered <- s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": token}) }()
	const end = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()
		AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE '%ExchangeGeneration%'`
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		var ended int
		if err := looker.QueryRow(ctx, end).Scan(&ended); err != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("no exchange is under way: %v", err)
		}
		if ended > 0 {
			break
		}
	}
	answer := <-answered
	answer.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
	if answer.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	next := s.Refresh(t, s.Refresh(t, token).RefreshToken)
	s.Auth.Get(t, "/auth/me", next.AccessToken).Is(http.StatusOK)
}

func TestS47AResetEndsEverySession(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person, bystander := s.Person(t), s.Person(t)
	other := s.Login(t, person.User.Username, apitest.Password)
	s.Auth.Do(t, reset(forgot(t, s, person.User.Email, 1), newPassword)).Is(http.StatusNoContent)
	for _, grant := range []apitest.Grant{person, other} {
		s.Auth.Get(t, "/auth/me", grant.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
		refused(t, s, grant.RefreshToken)
	}
	s.Refresh(t, bystander.RefreshToken)
}
