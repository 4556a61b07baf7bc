package audit

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Period is how often counts are written.
const Period = time.Minute

// lastWrite is how long the write of a stop may take, also when the database
// does not answer.
const lastWrite = 2 * time.Second

// Tally counts refusals per account, to be written as one event per account
// and Period: a storm of guesses must not become one of writes. Those about no
// known account are counted together, under uuid.Nil. A crash loses the minute
// that it happens in. The zero value is ready; it is safe for concurrent use.
type Tally struct {
	mu     sync.Mutex
	counts map[uuid.UUID]int64
}

// Add counts refusals.
func (t *Tally) Add(user uuid.UUID, count int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[uuid.UUID]int64{}
	}
	t.counts[user] += count
}

// Flush gives each count to write and starts anew. What write returns an error
// for is counted again.
func (t *Tally) Flush(write func(user uuid.UUID, count int64) error) {
	t.mu.Lock()
	taken := t.counts
	t.counts = nil
	t.mu.Unlock()
	for user, count := range taken {
		if write(user, count) != nil {
			t.Add(user, count)
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
