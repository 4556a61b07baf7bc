package main_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// expired are rows that are long over, in each table that the services tidy up.
const expired = `
INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, idle_expires_at, expires_at)
	SELECT gen_random_uuid(), gen_random_uuid(), substr(sha256(n::text::bytea), 1, 16), 1, '192.0.2.1', now() - interval '30 days', now() - interval '30 days'
	FROM generate_series(1, 50000) n;
INSERT INTO auth.one_time_tokens (user_id, purpose, id, salt, hash, credential_epoch, username, address, expires_at)
	SELECT gen_random_uuid(), 'verify_email', gen_random_uuid(), sha256(n::text::bytea), sha256(sha256(n::text::bytea)), 1, 'x', 'x@example.com', now() - interval '3 days'
	FROM generate_series(1, 2500) n;
INSERT INTO auth.intents (id, kind, created_at) SELECT gen_random_uuid(), 'register', now() - interval '60 days' FROM generate_series(1, 10);
INSERT INTO auth.mail_recipients (key, since, mails) SELECT sha256(n::text::bytea), now() - interval '3 days', 1 FROM generate_series(1, 10) n;
INSERT INTO auth.reserved_usernames (key, reserved_until) SELECT sha256(n::text::bytea), now() - interval '1 minute' FROM generate_series(1, 10) n;
INSERT INTO auth.revoked_tokens (jti, expires_at) SELECT gen_random_uuid(), now() - interval '2 hours' FROM generate_series(1, 10);
INSERT INTO auth.idempotency_keys (key, fingerprint, lease, leased_until, created_at)
	SELECT sha256(n::text::bytea), sha256(n::text::bytea), gen_random_uuid(), now(), now() - interval '2 days' FROM generate_series(1, 10) n;
INSERT INTO users.idempotency_keys SELECT * FROM auth.idempotency_keys WHERE created_at < now() - interval '1 day';
INSERT INTO users.throttles (key, failures, next_at) SELECT sha256(n::text::bytea), 3, now() - interval '2 days' FROM generate_series(1, 10) n;
INSERT INTO users.known_networks (user_id, network, seen_at) SELECT id, '192.0.2.7', now() - interval '32 days' FROM users.users LIMIT 1;`

// 50,000 sessions and what else is over are removed while people look up, refresh
// and sign in; a row that somebody holds is left alone, and holds up nobody. It runs with the rights that the
// services have, which do the same every minute.
func TestPrune(t *testing.T) {
	t.Parallel()
	d := newDrill(t)
	d.start(t)
	person := d.Person(t)
	super := openSuper(t, d.AuthDB.SuperURL)
	if _, err := super.Exec(t.Context(), expired); err != nil {
		t.Fatal(err)
	}
	// Somebody holds the oldest session row for the whole time.
	tx, err := super.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // else the pool never closes
	if _, err := tx.Exec(t.Context(), `SELECT FROM auth.sessions WHERE expires_at < now() - interval '7 days' ORDER BY expires_at LIMIT 1 FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	dry := d.command(t, 0, "prune", "--dry-run").Stdout.String()
	wantWords(t, dry, "auth: sessions: 50000 rows would", "auth: one_time_tokens: 2500 rows would", "users: known_networks: 1 rows would", "users: throttles: 10 rows would")

	over := make(chan struct{})
	end := sync.OnceFunc(func() { close(over) })
	defer end()
	var bystanders sync.WaitGroup
	load := faults.NewLoad(t)
	load.Run(faults.Refreshes(person), d.Auth)
	load.Run(faults.SignsIn(person.User), d.Auth)
	var longest time.Duration
	bystanders.Go(func() { longest = longestLock(t, d.AuthDB.SuperURL, over) })
	said := d.run(t, nil, 0, "prune", "--pause", "0s").Stdout.String()
	end()
	bystanders.Wait()
	load.Stop()
	for _, fault := range load.Faults() {
		t.Error(fault)
	}
	t.Logf("a transaction of prune was open for %s at most\n%s", longest, said)
	if longest > 5*time.Second { // 50 batches in a row take longer than this machine's worst batch
		t.Errorf("prune held its locks for %s", longest)
	}
	wantWords(t, said, "auth: sessions: 49999 rows removed", "auth: one_time_tokens: 2500 rows removed", "auth: intents: 10 rows", "auth: mail_recipients: 10 rows",
		"auth: reserved_usernames: 10 rows", "auth: revoked_tokens: 10 rows", "auth: idempotency_keys: 10 rows", "users: idempotency_keys: 10 rows",
		"users: throttles: 10 rows", "users: known_networks: 1 rows")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantWords(t, d.command(t, 0, "prune").Stdout.String(), "auth: sessions: 1 rows removed")
	d.Login(t, person.User.Username, apitest.Password)
}

// longestLock watches the transactions of prune and gives the longest.
func longestLock(t *testing.T, address string, over <-chan struct{}) (longest time.Duration) {
	pool := openSuper(t, address)
	for {
		select {
		case <-over:
			return longest
		case <-time.After(2 * time.Millisecond):
		}
		var open time.Duration
		err := pool.QueryRow(context.Background(), `SELECT coalesce(max(clock_timestamp() - xact_start), interval '0')
			FROM pg_stat_activity WHERE application_name = 'latchkey prune' AND datname = current_database()`).Scan(&open)
		if err != nil {
			t.Error(err)
			return longest
		}
		longest = max(longest, open)
	}
}
