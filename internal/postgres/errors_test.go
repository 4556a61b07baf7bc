package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

func TestFault(t *testing.T) {
	t.Parallel()
	own := fault.ErrNotFound.Because(io.EOF)
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"none", nil, nil},
		{"a fault", own, own},
		{"a wrapped fault", fmt.Errorf("look up: %w", own), own},
		{"cancelled", context.Canceled, fault.ErrDependency},
		{"deadline", fmt.Errorf("query: %w", context.DeadlineExceeded), fault.ErrDependency},
		{"network", &net.OpError{Op: "read", Err: errors.New("reset")}, fault.ErrDependency},
		{"EOF", fmt.Errorf("receive: %w", io.ErrUnexpectedEOF), fault.ErrDependency},
		{"connection", sqlstate("08006"), fault.ErrDependency},
		{"too many connections", sqlstate("53300"), fault.ErrDependency},
		{"disk full", sqlstate("53100"), fault.ErrDependency},
		{"broken disk", sqlstate("58030"), fault.ErrDependency},
		{"shutdown", sqlstate("57P01"), fault.ErrDependency},
		{"crash", sqlstate("57P02"), fault.ErrDependency},
		{"starting", sqlstate("57P03"), fault.ErrDependency},
		{"lock timeout", sqlstate("55P03"), fault.ErrDependency},
		{"read only", sqlstate("25006"), fault.ErrDependency},
		{"serialization", sqlstate("40001"), fault.ErrDependency},
		{"deadlock", sqlstate("40P01"), fault.ErrDependency},
		{"statement timeout", sqlstate("57014"), fault.ErrDependency},
		{"no rows", pgx.ErrNoRows, fault.ErrInternal},
		{"syntax", sqlstate("42601"), fault.ErrInternal},
		{"a constraint nobody matched", sqlstate("23505"), fault.ErrInternal},
		{"a short code", sqlstate("57"), fault.ErrInternal},
		{"anything", errors.New("anything"), fault.ErrInternal},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := postgres.Fault(c.err)
			if !errors.Is(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			if c.err != nil && !errors.Is(got, c.err) && fault.As(c.err) == nil {
				t.Errorf("the cause is lost: %v", got)
			}
		})
	}
}

func sqlstate(code string) error {
	return fmt.Errorf("query: %w", &pgconn.PgError{Severity: "ERROR", Message: "…", Code: code})
}

// What the real server and the real network say.
func TestFaultOfServer(t *testing.T) {
	t.Parallel()
	pool := open(t, shared.URL("postgres", database(t))+"&statement_timeout=20", postgres.Options{})
	_, slow := pool.Exec(t.Context(), "SELECT pg_sleep(5)")
	_, cut := pool.Exec(t.Context(), "SELECT pg_terminate_backend(pg_backend_pid())")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	_, late := pool.Exec(ctx, "SELECT pg_sleep(5)")
	_, refused := postgres.Open(t.Context(), "postgres://u@127.0.0.1:1/db", postgres.Options{})
	_, absent := postgres.Open(t.Context(), shared.URL("postgres", "absent"), postgres.Options{})
	for name, err := range map[string]error{
		"statement timeout": slow, "terminated": cut, "late": late, "refused": refused, "no such database": absent,
	} {
		if !errors.Is(postgres.Fault(err), fault.ErrDependency) {
			t.Errorf("%s: %v", name, postgres.Fault(err))
		}
	}
}

func TestConstraints(t *testing.T) {
	t.Parallel()
	pool := open(t, shared.URL("postgres", database(t)), postgres.Options{})
	exec(t, pool, `CREATE TABLE t (id int CONSTRAINT t_pkey PRIMARY KEY, up int CONSTRAINT t_up_fkey REFERENCES t,
		n int CONSTRAINT t_n_check CHECK (n > 0)); INSERT INTO t VALUES (1, NULL, 1)`)
	for _, c := range []struct {
		values, constraint string
		is                 func(error, string) bool
	}{
		{"(1, NULL, 1)", "t_pkey", postgres.IsUnique},
		{"(2, 9, 1)", "t_up_fkey", postgres.IsForeignKey},
		{"(2, NULL, 0)", "t_n_check", postgres.IsCheck},
	} {
		_, err := pool.Exec(t.Context(), "INSERT INTO t VALUES "+c.values)
		if !c.is(err, c.constraint) || postgres.ConstraintName(err) != c.constraint || c.is(err, "other") || c.is(nil, c.constraint) {
			t.Errorf("%s: %v", c.constraint, err)
		}
	}
	err := pool.QueryRow(t.Context(), "SELECT id FROM t WHERE id = 9").Scan(new(int))
	if !postgres.IsNoRows(err) || postgres.IsNoRows(nil) || postgres.ConstraintName(err) != "" {
		t.Errorf("no rows: %v", err)
	}
}
