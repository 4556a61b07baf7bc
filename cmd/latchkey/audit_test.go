package main_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
)

func TestAuditPrune(t *testing.T) {
	t.Parallel()
	users, auth := dbtest.Both(t)
	for db, table := range map[dbtest.DB]string{users: "users.audit_events", auth: "auth.audit_events"} {
		_, err := db.Pool.Exec(t.Context(), `INSERT INTO `+table+` (id, occurred_at, type, actor_kind, actor)
			VALUES ('01800000-0000-7000-8000-000000000000', '2022-04-05', 'user.created', 'system', 'test')`)
		if err != nil {
			t.Fatal(err)
		}
	}
	prune := func(env []string, args ...string) string {
		t.Helper()
		args = append([]string{"audit", "prune", "--older-than", "8760h"}, args...)
		p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: args, Env: env})
		if code := p.Wait(t, commandLimit); code != 0 {
			t.Fatalf("%v: exit code %d\n%s", args, code, p.Stderr)
		}
		return p.Stdout.String()
	}
	ofAuth := []string{"AUTH_MIGRATE_DATABASE_URL=" + auth.OwnerURL} // which is all that it needs to know
	both := append(ofAuth, "USERS_MIGRATE_DATABASE_URL="+users.OwnerURL)
	for _, step := range []struct {
		env  []string
		args []string
		want string
	}{
		{both, []string{"--dry-run"}, "users: 1 audit events would be removed\nauth: 1 audit events would be removed\n"},
		{ofAuth, []string{"--service", "auth"}, "auth: 1 audit events removed\n"},
		{both, nil, "users: 1 audit events removed\nauth: 0 audit events removed\n"},
	} {
		if got := prune(step.env, step.args...); got != step.want {
			t.Errorf("%v: %q, want %q", step.args, got, step.want)
		}
	}
}
