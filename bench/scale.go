package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/latchkey-id/latchkey/internal/dbtest/fill"
)

// few is the variant that larger ones are held against.
const few = "10,000 users"

// scale measures the same requests on few accounts and sessions and on many, in
// rounds that take turns: two systems, of which one waits.
func (b *benchmark) scale(ctx context.Context) error {
	large := fmt.Sprintf("%d users", b.many)
	if b.many%1_000_000 == 0 {
		large = fmt.Sprintf("%d million users", b.many/1_000_000)
	}
	var all [2][]*operation
	for i, of := range []struct {
		name    string
		n       int64
		buffers string // huge pages are taken whole, so that the small system must not have as many
	}{{few, 10_000, "1GB"}, {large, b.many, "8GB"}} {
		s, err := openSystem(ctx, b.options.programs, true, of.buffers)
		if err != nil {
			return err
		}
		defer s.close()
		b.system = s // the larger one, in the end: it is what is described
		if all[i], err = s.filled(ctx, of.name, of.n); err != nil {
			return err
		}
	}
	for i := range all[0] {
		if !b.only.MatchString(all[0][i].name) {
			continue
		}
		note("%s", all[0][i].name)
		most := int64(0)
		if all[0][i].name == signInName {
			most = 150 // whole hashes
		}
		if err := b.compareAt(ctx, 8, most, all[0][i], all[1][i]); err != nil {
			return err
		}
	}
	return b.finish(ctx)
}

const signInName = "POST /auth/login, bcrypt cost 10"

// filled fills a system with n accounts and n sessions, starts its services and
// gives what is to be measured there.
func (s *system) filled(ctx context.Context, variant string, n int64) ([]*operation, error) {
	note("%s: filling", variant)
	err := fill.Run(ctx, s.postgres.URL("postgres", database), fill.Options{
		Users: n, Sessions: n, Cost: 10, Report: func(done string, took time.Duration) { note("  %s: %.1f s", done, took.Seconds()) },
	})
	if err != nil {
		return nil, err
	}
	if err := s.warm(ctx); err != nil {
		return nil, err
	}
	if err := s.serve(ctx, "BCRYPT_COST=10", "HASH_QUEUE=3s"); err != nil {
		return nil, err
	}
	if err := s.awaitToken(ctx); err != nil {
		return nil, err
	}
	admin, err := s.login(adminName, adminPassword)
	if err != nil {
		return nil, err
	}
	tokens, err := fill.NewTokens(s.session)
	if err != nil {
		return nil, err
	}
	get := func(name string, path func() string) *operation {
		return &operation{name: name, addr: s.usersAddr, want: http.StatusOK, worker: func(int) (func() []byte, func(int, []byte)) {
			return func() []byte { return requestOf(http.MethodGet, s.usersAddr, path(), admin.AccessToken, "") }, ignore
		}}
	}
	anybody := func() int64 { return 1 + rand.Int64N(n) }
	list := []*operation{
		get("GET /users/{user} by id", func() string { return "/users/" + fill.UserID(anybody()).String() }),
		get("GET /users/{user} by username", func() string { return "/users/" + fill.Username(anybody()) }),
		get("GET /users?limit=20", func() string { return "/users?limit=20" }),
		get("GET /users?limit=20&q=… that all have", func() string { return "/users?limit=20&q=" + fill.Username(anybody())[:1] }),
		get("GET /users?limit=20&q=… that few have", func() string { return "/users?limit=20&q=" + fill.Username(anybody())[:7] }),
		s.refreshAny(tokens, n),
		{name: signInName, addr: s.authAddr, want: http.StatusOK, worker: func(int) (func() []byte, func(int, []byte)) {
			return func() []byte {
				return requestOf(http.MethodPost, s.authAddr, "/auth/login", "", body(map[string]any{"login": fill.Username(anybody()), "password": personPassword}))
			}, ignore
		}},
	}
	for _, o := range list {
		o.variant, o.on = variant, s
	}
	return list, nil
}

// warm reads what accounts and sessions are found by into PostgreSQL's memory, as
// it would be there after a day: 7 GB of 10 million.
func (s *system) warm(ctx context.Context) error {
	if _, err := s.admin.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_prewarm"); err != nil {
		return err
	}
	_, err := s.admin.Exec(ctx, `SELECT pg_prewarm(c.oid) FROM pg_class c
		WHERE c.oid IN ('users.users'::regclass, 'users.users_pkey'::regclass, 'users.users_username_key'::regclass, 'users.users_username_prefix_idx'::regclass,
			'users.users_email_prefix_idx'::regclass, 'users.user_roles'::regclass, 'users.user_roles_pkey'::regclass,
			'auth.sessions'::regclass, 'auth.sessions_pkey'::regclass)`)
	return err
}

// refreshAny refreshes another session each time, so that none is warm: each
// connection has those whose number leaves its own remainder.
func (s *system) refreshAny(tokens fill.Tokens, n int64) *operation {
	const connections = 8
	generations := [connections]map[int64]int64{}
	for i := range generations {
		generations[i] = map[int64]int64{}
	}
	return &operation{name: "POST /auth/refresh", addr: s.authAddr, want: http.StatusOK, worker: func(worker int) (func() []byte, func(int, []byte)) {
		own, session := generations[worker], int64(0)
		return func() []byte {
				session = 1 + rand.Int64N(n/connections)*connections + int64(worker)
				return requestOf(http.MethodPost, s.authAddr, "/auth/refresh", "", `{"refresh_token":"`+tokens.Refresh(session, own[session]+1)+`"}`)
			}, func(status int, _ []byte) {
				if status == http.StatusOK {
					own[session]++
				}
			}
	}}
}
