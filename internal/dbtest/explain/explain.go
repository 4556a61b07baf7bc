// Package explain looks at how PostgreSQL would run the generated queries: by
// which index, and by reading which tables from end to end. Only tests import
// it.
//
//	r := &explain.Recorder{}
//	s := explain.Query(r, authdb.New(r), method, arguments, bare)
//	p := explain.Explain(t, conn, s, explain.Generic, "")
//	if scans := p.SeqScans(big); len(scans) > 0 { … }
package explain

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The two ways in which a server plans a prepared statement: once for all
// arguments, or for those at hand.
const (
	Generic = "force_generic_plan"
	Custom  = "force_custom_plan"
)

// Statement is one SQL statement with its arguments.
type Statement struct {
	Name, SQL string
	Args      []any
}

// Recorder stands in for a database and keeps what it is asked.
type Recorder struct{ asked Statement }

var errRecorded = errors.New("recorded")

// Exec keeps a statement.
func (r *Recorder) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r.asked = Statement{SQL: sql, Args: args}
	return pgconn.CommandTag{}, errRecorded
}

// Query keeps a statement.
func (r *Recorder) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	r.asked = Statement{SQL: sql, Args: args}
	return nil, errRecorded
}

// QueryRow keeps a statement.
func (r *Recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	r.asked = Statement{SQL: sql, Args: args}
	return noRow{}
}

type noRow struct{}

func (noRow) Scan(...any) error { return errRecorded }

// Query calls one query of a generated package, whose queries are on r, with
// arguments by their name; those that are not there stay zero. A query with one
// parameter takes it without a name: bare gives it.
func Query(r *Recorder, queries any, method reflect.Method, arguments map[string]any, bare func(reflect.Method) any) Statement {
	in := []reflect.Value{reflect.ValueOf(queries), reflect.ValueOf(context.Background())}
	if method.Type.NumIn() > 2 {
		value := reflect.New(method.Type.In(2)).Elem()
		if value.Kind() == reflect.Struct {
			for i := range value.NumField() {
				setTo(value.Field(i), arguments[value.Type().Field(i).Name])
			}
		} else {
			setTo(value, bare(method))
		}
		in = append(in, value)
	}
	method.Func.Call(in)
	r.asked.Name = method.Name
	return r.asked
}

// setTo sets a field, or what it points to, where the types fit.
func setTo(field reflect.Value, to any) {
	value := reflect.ValueOf(to)
	switch {
	case to == nil:
	case value.Type().AssignableTo(field.Type()):
		field.Set(value)
	case field.Kind() == reflect.Pointer && value.Type().AssignableTo(field.Type().Elem()):
		field.Set(reflect.New(field.Type().Elem()))
		field.Elem().Set(value)
	}
}

// literal writes an argument for EXECUTE; the server gives it its type.
func literal(argument any) string {
	value := reflect.ValueOf(argument)
	if argument == nil || value.Kind() == reflect.Pointer && value.IsNil() {
		return "NULL"
	}
	switch v := argument.(type) {
	case []byte:
		return `'\x` + hex.EncodeToString(v) + "'"
	case time.Duration:
		return fmt.Sprintf("'%d microseconds'", v.Microseconds())
	case time.Time:
		return "'" + v.Format(time.RFC3339Nano) + "'"
	case netip.Addr:
		return "'192.0.2.1'"
	}
	switch value.Kind() {
	case reflect.Pointer:
		return literal(value.Elem().Interface())
	case reflect.Slice:
		var elements []string
		for i := range value.Len() {
			elements = append(elements, fmt.Sprint(value.Index(i)))
		}
		return "'{" + strings.Join(elements, ",") + "}'"
	}
	return "'" + strings.ReplaceAll(fmt.Sprint(argument), "'", "''") + "'"
}

// Plan is one node of EXPLAIN (FORMAT JSON).
type Plan struct {
	Node     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Hit      int64  `json:"Shared Hit Blocks"`
	Read     int64  `json:"Shared Read Blocks"`
	Plans    []Plan
}

// SeqScans names the tables out of big that a plan reads from end to end.
func (p Plan) SeqScans(big map[string]bool) (all []string) {
	if big[p.Relation] && strings.HasSuffix(p.Node, "Seq Scan") {
		all = append(all, p.Relation)
	}
	for _, child := range p.Plans {
		all = append(all, child.SeqScans(big)...)
	}
	return all
}

// Indexes names the indexes that a plan uses.
func (p Plan) Indexes() (all []string) {
	if p.Index != "" {
		all = append(all, p.Index)
	}
	for _, child := range p.Plans {
		all = append(all, child.Indexes()...)
	}
	return all
}

// Explain plans a statement as pgx prepares it. options follow FORMAT JSON; with
// ANALYZE it is run as well, and rolled back.
func Explain(t testing.TB, conn *pgx.Conn, s Statement, mode, options string) Plan {
	t.Helper()
	ctx := context.Background()
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	execute := "EXECUTE looked_at"
	if len(s.Args) > 0 {
		var list []string
		for _, argument := range s.Args {
			list = append(list, literal(argument))
		}
		execute += "(" + strings.Join(list, ", ") + ")"
	}
	for _, step := range []string{"DEALLOCATE ALL", "SET LOCAL plan_cache_mode = " + mode, "PREPARE looked_at AS " + s.SQL} {
		if _, err := tx.Exec(ctx, step, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
	}
	var text []byte
	if err := tx.QueryRow(ctx, "EXPLAIN (FORMAT JSON"+options+") "+execute, pgx.QueryExecModeSimpleProtocol).Scan(&text); err != nil {
		t.Fatalf("%s: %s: %v", s.Name, execute, err)
	}
	var plans []struct{ Plan Plan }
	if err := json.Unmarshal(text, &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

// Buffers is how many pages of 8 KiB a statement touches.
func Buffers(t testing.TB, conn *pgx.Conn, s Statement, mode string) int64 {
	t.Helper()
	p := Explain(t, conn, s, mode, ", ANALYZE, BUFFERS, TIMING off")
	return p.Hit + p.Read
}
