package rest

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// The law of the breaker: after this many failures one after another, no call
// for so long; then one probe decides.
const (
	breakerFailures = 5
	breakerDelay    = time.Second
)

// errOpen is why a call was not made.
var errOpen = errors.New("the circuit to the users service is open")

// breaker keeps calls away from a users service that does not answer, so that
// callers are told at once and nothing piles up in front of it.
//
//	closed ──5 failures in a row──▶ open ──1 s──▶ half-open ──probe fails──▶ open
//	   ▲                                              │
//	   └───────────────── probe succeeds ─────────────┘
//
// It is failsafe's, with two things mended. A result counts only in the state
// that its call began in: calls that still hang when the service is back would
// else open it again, or release a permit that is the probe's. And the delay
// goes by the monotonic clock: failsafe's by the wall clock, which may jump.
type breaker struct {
	log *slog.Logger

	mu      sync.Mutex // held around every use of circuit, whose listener relies on it
	circuit circuitbreaker.CircuitBreaker[any]
	turn    turn
	opened  time.Time
}

// turn counts the changes of state.
type turn uint64

func newBreaker(log *slog.Logger) *breaker {
	b := &breaker{log: log}
	b.circuit = circuitbreaker.NewBuilder[any]().
		WithFailureThreshold(breakerFailures).WithSuccessThreshold(1).WithDelay(breakerDelay).
		OnStateChanged(b.changed).Build()
	return b
}

func (b *breaker) changed(e circuitbreaker.StateChangedEvent) {
	b.turn++
	switch e.NewState {
	case circuitbreaker.OpenState:
		b.opened = time.Now()
		if e.OldState == circuitbreaker.ClosedState { // and not with each probe that fails
			b.log.Warn("users does not answer; the circuit is open", "failures", breakerFailures)
		}
	case circuitbreaker.ClosedState:
		b.log.Info("users answers again; the circuit is closed")
	}
}

// enter asks to make a call. It returns errOpen, or the turn to record the
// result in; probe says that the caller is the one who is to find out whether
// the service is back, and must record what it found.
func (b *breaker) enter() (now turn, probe bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.circuit.IsOpen() && time.Since(b.opened) >= breakerDelay {
		b.circuit.HalfOpen()
	}
	if !b.circuit.TryAcquirePermit() {
		return 0, false, errOpen
	}
	return b.turn, b.circuit.IsHalfOpen(), nil
}

// record tells how a call that began in a turn ended, and gives the turn that
// it is then.
func (b *breaker) record(began turn, answered bool) turn {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case began != b.turn:
	case answered:
		b.circuit.RecordSuccess()
	default:
		b.circuit.RecordFailure()
	}
	return b.turn
}

// State is closed, open or half-open.
func (b *breaker) State() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.circuit.State().String()
}
