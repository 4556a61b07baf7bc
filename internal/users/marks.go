package users

import (
	"context"
	"sync"
	"time"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

// LocalMarks are the marks of one instance that has no others beside it.
type LocalMarks struct {
	mu    sync.Mutex
	marks map[string]localMark
	swept time.Time
}

type localMark struct {
	at  postgres.Position
	set time.Time
}

// Set marks things.
func (m *LocalMarks) Set(_ context.Context, at postgres.Position, things ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if now.Sub(m.swept) > MarkLife {
		for thing, mark := range m.marks {
			if now.Sub(mark.set) > MarkLife {
				delete(m.marks, thing)
			}
		}
		m.swept = now
	}
	if m.marks == nil {
		m.marks = map[string]localMark{}
	}
	for _, thing := range things {
		m.marks[thing] = localMark{max(at, m.marks[thing].at), now}
	}
	return nil
}

// Newest gives the newest mark of things.
func (m *LocalMarks) Newest(_ context.Context, things ...string) (at postgres.Position, lost bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, thing := range things {
		at = max(at, m.marks[thing].at)
	}
	return at, false, nil
}
