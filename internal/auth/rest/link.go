package rest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// How long a call to the users service may take. A request here has 5 s, of
// which one call leaves a second. What hashes a password has longer than what
// reads: it may queue for 500 ms and hash for a second on a slow machine.
const (
	callLimit  = 4 * time.Second         // all attempts and the waits between them
	readLimit  = 1800 * time.Millisecond // one attempt to read or to delete
	keyedLimit = 3500 * time.Millisecond // one attempt under an Idempotency-Key; cutting a hash short begins it anew
	probeLimit = 750 * time.Millisecond  // with breakerDelay: back to normal 2 s after the service is
	worthwhile = time.Second             // what must be left for another attempt
)

// The waits before another attempt, give or take a half.
const (
	retryDelay   = 50 * time.Millisecond
	runningDelay = 250 * time.Millisecond // the first attempt under the key still runs there
	delayJitter  = 0.5
)

// maxAnswer bounds an answer's body, in bytes; a page of accounts has less.
const maxAnswer = 1 << 20

// link carries requests to the users service: within a time, past a breaker,
// and once more where that can do no harm. That is where nothing was sent, for
// what only reads, for DELETE, and under an Idempotency-Key. Checking a password
// is none of these: the attempt may have been counted.
type link struct {
	transport http.RoundTripper
	breaker   *breaker
	retry     retrypolicy.RetryPolicy[*answer]
	// readyz is where the breaker finds out whether the service is back: by a
	// cheap question, and nobody's sign-in.
	readyz string
}

func newLink(readyz string, trust *x509.CertPool, log *slog.Logger) *link {
	return &link{
		transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: time.Second, KeepAlive: 15 * time.Second}).DialContext,
			TLSClientConfig:     &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: time.Second,
			MaxIdleConnsPerHost: 64,
			MaxConnsPerHost:     256,              // whatever hangs there
			IdleConnTimeout:     60 * time.Second, // under the server's 90 s
			DisableCompression:  true,
		},
		breaker: newBreaker(log),
		retry: retrypolicy.NewBuilder[*answer]().
			HandleIf(func(_ *answer, err error) bool { return waitOf(err) > 0 }).
			WithDelayFunc(func(e failsafe.ExecutionAttempt[*answer]) time.Duration { return waitOf(e.LastError()) }).
			WithJitterFactor(delayJitter).WithMaxRetries(-1).ReturnLastFailure().Build(),
		readyz: readyz,
	}
}

// again is an attempt's failure after which another may follow.
type again struct {
	cause error
	wait  time.Duration
}

func (a *again) Error() string { return a.cause.Error() }
func (a *again) Unwrap() error { return a.cause }

func waitOf(err error) time.Duration {
	if a := (*again)(nil); errors.As(err, &a) {
		return a.wait
	}
	return 0
}

// Do makes a call. The answer is read to its end. An error means that there is
// none; whether the request was carried out is then unknown.
func (l *link) Do(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), callLimit)
	defer cancel()
	c := &call{link: l, request: r}
	got, err := c.attempt(ctx)
	if waitOf(err) > 0 { // one call in many needs what failsafe costs
		got, err = l.again(ctx, c, got, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w (attempts: %d)", cmp.Or(c.last, err), c.attempts)
	}
	return &http.Response{
		StatusCode: got.status, Status: http.StatusText(got.status), Header: got.header,
		Body: io.NopCloser(bytes.NewReader(got.body)), Request: r,
	}, nil
}

