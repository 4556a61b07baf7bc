package observe

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// Service is what one service is watched by, beside its log. The zero value
// watches nothing.
type Service struct {
	Metrics *Metrics
	Tracing *Tracing
	log     *slog.Logger
}

// stopLimit is how long the last spans have to be sent.
const stopLimit = 2 * time.Second

// Start makes a service's metrics, and traces it where tracesURL is set.
func Start(ctx context.Context, service, tracesURL string, log *slog.Logger) (*Service, error) {
	tracing, err := NewTracing(ctx, service, tracesURL, log)
	if err != nil {
		return nil, err
	}
	return &Service{Metrics: NewMetrics(service), Tracing: tracing, log: log}, nil
}

// SQL watches the statements of a pool, beside another tracer, which may be
// nil.
func (s *Service) SQL(pool string, beside pgx.QueryTracer) pgx.QueryTracer {
	return SQLTracers(beside, s.Metrics.Database().Tracer(pool), s.Tracing.SQL())
}

// Stop sends the last spans.
func (s *Service) Stop() {
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	if err := s.Tracing.Stop(ctx); err != nil {
		s.log.Warn("the last spans were not sent", slog.String("error", err.Error()))
	}
}
