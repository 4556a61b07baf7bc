package rest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// subject is whom a request is about.
type subject struct {
	name    string
	request apitest.Request
}

// pairWrite is a request that changes something in both services.
type pairWrite struct {
	name  string
	make  func(*testing.T, *apitest.System) subject
	least int
}

// about makes a request about a person who is signed in.
func about(make func(*testing.T, *apitest.System, apitest.Grant) apitest.Request) func(*testing.T, *apitest.System) subject {
	return func(t *testing.T, s *apitest.System) subject {
		person := s.Person(t)
		return subject{person.User.Username, make(t, s, person)}
	}
}

var pairWrites = []pairWrite{
	{"register", func(*testing.T, *apitest.System) subject {
		name := apitest.Name()
		return subject{name, byPost("/auth/register", "", body{"username": name, "email": name + "@example.com", "password": apitest.Password})}
	}, 10},
	{"register under a key", func(*testing.T, *apitest.System) subject {
		name := apitest.Name()
		return subject{name, registerUnder("key-"+name, body{"username": name, "email": name + "@example.com", "password": apitest.Password})}
	}, 12},
	{"verify", about(func(t *testing.T, s *apitest.System, person apitest.Grant) apitest.Request {
		return verify(confirmation(t, s, person))
	}), 9},
	{"change the address", about(func(t *testing.T, s *apitest.System, person apitest.Grant) apitest.Request {
		patchMe(s, t, person.AccessToken, body{"email": person.User.Username + "@next.example", "current_password": apitest.Password}).Is(http.StatusOK)
		return verify(s.Mails.Token(t, person.User.Username+"@next.example", mail.ChangeEmail, 1))
	}), 12},
	{"ask for another address", about(func(_ *testing.T, _ *apitest.System, person apitest.Grant) apitest.Request {
		return apitest.Request{Method: http.MethodPatch, Path: "/auth/me", Token: person.AccessToken, Body: body{
			"email": person.User.Username + "@next.example", "current_password": apitest.Password,
		}}
	}), 7},
	{"reset", about(func(t *testing.T, s *apitest.System, person apitest.Grant) apitest.Request {
		return reset(forgot(t, s, person.User.Email, 1), newPassword)
	}), 8},
	{"change the password", about(func(_ *testing.T, _ *apitest.System, person apitest.Grant) apitest.Request {
		return byPost("/auth/password/change", person.AccessToken, body{"current_password": apitest.Password, "new_password": newPassword})
	}), 8},
	{"delete me", about(func(_ *testing.T, _ *apitest.System, person apitest.Grant) apitest.Request {
		return byPost("/auth/me/delete", person.AccessToken, body{"current_password": apitest.Password})
	}), 9},
}

// facts are what both services hold of a subject, with the same words for
// every subject.
func facts(t *testing.T, db *pgx.Conn, who subject) string {
	t.Helper()
	rows, _ := db.Query(context.Background(), `
		WITH it AS (SELECT id, username, email, verified, deleted_at, credential_epoch FROM users.users WHERE username = $1)
		SELECT 'account ' || concat_ws(' ', email, 'verified', verified, 'deleted', deleted_at IS NOT NULL, 'epoch', credential_epoch) FROM it
		UNION ALL SELECT 'users tells ' || type || ' ' || sum(count) FROM users.audit_events JOIN it ON user_id = it.id
			WHERE type NOT LIKE 'login.%' GROUP BY type
		UNION ALL SELECT 'auth tells ' || type || ' ' || sum(count) FROM auth.audit_events JOIN it ON user_id = it.id GROUP BY type
		UNION ALL SELECT concat_ws(' ', 'token', purpose, address, 'used', used_at IS NOT NULL) FROM auth.one_time_tokens JOIN it ON user_id = it.id
		UNION ALL SELECT concat_ws(' ', 'mail', args->>'mail', args->>'to', count(*)) FROM auth.river_job JOIN it ON args->>'user_id' = it.id::text
			WHERE kind = 'mail' GROUP BY args->>'mail', args->>'to'
		UNION ALL SELECT concat_ws(' ', 'session live', ended_at IS NULL, 'epoch', s.credential_epoch) FROM auth.sessions s JOIN it ON user_id = it.id
		ORDER BY 1`, who.name)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), who.name, "NAME")
}

// settle lets the worker look into every intent now, and waits for its last.
func settle(t *testing.T, s *apitest.System) {
	t.Helper()
	super(t, s, "UPDATE auth.intents SET created_at = created_at - interval '1 minute'")
	super(t, s, "UPDATE auth.river_job SET state = 'available', scheduled_at = now() - interval '1 second' WHERE kind = 'settle' AND state IN ('scheduled', 'retryable')")
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		var left int
		if err := s.AuthDB.Pool.QueryRow(context.Background(), "SELECT count(*) FROM auth.intents").Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			return
		}
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%d intents are left over\n%s", left, s.Logs.String())
		}
	}
}

// TestF5BetweenTheServices: whichever statement fails, in the end all is done,
// the audit and the mails included, or nothing; what was answered with success
// is; and what was not can be asked for again.
func TestF5BetweenTheServices(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	db, err := pgx.Connect(context.Background(), s.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	for _, w := range pairWrites {
		t.Run(w.name, func(t *testing.T) { w.check(t, s, db) })
	}
}

func (w pairWrite) check(t *testing.T, s *apitest.System, db *pgx.Conn) {
	s.AwaitUsers(t) // the failures before may have opened the circuit
	made := make(chan subject, w.least+4)
	parallel(cap(made), func() bool { made <- w.make(t, s); return true }) // they wait for mails
	untouched, model := <-made, <-made
	if got := s.Auth.Do(t, model.request); got.Status >= 300 {
		t.Fatalf("it is answered %d\n%s", got.Status, got.Body)
	}
	nothing, all := facts(t, db, untouched), facts(t, db, model)
	if strings.Count(all, "auth tells") == strings.Count(nothing, "auth tells") {
		t.Fatalf("it does\n%s\nfrom\n%s", all, nothing)
	}
	var subjects []subject
	var statuses []int
	for failed := true; failed; {
		if len(made) == 0 {
			made <- w.make(t, s)
		}
		who := <-made
		var status int
		status, failed = sabotaged(t, s, who.request, len(subjects)+1)
		subjects, statuses = append(subjects, who), append(statuses, status)
	}
	t.Logf("%d statements", len(subjects)-1)
	if len(subjects)-1 < w.least {
		t.Errorf("only %d statements failed, want at least %d", len(subjects)-1, w.least)
	}
	settle(t, s)
	s.AwaitUsers(t)
	for i, who := range subjects {
		switch now := facts(t, db, who); {
		case now == all:
		case now == nothing && statuses[i] >= 500:
			s.Auth.Do(t, who.request)
			if again := facts(t, db, who); again != all {
				t.Errorf("failure %d: asked for again, there is\n%s\nwant\n%s", i+1, again, all)
			}
		default:
			t.Errorf("failure %d, answered %d, leaves\n%s\nwant\n%s", i+1, statuses[i], now, all)
		}
	}
}
