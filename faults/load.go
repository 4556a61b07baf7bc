package faults

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	// Deadline is the services' own for each request.
	Deadline = 5 * time.Second
	// Grace is how long after its exchange a refresh token may be presented again.
	Grace = 10 * time.Second
	// patience bounds how long one thing may take to come about, over all tries.
	patience = time.Minute
)

// Operation is something that a client asks for as often as it takes.
type Operation struct {
	Try     // Kind, Subject and Value
	Request apitest.Request
	// Take judges an answer that is no 503. Earlier says that an earlier try of the same may
	// have been carried out. It gives the token in the answer, where there is one; its error is
	// a fault of the service.
	Take func(answer apitest.Response, earlier bool) (gave string, err error)
	// Client asks instead of the one that the load has chosen, where it is not nil.
	Client *apitest.Client
}

// Load is clients of every kind, each in a loop of its own, and what they know. What is no
// answer to a fault, such as a 401, is kept and reported by Check.
type Load struct {
	Journal *Journal

	over chan struct{}
	work sync.WaitGroup

	mu      sync.Mutex
	kinds   []Kind // that run
	faults  []string
	states  map[State]int
	counts  map[Kind]int       // acknowledged since the mark
	first   map[Kind]time.Time // the first of them
	slowest time.Duration      // of all answers
}

// NewLoad is a load that stops with the test.
func NewLoad(t testing.TB) *Load {
	t.Helper()
	l := &Load{Journal: NewJournal(t), over: make(chan struct{}), states: map[State]int{}}
	l.Mark()
	t.Cleanup(l.Stop)
	return l
}

// Run does what next gives, one after the other and at several instances in turn, until Stop.
func (l *Load) Run(next func() Operation, clients ...*apitest.Client) {
	first := next()
	l.mu.Lock()
	l.kinds = append(l.kinds, first.Kind)
	l.mu.Unlock()
	l.work.Go(func() {
		for o := first; l.Do(o, clients...); o = next() {
		}
	})
}

// Do asks until there is an answer that Take likes. It says no when the load is stopped before
// that, or the service has given a wrong answer. A client that gets none turns to the next.
func (l *Load) Do(o Operation, clients ...*apitest.Client) bool {
	if o.Client != nil {
		clients = []*apitest.Client{o.Client}
	}
	began, earlier := time.Now(), false
	for i := 0; ; i++ {
		select {
		case <-l.over:
			return false
		case <-time.After(5 * time.Millisecond): // as a client backs off
		}
		switch l.try(o, clients[i%len(clients)], earlier) {
		case Acknowledged, Refused:
			return true
		case Unknown:
			earlier = true
		case wrong:
			return false
		case Unsent:
		}
		if time.Since(began) > patience {
			l.Fault("%s %s: no answer in %s", o.Kind, o.Subject, patience)
			return false
		}
	}
}

// wrong is an answer that is a fault of the service. The journal has it as a refusal.
const wrong State = "wrong"

// try asks once.
func (l *Load) try(o Operation, client *apitest.Client, earlier bool) State {
	meant := l.Journal.Intend(o.Try)
	answer, err := client.Try(o.Request)
	took := time.Since(meant.Sent)
	out := Outcome{State: Unknown, Status: answer.Status}
	var fault error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		out.State = Unsent
	case err != nil: // it may have been carried out
	case answer.Status == http.StatusServiceUnavailable:
		fault = unavailable(client, o.Request, answer)
	default:
		if out.Gave, fault = o.Take(answer, earlier); fault != nil {
			fault = fmt.Errorf("%w\n%s", fault, answer.Body)
		}
		if fault == nil && (o.Kind != Refresh || meant.ID%8 == 0) { // they are sent by the thousand
			fault = client.Check(o.Request, answer)
		}
		switch {
		case errors.Is(fault, errLater):
			fault = nil
		case answer.Status < http.StatusBadRequest:
			out.State = Acknowledged
		default:
			out.State = Refused
		}
	}
	l.Journal.Learn(meant, out)
	l.count(o.Kind, out, took, err == nil)
	if fault != nil {
		l.Fault("%s %s answered %d after %s: %v", o.Kind, o.Subject, answer.Status, took.Round(time.Millisecond), fault)
		return wrong
	}
	return out.State
}

