package dbtest_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestCloneIsOwnAndLesser(t *testing.T) {
	t.Parallel()
	users, auth := dbtest.Both(t)
	for schema, d := range map[string]dbtest.DB{"users": users, "auth": auth} {
		if err := postgres.CheckLesser(t.Context(), d.Pool, schema); err != nil {
			t.Errorf("%s: %v", schema, err)
		}
	}
	var a, b string
	if err := users.Pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&a); err != nil {
		t.Fatal(err)
	}
	if err := dbtest.Users(t).Pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&b); err != nil {
		t.Fatal(err)
	}
	if a == b {
		t.Errorf("two clones are one database, %s", a)
	}
}
