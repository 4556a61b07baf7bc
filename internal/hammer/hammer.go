package hammer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

// Hammer sends requests to one system.
type Hammer struct {
	world      *world
	operations []*operation
	judges     map[string]*judge.Judge // by service
	seen       map[string][]byte       // answers that are always the same, by operation
	sent       int
}

// Quick is an option for apitest.Start: signing keys are made in no time.
func Quick(auth *config.Auth, _ *config.Users) { auth.KeyAlg = "ES256" }

// New makes a hammer for a system, whose limits are off.
func New(t testing.TB, s *apitest.System) *Hammer {
	t.Helper()
	h := &Hammer{world: newWorld(t, s), judges: map[string]*judge.Judge{}, seen: map[string][]byte{}}
	for _, service := range []string{authService, usersService} {
		text := map[string][]byte{authService: authapi.SpecJSON, usersService: usersapi.SpecJSON}[service]
		h.Believe(t, service, text)
		operations, err := operationsOf(service, text)
		if err != nil {
			t.Fatal(err)
		}
		h.operations = append(h.operations, operations...)
	}
	return h
}

// Believe has requests to a service ("auth" or "users") judged by another
// document, until what it returns is called. They are made from the real one
// still.
func (h *Hammer) Believe(t testing.TB, service string, text []byte) (restore func()) {
	t.Helper()
	before := h.judges[service]
	j, err := judge.New(text)
	if err != nil {
		t.Fatal(err)
	}
	h.judges[service] = j
	return func() { h.judges[service] = before }
}

// Sent counts requests, without those that looked for a smaller one.
func (h *Hammer) Sent() int { return h.sent }

// Round sends one request of this number for each operation; where names are
// given, of those alone.
func (h *Hammer) Round(t testing.TB, seed uint64, number int, names ...string) []Finding {
	t.Helper()
	var all []Finding
	for _, op := range h.operations {
		if len(names) > 0 && !slices.Contains(names, op.id) {
			continue
		}
		h.sent++
		r := h.draft(t, seed, number, op)
		if problem, v, answer := h.try(t, r); problem != "" {
			f := Finding{Seed: seed, Number: number, Operation: op.id, Problem: problem}
			all = append(all, h.smaller(t, f, r, v, answer))
		}
	}
	return all
}

// For sends rounds until a time has passed or there is a finding.
func (h *Hammer) For(t testing.TB, seed uint64, d time.Duration) []Finding {
	t.Helper()
	for number, began := 0, time.Now(); time.Since(began) < d; number++ {
		if found := h.Round(t, seed, number); len(found) > 0 {
			return found
		}
	}
	return nil
}

// draft makes a request from its seed, operation and number: every other one goes
// through the edges, of the rest two in five are valid, and most others have one
// thing changed, a few two.
func (h *Hammer) draft(t testing.TB, seed uint64, number int, op *operation) *draft {
	d := roll(seed, fmt.Sprintf("%s.%s.%d", op.service, op.id, number))
	hints := h.world.hints(t, op)
	r := hints.valid(d.of("valid"), op, h.callerOf(d.of("caller"), op))
	if edges := op.edges(); number%2 == 1 && len(edges) > 0 {
		order := roll(seed, op.service+"."+op.id).Perm(len(edges))
		e := edges[order[number/2%len(edges)]]
		e.apply(&mutator{r, d.of("edge"), hints})
		r.changed = []string{e.name}
		return r
	}
	changes := pick(d, []int{0, 0, 0, 0, 1, 1, 1, 1, 1, 2})
	if len(op.params) == 0 && op.body == nil && number > 0 {
		changes = max(1, changes) // there is but one valid request
	}
	for i := range changes {
		hints.mutate(d.of(fmt.Sprint("change", i)), r)
	}
	return r
}

// callerOf chooses somebody whom the operation admits.
func (h *Hammer) callerOf(d *dice, op *operation) string {
	if op.clients {
		return pick(d, []string{"client", "client", "nobody", "Basic", "person"})
	}
	admitted, names := []string{}, op.callers()
	for _, name := range names {
		if h.judges[op.service].Admits(op.id, good[name].standing) {
			admitted = append(admitted, name)
		}
	}
	if len(admitted) == len(names) {
		return "nobody" // it asks for none
	}
	return pick(d, admitted)
}