// unavailable holds an answer to what a fault must look like.
func unavailable(client *apitest.Client, r apitest.Request, answer apitest.Response) error {
	if answer.Header.Get("Retry-After") == "" || answer.Header.Get("Content-Type") != "application/problem+json" {
		return fmt.Errorf("its header is %v", answer.Header)
	}
	return client.Check(r, answer)
}

func (l *Load) count(kind Kind, out Outcome, took time.Duration, answered bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states[out.State]++
	if answered {
		l.slowest = max(l.slowest, took)
	}
	if out.State != Acknowledged {
		return
	}
	if l.counts[kind]++; l.counts[kind] == 1 {
		l.first[kind] = time.Now()
	}
}

// Fault keeps something that the service has done wrong.
func (l *Load) Fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// Faults gives what the service has done wrong since the last call.
func (l *Load) Faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	faults := l.faults
	l.faults = nil
	return faults
}

// Mark begins to count anew.
func (l *Load) Mark() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts, l.first = map[Kind]int{}, map[Kind]time.Time{}
	return time.Now()
}

// Await waits for n requests of a kind that are acknowledged after the mark.
func (l *Load) Await(t testing.TB, kind Kind, n int) {
	t.Helper()
	l.await(t, fmt.Sprintf("%d of %s", n, kind), func() bool { return l.counts[kind] >= n })
}

// AwaitEach is Await for every kind that runs. It gives the time from a moment to the first of
// each.
func (l *Load) AwaitEach(t testing.TB, n int, since time.Time) map[Kind]time.Duration {
	t.Helper()
	l.await(t, fmt.Sprintf("%d of each", n), func() bool {
		return !slices.ContainsFunc(l.kinds, func(kind Kind) bool { return l.counts[kind] < n })
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	took := map[Kind]time.Duration{}
	for _, kind := range l.kinds {
		took[kind] = l.first[kind].Sub(since)
	}
	return took
}

// AwaitLost waits for n more requests of which nobody knows what came of them.
func (l *Load) AwaitLost(t testing.TB, n int) {
	t.Helper()
	n += l.Count(Unknown)
	l.await(t, fmt.Sprintf("%d without an answer", n), func() bool { return l.states[Unknown] >= n })
}

// Count is how many requests ended so.
func (l *Load) Count(state State) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.states[state]
}

func (l *Load) await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	holds := func() bool { l.mu.Lock(); defer l.mu.Unlock(); return ok() }
	for began := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			l.Stop()
			t.Fatalf("never: %s; %v; %q", what, l.counts, l.faults)
		}
	}
}

// Stop ends the loops and waits for what they are at.
func (l *Load) Stop() {
	select {
	case <-l.over:
	default:
		close(l.over)
	}
	l.work.Wait()
}

// Race lets several clients exchange one session's token at once, at instances in turn, again and
// again until Stop. Each repeats it until it has an answer, and all are to get the same one.
func (l *Load) Race(n int, session apitest.Grant, clients ...*apitest.Client) {
	l.mu.Lock()
	l.kinds = append(l.kinds, Refresh)
	l.mu.Unlock()
	l.work.Go(func() {
		for token := session.RefreshToken; ; {
			next := make([]string, n)
			var racers sync.WaitGroup
			for i := range n {
				at := slices.Concat(clients[i%len(clients):], clients[:i%len(clients)])
				racers.Go(func() { l.Do(RefreshOf(token, func(got string) { next[i] = got }), at...) })
			}
			racers.Wait()
			same := slices.Compact(next)
			if slices.Contains(same, "") { // stopped, or a fault that Do has told of
				return
			}
			if len(same) > 1 {
				l.Fault("%d exchanges of %s gave %q", n, token, same)
				return
			}
			token = same[0]
		}
	})
}
