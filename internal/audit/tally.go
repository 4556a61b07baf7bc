package audit

import (
	"context"
	"sync"
	"time"
)

// Period is how often counts are written.
const Period = time.Minute

// lastWrite is how long the write of a stop may take, also when the database
// does not answer.
const lastWrite = 2 * time.Second

// Tally counts refusals per account or client, to be written as one event per
// one of them and Period: a storm of guesses must not become one of writes. Those
// about nobody known are counted together, under the zero value. A crash loses
// the minute that it happens in. The zero Tally is ready; it is safe for
// concurrent use.
type Tally[Who comparable] struct {
	mu     sync.Mutex
	counts map[Who]int64
}

// Add counts refusals.
func (t *Tally[Who]) Add(who Who, count int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[Who]int64{}
	}
	t.counts[who] += count
}

// Flush gives each count to write and starts anew. What write returns an error
// for is counted again.
func (t *Tally[Who]) Flush(write func(who Who, count int64) error) {
	t.mu.Lock()
	taken := t.counts
	t.counts = nil
	t.mu.Unlock()
	for who, count := range taken {
		if write(who, count) != nil {
			t.Add(who, count)
		}
	}
}

// WriteLast calls write after the last request, with a context that has ended
// or is about to, for no longer than a stop may take.
func WriteLast(ctx context.Context, write func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	write(ctx)
}
