package rest

import (
	"context"
	"net/http"

	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/users"
)

// idempotency is the domain's table behind the chassis.
type idempotency struct {
	users *users.Service
}

var _ httpapi.Idempotency = idempotency{}

// Begin claims a key, or gives the answer that was kept.
func (i idempotency) Begin(ctx context.Context, caller, key string, request []byte) (*httpapi.Answer, httpapi.Claim, error) {
	use, kept, c, err := i.users.UseKey(ctx, caller, key, request)
	if err != nil {
		return nil, nil, err
	}
	switch use {
	case users.KeyReplayed:
		answer := &httpapi.Answer{Status: int(kept.Status), Header: http.Header{}, Body: kept.Body}
		for name, value := range kept.Header {
			answer.Header.Set(name, value)
		}
		return answer, nil, nil
	case users.KeyMismatch:
		return nil, nil, httpapi.ErrIdempotencyMismatch
	case users.KeyRunning:
		return nil, nil, httpapi.ErrIdempotencyInProgress
	}
	return nil, claim{c}, nil
}

type claim struct {
	*users.KeyClaim
}

// Keep stores the answer.
func (c claim) Keep(ctx context.Context, a httpapi.Answer) error {
	kept := users.KeptAnswer{Status: int32(a.Status), Header: map[string]string{}, Body: a.Body}
	for name := range a.Header {
		kept.Header[name] = a.Header.Get(name)
	}
	return c.KeyClaim.Keep(ctx, kept)
}
