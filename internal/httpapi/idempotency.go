package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/overtime"
)

// Answer is a response as it is kept for a retry.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Idempotency keeps the answers of requests that carry an Idempotency-Key. Each
// service has its own table behind it.
type Idempotency interface {
	// Begin claims a key for a caller's request, where caller is the token's
	// subject, or the username under a prefix that no subject has. It returns the answer that
	// was given before, or a claim to be finished; ErrIdempotencyMismatch for
	// another request under the key, ErrIdempotencyInProgress for the same one
	// while it runs elsewhere.
	Begin(ctx context.Context, caller, key string, request []byte) (*Answer, Claim, error)
}

// Claim is the right to answer under a key. It lapses after 30 s.
type Claim interface {
	// Keep stores the answer; without effect where the claim has lapsed.
	Keep(ctx context.Context, answer Answer) error
	// Release lets the request be made again.
	Release(ctx context.Context) error
}

// Faults of idempotent requests.
var (
	ErrIdempotencyMismatch = fault.New(fault.Unprocessable, fault.CodeIdempotencyMismatch,
		"This Idempotency-Key was used for another request.")
	ErrIdempotencyInProgress = fault.New(fault.Conflict, fault.CodeIdempotencyInProgress,
		"The request with this Idempotency-Key is still running.").After(time.Second)
)

const (
	headerIdempotencyKey = "Idempotency-Key"
	headerReplayed       = "Idempotency-Replayed"
)

// keptHeaders are what belongs to the answer itself; the rest is made anew.
// Set-Cookie is not among them: a credential is not stored, nor given twice.
var keptHeaders = []string{"Content-Type", "ETag", "Location"}

// storeTimeout bounds keeping an answer, also when the client has gone.
const storeTimeout = 2 * time.Second

// idempotency answers a repeated request with the answer of the first. Only
// operations that declare the header take part; 429 and 5xx are never kept.
func (a *API) idempotency(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := stateOf(r.Context())
		key := r.Header.Get(headerIdempotencyKey)
		if key == "" || !s.op.idempotent || a.options.Idempotency == nil {
			next.ServeHTTP(w, r)
			return
		}
		caller, err := s.keyScope()
		if err != nil {
			Write(w, r, err)
			return
		}
		request, err := fingerprintOf(r)
		if err != nil {
			Write(w, r, err)
			return
		}
		before, claim, err := a.options.Idempotency.Begin(r.Context(), caller, key, request)
		switch {
		case err != nil:
			Write(w, r, err)
		case before != nil:
			before.replay(w)
		default:
			a.runOnce(w, r, next, claim)
		}
	})
}

// An anonymous caller is known by a member of the body. Keys that belong to its
// value stand under a prefix that no subject has: PostgreSQL stores no text
// with a NUL.
const (
	anonymousMember = "username"
	anonymousScope  = "\x00username\x00"
)

// keyScope is whose the request's Idempotency-Key is: the token's subject's, or
// the username's that an anonymous request names. LoadSpec sees to it that the
// body of such an operation has one.
func (s *state) keyScope() (string, error) {
	if s.claims != nil {
		return s.claims.Subject, nil
	}
	body, _ := s.body.(map[string]any)
	username, _ := body[anonymousMember].(string)
	if username == "" {
		return "", fault.ErrInternal.Because(errors.New("an anonymous request with an Idempotency-Key names no " + anonymousMember))
	}
	return anonymousScope + strings.ToLower(username), nil
}

// fingerprintOf is what makes two requests the same: method, path, If-Match
// and body.
func fingerprintOf(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body) // in memory already, and within its limit
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	head := r.Method + "\x00" + r.URL.EscapedPath() + "\x00" + r.Header.Get("If-Match") + "\x00"
	return append([]byte(head), body...), nil
}

func (answer *Answer) replay(w http.ResponseWriter) {
	for _, name := range keptHeaders {
		if value := answer.Header.Get(name); value != "" {
			w.Header().Set(name, value)
		}
	}
	w.Header().Set(headerReplayed, "true")
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) //nolint:gosec // G705: our own JSON, with nosniff
}

// runOnce holds the answer back until it is kept, so that nobody sees one that
// a retry would not see again.
func (a *API) runOnce(w http.ResponseWriter, r *http.Request, next http.Handler, claim Claim) {
	held := &heldAnswer{header: w.Header().Clone()}
	done := false
	defer func() {
		if !done { // a panic: the request may be made again
			a.settle(r, func(ctx context.Context) error { return claim.Release(ctx) })
		}
	}()
	next.ServeHTTP(held, r)
	done = true
	if held.status >= http.StatusInternalServerError || held.status == http.StatusTooManyRequests {
		a.settle(r, claim.Release)
	} else {
		answer := Answer{Status: held.status, Header: http.Header{}, Body: held.body.Bytes()}
		for _, name := range keptHeaders {
			if value := held.header.Get(name); value != "" {
				answer.Header.Set(name, value)
			}
		}
		a.settle(r, func(ctx context.Context) error { return claim.Keep(ctx, answer) })
	}
	held.send(w)
}

func (a *API) settle(r *http.Request, how func(context.Context) error) {
	ctx := r.Context()
	if err := overtime.Do(ctx, storeTimeout, how); err != nil {
		a.options.Log.LogAttrs(ctx, slog.LevelWarn, "idempotency key not settled",
			slog.String("error", err.Error()), slog.String("request_id", RequestID(ctx)))
	}
}

// heldAnswer collects what a handler writes.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is what will be sent.
func (h *heldAnswer) Header() http.Header { return h.header }

// WriteHeader keeps the first status.
func (h *heldAnswer) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// Write collects.
func (h *heldAnswer) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(p)
}

func (h *heldAnswer) send(w http.ResponseWriter) {
	for name := range w.Header() {
		if _, kept := h.header[name]; !kept {
			w.Header().Del(name)
		}
	}
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes())
}
