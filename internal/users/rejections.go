package users

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/audit"
)

// Run writes the counts of refused sign-ins, and drops what is of no
// more use, every minute until ctx is done.
// Call WriteRejections once more after the last request.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(audit.Period)
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

// WriteRejections writes the events `credentials.rejected` of the time since
// it was last called. What fails is kept and logged.
func (s *Service) WriteRejections(ctx context.Context) {
	s.rejected.Flush(func(user uuid.UUID, count int64) error {
		err := s.record(ctx, s.queries, system("credentials"), audit.Event{Kind: "credentials.rejected", User: user, Count: count})
		if err != nil {
			s.log.LogAttrs(ctx, slog.LevelWarn, "rejected sign-ins not written", slog.String("error", err.Error()))
		}
		return err
	})
}
