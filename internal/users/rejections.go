package users

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

// rejections counts refused sign-ins per account, to be written as one event
// per account and minute: a storm of guesses must not become one of writes.
// Unknown logins are counted together, under uuid.Nil. A crash loses the
// minute that it happens in.
type rejections struct {
	mu     sync.Mutex
	counts map[uuid.UUID]int64
}

func (r *rejections) take() map[uuid.UUID]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.counts
	r.counts = nil
	return taken
}

// add counts refusals; what could not be written is added again.
func (r *rejections) add(user uuid.UUID, count int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.counts == nil {
		r.counts = map[uuid.UUID]int64{}
	}
	r.counts[user] += count
}

// rejectionPeriod is how often the counts are written.
const rejectionPeriod = time.Minute

// Run writes the counts of refused sign-ins, and drops what is of no
// more use, every minute until ctx is done.
// Call WriteRejections once more after the last request.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(rejectionPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.WriteRejections(ctx)
			s.dropOld(ctx)
		}
	}
}

// dropOld removes counters and keys that serve nobody any more.
func (s *Service) dropOld(ctx context.Context) {
	err := errors.Join(s.queries.DropOldThrottles(ctx), s.queries.DropOldKeys(ctx))
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "old rows not dropped", slog.String("error", err.Error()))
	}
}

// WriteRejections writes the events `credentials.rejected` of the time since
// it was last called. What fails is kept and logged.
func (s *Service) WriteRejections(ctx context.Context) {
	for user, count := range s.rejected.take() {
		err := s.record(ctx, s.queries, system("credentials"), event{kind: "credentials.rejected", user: user, count: count})
		if err != nil {
			s.rejected.add(user, count)
			s.log.LogAttrs(ctx, slog.LevelWarn, "rejected sign-ins not written", slog.String("error", err.Error()))
		}
	}
}
