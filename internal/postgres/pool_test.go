package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/postgres"
)

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	url := shared.URL("postgres", database(t))
	for name, c := range map[string]struct {
		url  string
		want string
	}{
		"the house's":     {url, "5s 10s UTC lk 16"},
		"the URL's first": {url + "&statement_timeout=7s&pool_max_conns=3", "7s 10s UTC lk 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := open(t, c.url, postgres.Options{ApplicationName: "lk"})
			var got string
			err := pool.QueryRow(t.Context(), `SELECT concat_ws(' ', current_setting('statement_timeout'),
				current_setting('idle_in_transaction_session_timeout'), current_setting('timezone'),
				current_setting('application_name'), $1::int)`, pool.Config().MaxConns).Scan(&got)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestOpenErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://u:hunter2@127.0.0.1:1/db?connect_timeout=1",
		"postgres://u:hunter2@127.0.0.1:port/db",
		"postgres://u:hunter2/@127.0.0.1:1/db",
		"postgres://u:hunter2@127.0.0.1:1/db?sslmode=sometimes",
		"host=127.0.0.1 port=x password=hunter2",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Open %s: %v", url, err)
		}
		_, err = postgres.Migrate(t.Context(), postgres.Migrations{URL: url, FS: files(1), Schema: "s"})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Migrate %s: %v", url, err)
		}
	}
	if _, err := postgres.Open(t.Context(), "postgres://[", postgres.Options{}); !errors.Is(err, postgres.ErrBadURL) {
		t.Errorf("got %v", err)
	}
}

func TestOpenLazy(t *testing.T) {
	t.Parallel()
	pool := open(t, "postgres://u@127.0.0.1:1/db", postgres.Options{Lazy: true})
	if err := pool.Ping(t.Context()); err == nil {
		t.Error("something listens on port 1")
	}
}

func TestCheckLesser(t *testing.T) {
	t.Parallel()
	schema := schemaName()
	name := database(t, schema)
	owner, lesser := postgres.OwnerRole(schema), postgres.LesserRole(schema)
	super := open(t, shared.URL("postgres", name), postgres.Options{})
	exec(t, super, "CREATE ROLE "+schema+"_heir LOGIN IN ROLE "+owner)
	exec(t, super, "CREATE ROLE "+schema+"_table LOGIN; CREATE TABLE "+schema+".t (n int); ALTER TABLE "+
		schema+".t OWNER TO "+schema+"_table")
	for _, c := range []struct {
		name, user, role string
		want             string // in the error; empty is none
	}{
		{"lesser", lesser, "", ""},
		{"lesser by name", lesser, lesser, ""},
		{"superuser in the lesser role", "postgres", lesser, ""},
		{"superuser", "postgres", "", "superuser"},
		{"owner", owner, "", "owns schema"},
		{"inherits from the owner", schema + "_heir", "", "owns schema"},
		{"owns a table", schema + "_table", "", "owns tables"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := open(t, shared.URL(c.user, name), postgres.Options{Role: c.role})
			err := postgres.CheckLesser(t.Context(), pool, schema)
			if c.want != "" {
				wantError(t, err, c.want, "latchkey_"+schema)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenRefusesARoleNotGranted(t *testing.T) {
	t.Parallel()
	schema := schemaName()
	name := database(t, schema)
	_, err := postgres.Open(t.Context(), shared.URL(postgres.LesserRole(schema), name), postgres.Options{Role: postgres.OwnerRole(schema)})
	if err == nil {
		t.Error("the lesser role became the owner")
	}
}

func TestOpenRefusesUnsafeExecModes(t *testing.T) {
	t.Parallel()
	url := shared.URL("postgres", database(t)) + "&default_query_exec_mode="
	for _, mode := range []string{"simple_protocol", "exec", "describe_exec"} {
		_, err := postgres.Open(t.Context(), url+mode, postgres.Options{})
		wantError(t, err, "default_query_exec_mode", "cache_describe")
	}
	for _, mode := range []string{"cache_describe", "cache_statement"} {
		open(t, url+mode, postgres.Options{})
	}
}
