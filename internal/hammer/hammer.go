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
		all = append(all, h.one(t, seed, number, op)...)
	}
	return all
}

// Short sends each operation all of its bounds, and others beside them.
func (h *Hammer) Short(t testing.TB, seed uint64, others int) (all []Finding) {
	t.Helper()
	for _, op := range h.operations {
		for number := range len(op.bounds) + others {
			all = append(all, h.one(t, seed, number, op)...)
		}
	}
	return all
}

func (h *Hammer) one(t testing.TB, seed uint64, number int, op *operation) []Finding {
	h.sent++
	r := h.draft(t, seed, number, op)
	problem, v, answer := h.try(t, r)
	if problem == "" {
		return nil
	}
	f := Finding{Seed: seed, Number: number, Operation: op.id, Problem: problem}
	return []Finding{h.smaller(t, f, r, v, answer)}
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

// draft makes a request from its seed, operation and number. The first go through
// the bounds; then every other one goes through the edges, of the rest two in five
// are valid, and most others have one thing changed, a few two.
func (h *Hammer) draft(t testing.TB, seed uint64, number int, op *operation) *draft {
	d := roll(seed, fmt.Sprintf("%s.%s.%d", op.service, op.id, number))
	hints := h.world.hints(t, op)
	r := hints.valid(d.of("valid"), op, h.callerOf(d.of("caller"), op))
	edge, at := op.bounds, number
	if later := number - len(op.bounds); later >= 0 {
		edge, at = op.edges, later/2
		if later%2 == 0 {
			edge = nil
		}
	}
	if len(edge) > 0 {
		order := roll(seed, op.service+"."+op.id).Perm(len(edge))
		e := edge[order[at%len(edge)]]
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
