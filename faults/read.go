package faults

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// account is what both databases have of one.
type account struct {
	ID, Username, Email      string
	Version                  int
	Roles, Hashes            int
	Created, Updated         int // events in users
	Registered, Links, Mails int // events, links and mails in auth
}

// session is one row, and how often the audit says that it was reused.
type session struct {
	ID         string
	Generation int64
	Reason     string // why it ended; "" is live
	Reuses     int
}

// settle has the auth service do now what it would do later: look into registrations whose answer
// it never got, or whose asker it left. It returns when nothing is left.
func settle(t testing.TB, d *apitest.Deployment) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var left int
		for _, sql := range []string{
			`UPDATE auth.intents SET created_at = created_at - interval '1 minute' WHERE created_at > now() - interval '30 seconds'`, // once: it says who asked last
			// A job that was running when its service was killed is rescued after two minutes.
			`UPDATE auth.river_job SET state = 'available', scheduled_at = now() WHERE kind = 'settle'
				AND (state IN ('scheduled', 'retryable') OR state = 'running' AND attempted_at < now() - interval '5 seconds')`,
		} {
			if _, err := d.AuthDB.Pool.Exec(context.Background(), sql); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.AuthDB.Pool.QueryRow(context.Background(), `SELECT count(*) FROM auth.intents`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("the auth service leaves %d intents unfinished", left)
		}
	}
}

// readAccounts reads both databases, which need not be one, by username.
func readAccounts(t testing.TB, d *apitest.Deployment) map[string]account {
	t.Helper()
	found := map[string]account{}
	for _, a := range rows[account](t, d.UsersDB.Pool, `SELECT u.id::text, u.username, u.email, u.version,
		(SELECT count(*) FROM users.user_roles r WHERE r.user_id = u.id) AS roles, count(u.password_hash) AS hashes,
		count(*) FILTER (WHERE e.type = 'user.created') AS created, count(*) FILTER (WHERE e.type = 'user.updated') AS updated
		FROM users.users u LEFT JOIN users.audit_events e ON e.user_id = u.id GROUP BY u.id`) {
		a.Hashes = min(a.Hashes, 1) // it was counted with each event
		found[a.Username] = a
	}
	told := map[string]account{}
	for _, a := range rows[account](t, d.AuthDB.Pool, `SELECT e.user_id::text AS id, e.after ->> 'username' AS username, count(*) AS registered,
		(SELECT count(*) FROM auth.one_time_tokens o WHERE o.user_id = e.user_id AND o.purpose = 'verify_email') AS links,
		(SELECT count(*) FROM auth.river_job j WHERE j.kind = 'mail' AND j.args ->> 'mail' = 'verify_email' AND j.args ->> 'to' = e.after ->> 'email') AS mails
		FROM auth.audit_events e WHERE e.type = 'user.registered' GROUP BY e.user_id, e.after`) {
		told[a.ID] = a
	}
	for name, a := range found {
		a.Registered, a.Links, a.Mails = told[a.ID].Registered, told[a.ID].Links, told[a.ID].Mails
		found[name] = a
		delete(told, a.ID)
	}
	for id, a := range told { // registered, and not there
		found[id] = a
	}
	return found
}

func readSessions(t testing.TB, d *apitest.Deployment) map[string]session {
	t.Helper()
	found := map[string]session{}
	for _, s := range rows[session](t, d.AuthDB.Pool, `SELECT s.id::text, s.generation, coalesce(s.end_reason, '') AS reason,
		(SELECT count(*) FROM auth.audit_events e WHERE e.type = 'session.refresh_reuse' AND e.after ->> 'session_id' = s.id::text) AS reuses
		FROM auth.sessions s`) {
		found[s.ID] = s
	}
	return found
}

func rows[T any](t testing.TB, pool *pgxpool.Pool, sql string) []T {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	result, err := pool.Query(ctx, sql)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(result, pgx.RowToStructByNameLax[T])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// generationOf is the generation in a refresh token.
func generationOf(token string) int64 {
	parts := strings.Split(token, ".")
	if len(parts) != 4 {
		return 0
	}
	n, _ := strconv.ParseInt(parts[2], 10, 64) // what is no number is no token either
	return n
}
