package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// The log's messages. An operator's alert goes by "job.dead".
const (
	jobFailed = "job.failed"
	jobDead   = "job.dead"
)

// failures logs each failed attempt, never a job's arguments, and times all.
type failures struct {
	log     *slog.Logger
	metrics *observe.Jobs
}

// HandleError is River's call after an attempt that failed; it is not called
// where the worker cancelled the job or the client's stop ended the attempt.
func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	f.tell(ctx, slog.LevelWarn, job, isLast(job), slog.String("error", withoutAddresses(err.Error())))
	return nil
}

// HandlePanic is River's call after an attempt that panicked, which counts as
// any other failure.
func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.tell(ctx, slog.LevelError, job, isLast(job),
		slog.String("panic", withoutAddresses(fmt.Sprint(value))), slog.String("stack", trace))
	return nil
}

// attempt times one, and sees what River does not report: that the worker gave
// a job up.
func (f failures) attempt(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) (err error) {
	began, panicked := time.Now(), true
	defer func() {
		f.metrics.Attempted(job.Kind, outcomeOf(ctx, job, err, panicked), time.Since(began))
	}()
	err = do(ctx)
	panicked = false
	var gaveUp *river.JobCancelError
	if errors.As(err, &gaveUp) {
		f.tell(ctx, slog.LevelError, job, true, slog.String("error", withoutAddresses(err.Error())))
	}
	return err
}

// outcomeOf names what came of an attempt, for metrics.
func outcomeOf(ctx context.Context, job *rivertype.JobRow, err error, panicked bool) string {
	var gaveUp *river.JobCancelError
	var snoozed *river.JobSnoozeError
	switch {
	case errors.As(err, &gaveUp):
		return "dead"
	case errors.As(err, &snoozed):
		return "snoozed"
	case err == nil && !panicked:
		return "done"
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.Canceled):
		return "interrupted"
	case isLast(job):
		return "dead"
	}
	return "failed"
}

func isLast(job *rivertype.JobRow) bool { return job.Attempt >= job.MaxAttempts }

func (f failures) tell(ctx context.Context, level slog.Level, job *rivertype.JobRow, dead bool, what ...slog.Attr) {
	message := jobFailed
	if dead {
		message, level = jobDead, slog.LevelError
	}
	f.log.LogAttrs(ctx, level, message, append([]slog.Attr{
		slog.String("kind", job.Kind), slog.Int64("job", job.ID), slog.Int("attempt", job.Attempt), slog.Int("of", job.MaxAttempts),
	}, what...)...)
}

// address is anything that may be a mail address; servers quote them when they
// refuse a mail.
var address = regexp.MustCompile(`[^\s<>"'(),:;=]+@[^\s<>"'(),:;=]+`)

func withoutAddresses(text string) string { return address.ReplaceAllString(text, "[address]") }
