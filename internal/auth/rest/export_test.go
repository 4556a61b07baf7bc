package rest

import (
	"context"
	"log/slog"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// NewAccounts is the link as the service makes it, for tests of what no
// operation uses alone.
func NewAccounts(url string, token func() (string, error), log *slog.Logger) (auth.Accounts, error) {
	return newAccounts(url, nil, token, func(context.Context) error { return nil }, log, &observe.Service{})
}