// again goes on after a first attempt, whose outcome failsafe takes for its own.
func (l *link) again(ctx context.Context, c *call, got *answer, failed error) (*answer, error) {
	first := true
	return failsafe.With[*answer](l.retry).WithContext(ctx).Get(func() (*answer, error) {
		if first {
			first = false
			return got, failed
		}
		return c.attempt(ctx)
	})
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// call is one request and its attempts.
type call struct {
	link     *link
	request  *http.Request
	attempts int
	sent     bool // an attempt may have arrived
	repeated bool // the one repetition was used
	last     error
}

// attempt makes one attempt. failsafe tells of a deadline only that it passed;
// what went wrong before is in last.
func (c *call) attempt(ctx context.Context) (*answer, error) {
	now, err := c.link.enter(ctx)
	if err != nil {
		c.last = err
		return nil, err
	}
	c.attempts++
	before := c.sent
	got, err := c.send(ctx)
	switch {
	case err == nil:
		c.link.breaker.record(now, got.status != http.StatusInternalServerError)
		got, err = c.judge(ctx, got, before)
	case c.request.Context().Err() == nil: // else its caller went away, which says nothing
		c.link.breaker.record(now, false)
		err = c.mend(ctx, err)
	}
	c.last = err
	return got, err
}

// mend says whether the request may be sent once more.
func (c *call) mend(ctx context.Context, failed error) error {
	harmless := !c.sent || c.reads() || c.keyed()
	if c.repeated || !harmless || !enough(ctx) {
		return failed
	}
	c.repeated = true
	return &again{cause: failed, wait: retryDelay}
}

// judge takes what an earlier attempt has done for this one's success; before
// says that there may be such a one.
func (c *call) judge(ctx context.Context, got *answer, before bool) (*answer, error) {
	switch {
	case c.keyed() && got.stillRuns():
		cause := errors.New("users still runs the first attempt")
		if enough(ctx) {
			return nil, &again{cause: cause, wait: runningDelay}
		}
		return nil, cause
	case before && c.request.Method == http.MethodDelete && got.status == http.StatusNotFound:
		return &answer{status: http.StatusNoContent, header: got.header}, nil
	}
	return got, nil
}

func (c *call) keyed() bool { return c.request.Header.Get("Idempotency-Key") != "" }

func (c *call) reads() bool {
	return c.request.Method == http.MethodGet || c.request.Method == http.MethodDelete
}

func (c *call) limit() time.Duration {
	switch {
	case c.reads():
		return readLimit
	case c.keyed():
		return keyedLimit
	}
	return callLimit
}

func enough(ctx context.Context) bool {
	deadline, _ := ctx.Deadline() // Do sets one
	return time.Until(deadline) >= worthwhile
}

// send sends the request anew and reads the answer. Where no connection was
// made nothing was sent.
func (c *call) send(ctx context.Context) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit())
	defer cancel()
	var connected atomic.Bool
	r := c.request.Clone(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	if c.request.GetBody != nil {
		body, err := c.request.GetBody()
		if err != nil {
			return nil, err
		}
		r.Body = body
	}
	got, err := c.link.roundTrip(r)
	// net/http replaces a kept connection that it finds dead before anything
	// was written; a dial that fails is then the last word.
	dial := (*net.OpError)(nil)
	if connected.Load() && !(errors.As(err, &dial) && dial.Op == "dial") {
		c.sent = true
	}
	return got, err
}

// roundTrip follows no redirect: the address is configuration. A gateway that
// found nobody behind it is no answer.
func (l *link) roundTrip(r *http.Request) (*answer, error) {
	response, err := l.transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the answer of users: %w", err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("the answer of users has more than %d bytes", maxAnswer)
	case response.StatusCode == http.StatusBadGateway, response.StatusCode == http.StatusGatewayTimeout:
		return nil, fmt.Errorf("a gateway to users answered %d", response.StatusCode)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

// enter passes the breaker. Whoever is the first to come after its delay asks
// the service whether it is ready, and goes on only if it is.
func (l *link) enter(ctx context.Context) (turn, error) {
	now, probe, err := l.breaker.enter()
	if err != nil || !probe {
		return now, err
	}
	err = l.ready(ctx)
	return l.breaker.record(now, err == nil), err
}

// ready asks the service whether it is. That the caller may leave meanwhile
// does not end the question.
func (l *link) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.readyz, nil)
	if err != nil {
		return err
	}
	got, err := l.roundTrip(r)
	if err == nil && got.status >= http.StatusInternalServerError {
		err = fmt.Errorf("users is not ready: it answered %d", got.status)
	}
	return err
}

// stillRuns reports whether users answers that the same request, under the same
// key, has not ended there.
func (a *answer) stillRuns() bool {
	var problem struct {
		Code fault.Code `json:"code"`
	}
	return a.status == http.StatusConflict && json.Unmarshal(a.body, &problem) == nil && problem.Code == fault.CodeIdempotencyInProgress
}
