package rest

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// measured times each call to the users service, whole, and makes its span,
// which it has the request carry on.
type measured struct {
	calls   authorized
	watched *observe.Service
}

type callingKey struct{}

// calling names the operation that is called in ctx.
func calling(ctx context.Context, operationID string) context.Context {
	return context.WithValue(ctx, callingKey{}, operationID)
}

// Do makes a call; see authorized.
func (m measured) Do(r *http.Request) (*http.Response, error) {
	operation, _ := r.Context().Value(callingKey{}).(string)
	ctx, end := m.watched.Tracing.Call(r.Context(), operation)
	observe.Carry(ctx, r.Header)
	began := time.Now()
	if ctx != r.Context() {
		r = r.WithContext(ctx)
	}
	answer, err := m.calls.Do(r)
	status, outcome := 0, "answered"
	switch {
	case err == nil:
		status = answer.StatusCode
	case errors.Is(err, errOpen):
		outcome = "refused"
	case r.Context().Err() != nil && errors.Is(r.Context().Err(), context.Canceled):
		outcome = "canceled"
	default:
		outcome = "failed"
	}
	m.watched.Metrics.Calls().Done(operation, outcome, time.Since(began))
	end(status, err)
	return answer, err
}
