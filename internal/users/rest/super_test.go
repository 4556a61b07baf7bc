package rest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// super runs a statement as the superuser: to break things, and to look.
func super(t *testing.T, s *apitest.System, statement string, args ...any) {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, s.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	if _, err := db.Exec(ctx, statement, args...); err != nil {
		t.Fatal(err)
	}
}
