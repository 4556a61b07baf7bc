package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/dbtest/fill"
)

// grant is what a sign-in gives.
type grant struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// personPassword is everybody's, also of those whom fill makes.
const personPassword = fill.Password

// body writes JSON.
func body(members map[string]any) string {
	text, err := json.Marshal(members)
	if err != nil {
		panic(err) // strings and booleans
	}
	return string(text)
}

// ask sends one request and wants a status; out may be nil.
func ask(addr string, request []byte, want int, out any) error {
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.close()
	status, answer, err := c.do(request)
	if err != nil {
		return err
	}
	if status != want {
		return fmt.Errorf("%d instead of %d: %s", status, want, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}

func (s *system) login(username, password string) (grant, error) {
	var g grant
	request := requestOf(http.MethodPost, s.authAddr, "/auth/login", "", body(map[string]any{"login": username, "password": password}))
	return g, ask(s.authAddr, request, http.StatusOK, &g)
}

// awaitToken waits until users takes what auth signs: after new keys it has to
// hear of them.
func (s *system) awaitToken(ctx context.Context) error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		g, err := s.login(adminName, adminPassword)
		if err == nil {
			err = ask(s.usersAddr, requestOf(http.MethodGet, s.usersAddr, "/users/"+adminName, g.AccessToken, ""), http.StatusOK, nil)
		}
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// makePeople makes accounts through the front door, whose password is hashed at
// a cost, and gives their names.
func (s *system) makePeople(ctx context.Context, admin string, prefix string, n, cost int) ([]string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(personPassword), cost)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range n {
		name := fmt.Sprintf("%s%d", prefix, i)
		request := requestOf(http.MethodPost, s.usersAddr, "/users", admin,
			body(map[string]any{"username": name, "email": name + "@example.com", "password_hash": string(hash), "verified": true}))
		if err := ask(s.usersAddr, request, http.StatusCreated, nil); err != nil {
			return nil, err
		}
		names = append(names, name)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return names, nil
}
