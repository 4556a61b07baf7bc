package faults_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// Every connection of a service waits for a lock. Whoever comes then is told so
// within a second, and what needs no database does not notice.
func TestF03EveryConnectionInUse(t *testing.T) {
	const connections = 6
	s := start(t, apitest.Deploy(t, "DATABASE_MAX_CONNS="+strconv.Itoa(connections)))
	admin, person := s.Admin(t), s.Person(t)
	lookUp, refresh := get("/users/"+person.User.ID, admin), post("/auth/refresh", "", apitest.Body{"refresh_token": person.RefreshToken})
	s.Users.Do(t, lookUp).Is(http.StatusOK) // it has the key set
	for _, full := range []struct {
		name, table string
		client      *apitest.Client
		waits       apitest.Request
	}{
		{"users", "users.users", s.Users, lookUp},
		{"auth", "auth.sessions", s.Auth, refresh},
	} {
		t.Run(full.name, func(t *testing.T) {
			unlock := lock(t, s.UsersDB.SuperURL, full.table)
			holding, v := newVolley(), newVolley()
			for range connections {
				holding.alongside(func() { holding.send("holding", full.client, full.waits, http.StatusOK) })
			}
			looker := connect(t, s.UsersDB.SuperURL)
			settle(t, "all connections wait", startLimit, func() (all bool) {
				if err := looker.QueryRow(t.Context(), "SELECT count(*) >= $1 FROM pg_locks WHERE NOT granted", connections).Scan(&all); err != nil {
					t.Fatal(err)
				}
				return all
			})
			during := faults.Length(1500*time.Millisecond, 3500*time.Millisecond) // those that hold connections give up after 5 s
			v.alongside(func() {
				v.paced(100, during, func(n int) {
					client := []*apitest.Client{s.Auth, s.Users, s.Auth}[n%3]
					path := []string{"/livez", "/livez", "/.well-known/jwks.json"}[n%3]
					v.send("livez and key set", client, get(path, ""), http.StatusOK)
				})
			})
			v.paced(30, during, func(n int) {
				if n%6 == 0 {
					v.send("sign-in", s.Auth, login(person.User), http.StatusOK)
					return
				}
				v.send("queueing", full.client, full.waits, http.StatusOK)
			})
			v.await()
			unlock()
			holding.await()

			refused := v.took(http.StatusServiceUnavailable, "queueing", "sign-in")
			faults.Figure(t, full.name+"_refused", len(refused))
			faults.Within(t, full.name+"_refused_after_at_most", part(refused, 1), time.Second)
			faults.Within(t, full.name+"_livez_and_key_set_p99", part(v.took(http.StatusOK, "livez and key set"), 0.99), 50*time.Millisecond)
			faults.None(t, full.name+"_let_in", len(v.took(http.StatusOK, "queueing", "sign-in")))
			faults.None(t, full.name+"_livez_or_key_set_refused", len(v.took(http.StatusServiceUnavailable, "livez and key set")))
			if len(refused) < 20 {
				t.Error("nobody was refused: nothing was proved")
			}
			v.check(t)
			holding.check(t)
			back := settle(t, "back to normal", startLimit, func() bool {
				answer, err := full.client.Try(full.waits)
				return err == nil && answer.Status == http.StatusOK
			})
			faults.Within(t, full.name+"_back_after", back, backLimit)
		})
	}
	s.neverRestarted(t)
}
