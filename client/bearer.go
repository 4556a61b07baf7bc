package client

import (
	"context"
	"net/http"
)

// Bearer shows an access token with each request. token is asked every time, so
// that it can give the next one when one is about to expire; what it returns as
// an error is the call's. It goes into WithRequestEditorFn of both clients.
func Bearer(token func(context.Context) (string, error)) func(context.Context, *http.Request) error {
	return func(ctx context.Context, r *http.Request) error {
		value, err := token(ctx)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+value)
		return nil
	}
}
