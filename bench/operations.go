package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"sync/atomic"
)

// crowd is who the requests are about.
type crowd struct {
	admin    string   // an administrator's access token
	accounts []string // ids
	ten      []string // usernames whose hash has bcrypt's cost 10
	twelve   []string // and 12
	sessions []string // refresh tokens, one for each connection
	hash     string   // a password_hash for new accounts
	made     atomic.Int64
}

// lookUp asks for one account after another, by id.
func (s *system) lookUp(c *crowd) *operation {
	return &operation{name: "GET /users/{user}", variant: "latchkey", addr: s.usersAddr, want: http.StatusOK, worker: about(c, s.usersAddr, c.admin)}
}

func (s *system) lookUpFloor(c *crowd) *operation {
	return &operation{name: "GET /users/{user}", variant: "floor", addr: s.floor.addr, want: http.StatusOK, worker: about(c, s.floor.addr, c.admin)}
}

// about is a worker that walks the accounts, each connection from another one.
func about(c *crowd, addr, bearer string) func(int) (func() []byte, func(int, []byte)) {
	return func(n int) (func() []byte, func(int, []byte)) {
		requests := make([][]byte, 0, 256)
		for i := range cap(requests) {
			id := c.accounts[(n*7919+i*31)%len(c.accounts)]
			requests = append(requests, requestOf(http.MethodGet, addr, "/users/"+id, bearer, ""))
		}
		i := 0
		return func() []byte { i++; return requests[i%len(requests)] }, ignore
	}
}

// refresh exchanges the refresh token of one session for each connection, again
// and again.
func (s *system) refresh(c *crowd) *operation {
	return &operation{name: "POST /auth/refresh", variant: "latchkey", addr: s.authAddr, want: http.StatusOK, worker: func(n int) (func() []byte, func(int, []byte)) {
		return func() []byte {
				return requestOf(http.MethodPost, s.authAddr, "/auth/refresh", "", `{"refresh_token":"`+c.sessions[n]+`"}`)
			}, func(status int, answer []byte) {
				var g grant
				if status == http.StatusOK && json.Unmarshal(answer, &g) == nil {
					c.sessions[n] = g.RefreshToken
				}
			}
	}}
}

// signIn signs the named people in, one after another.
func (s *system) signIn(name string, people []string) *operation {
	return &operation{name: name, variant: "latchkey", addr: s.authAddr, want: http.StatusOK, worker: func(n int) (func() []byte, func(int, []byte)) {
		i := n * 7
		return func() []byte {
			i++
			return requestOf(http.MethodPost, s.authAddr, "/auth/login", "", body(map[string]any{"login": people[i%len(people)], "password": personPassword}))
		}, ignore
	}}
}

// create makes accounts that bring their hash.
func (s *system) create(c *crowd) *operation {
	return &operation{name: "POST /users", variant: "latchkey", addr: s.usersAddr, want: http.StatusCreated, worker: func(int) (func() []byte, func(int, []byte)) {
		return func() []byte {
			name := fmt.Sprintf("made%d", c.made.Add(1))
			return requestOf(http.MethodPost, s.usersAddr, "/users", c.admin,
				`{"username":"`+name+`","email":"`+name+`@example.com","password_hash":"`+c.hash+`"}`)
		}, ignore
	}}
}

// list asks for pages of 20, newest first.
func (s *system) list(c *crowd) *operation {
	return &operation{name: "GET /users?limit=20", variant: "latchkey", addr: s.usersAddr, want: http.StatusOK,
		worker: same(requestOf(http.MethodGet, s.usersAddr, "/users?limit=20", c.admin, ""))}
}

// static are the answers that cost no statement, and their floors.
func (s *system) static() []*operation {
	get := func(name, variant, addr, path string) *operation {
		return &operation{name: name, variant: variant, addr: addr, want: http.StatusOK, worker: same(requestOf(http.MethodGet, addr, path, "", ""))}
	}
	return []*operation{
		get("GET /livez", "empty", s.floor.addr, "/static/livez"), get("GET /livez", "latchkey", s.usersAddr, "/livez"),
		get("GET /.well-known/jwks.json", "empty", s.floor.addr, "/static/jwks"), get("GET /.well-known/jwks.json", "latchkey", s.authAddr, "/.well-known/jwks.json"),
	}
}

// kept is what the floor answers without asking anybody.
type kept struct {
	Header http.Header
	Body   []byte
}

// startFloor starts the floor server with the headers and bodies that the
// services send.
func (s *system) startFloor(ctx context.Context, c *crowd) error {
	livez, err := sample("http://"+s.usersAddr+"/livez", "")
	if err != nil {
		return err
	}
	jwks, err := sample("http://"+s.authAddr+"/.well-known/jwks.json", "")
	if err != nil {
		return err
	}
	account, err := sample("http://"+s.usersAddr+"/users/"+c.accounts[0], c.admin)
	if err != nil {
		return err
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	static, err := json.Marshal(map[string]kept{"livez": livez, "jwks": jwks})
	if err != nil {
		return err
	}
	header, err := json.Marshal(account.Header)
	if err != nil {
		return err
	}
	s.floor, err = start("floor", filepath.Join(s.bin, "floor"), addr, s.dir, []string{
		"FLOOR_ADDR=" + addr, "FLOOR_STATIC=" + string(static), "FLOOR_HEADER=" + string(header),
		"FLOOR_DATABASE_URL=" + s.postgres.URL("latchkey_users", database) + "&pool_max_conns=" + connections,
	})
	if err != nil {
		return err
	}
	return s.floor.awaitReady(ctx, "/static/livez")
}

// sample is one answer without what net/http adds by itself.
func sample(url, bearer string) (kept, error) {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return kept{}, err
	}
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return kept{}, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return kept{}, fmt.Errorf("GET %s: %s", url, answer.Status)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return kept{}, err
	}
	for _, own := range []string{"Date", "Content-Length", "Connection"} {
		answer.Header.Del(own)
	}
	return kept{Header: answer.Header, Body: text}, nil
}
