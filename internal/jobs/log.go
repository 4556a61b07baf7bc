package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// repeatAfter is how often one message of River's may be logged. With the
// database away each queue would say so at every poll.
const repeatAfter = 10 * time.Second

// quiet is what River logs to. It passes on warnings and errors, not too often,
// and of the rest only what is a dead letter.
type quiet struct {
	slog.Handler
	seen *seen
}

func newQuiet(to slog.Handler) quiet { return quiet{to, &seen{at: map[string]sighting{}}} }

// Enabled lets info in, because River tells there what its rescuer discarded.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level) || level == slog.LevelInfo
}

// Handle passes a record on, or not.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	var discarded int64
	var panicked bool
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "num_jobs_discarded":
			if a.Value.Kind() == slog.KindInt64 {
				discarded = a.Value.Int64()
			}
		case "panic_val":
			panicked = true // failures tells it better
		}
		return true
	})
	if discarded > 0 {
		dead := slog.NewRecord(r.Time, slog.LevelError, jobDead, r.PC)
		dead.AddAttrs(slog.Int64("jobs", discarded), slog.String("error", "the process died in the last attempt"))
		return q.Handler.Handle(ctx, dead)
	}
	if r.Level < slog.LevelWarn || panicked {
		return nil
	}
	suppressed, ok := q.seen.again(r.Message, r.Time)
	if !ok {
		return nil
	}
	if suppressed > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("more", suppressed))
	}
	return q.Handler.Handle(ctx, r)
}

// WithAttrs keeps the rules.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.Handler.WithAttrs(attrs), q.seen}
}

// WithGroup keeps the rules.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.seen} }

// seen remembers River's messages, of which there are some fifty.
type seen struct {
	mu sync.Mutex
	at map[string]sighting
}

type sighting struct {
	last       time.Time
	suppressed int
}

// again says whether message may be logged, and how many were not since it last
// was.
func (s *seen) again(message string, now time.Time) (suppressed int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.at[message]
	if known && now.Sub(one.last) < repeatAfter {
		one.suppressed++
		s.at[message] = one
		return 0, false
	}
	s.at[message] = sighting{last: now}
	return one.suppressed, true
}
