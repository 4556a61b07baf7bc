package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/latchkey-id/latchkey/internal/fault"
)

// authorized shows this service's own token with each call. Where users refuses
// it, its key was revoked a moment ago and this instance has not heard of it: the
// key ring is read anew, and the call made once more if that gives another token.
// A refusal comes before anything else is looked at, so nothing is done twice.
type authorized struct {
	link  *link
	token func() (string, error)
	renew func(context.Context) error
}

// Do makes a call; see link.
func (a authorized) Do(r *http.Request) (*http.Response, error) {
	first, err := a.token()
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+first)
	answer, err := a.link.Do(r)
	if err != nil || !refusesBearer(answer) || a.renew(r.Context()) != nil {
		return answer, err
	}
	second, err := a.token()
	if err != nil || second == first {
		return answer, nil //nolint:nilerr // the refusal is the answer
	}
	r.Header.Set("Authorization", "Bearer "+second)
	return a.link.Do(r)
}

// refusesBearer tells the refusal of a token from that of a password.
func refusesBearer(answer *http.Response) bool {
	if answer.StatusCode != http.StatusUnauthorized {
		return false
	}
	body, err := io.ReadAll(answer.Body) // in memory already
	answer.Body = io.NopCloser(bytes.NewReader(body))
	var problem struct {
		Code fault.Code `json:"code"`
	}
	return err == nil && json.Unmarshal(body, &problem) == nil && problem.Code == fault.CodeUnauthorized
}
