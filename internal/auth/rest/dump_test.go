package rest_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// dump is every row of every table of both schemas, the queue's too, as the
// superuser reads them.
type dump struct {
	text   string              // all of it
	values map[string]bool     // each value, and each that is in a JSON value
	rows   map[string][]string // by table
}

func dumpAll(t *testing.T, s *apitest.System) dump {
	t.Helper()
	ctx := context.Background()
	db, err := pgx.Connect(ctx, s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	tables := column[string](t, db, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('auth', 'users') AND c.relkind IN ('r', 'p') ORDER BY 1`)
	d := dump{values: map[string]bool{}, rows: map[string][]string{}}
	var text strings.Builder
	for _, table := range tables {
		d.rows[table] = column[string](t, db, "SELECT to_jsonb(r)::text FROM "+table+" r")
		for _, row := range d.rows[table] {
			text.WriteString(row + "\n")
			d.collect(row)
		}
	}
	d.text = text.String()
	return d
}

func column[T any](t *testing.T, db *pgx.Conn, sql string, args ...any) []T {
	t.Helper()
	rows, err := db.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// collect takes the values of a JSON text apart, down to what is JSON again.
func (d dump) collect(text string) {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return
	}
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		case string:
			if d.values[v] {
				return
			}
			d.values[v] = true
			for _, raw := range decoded(v) { // a stored body is bytes in bytes
				d.collect(string(raw))
			}
			d.collect(v)
		}
	}
	walk(value)
}

// decoded is what a value may be another spelling of.
func decoded(value string) [][]byte {
	all := [][]byte{[]byte(value)}
	if raw, err := hex.DecodeString(strings.TrimPrefix(value, `\x`)); err == nil && len(raw) > 0 {
		all = append(all, raw)
	}
	for _, encoding := range []*base64.Encoding{base64.RawURLEncoding, base64.URLEncoding, base64.StdEncoding, base64.RawStdEncoding} {
		if raw, err := encoding.DecodeString(value); err == nil && len(raw) > 0 {
			all = append(all, raw)
		}
	}
	if id, err := uuid.Parse(value); err == nil {
		all = append(all, id[:])
	}
	return all
}

// secrets are what an attacker with the dump may try as a MAC or a token: all
// that is in it, and its SHA-256. Each is of 32 bytes, as those are.
func (d dump) secrets() [][]byte {
	found := map[string]bool{}
	for value := range d.values {
		for _, raw := range decoded(value) {
			sum := sha256.Sum256(raw)
			found[string(sum[:])] = true
			for at := 0; at+sha256.Size <= len(raw) && at <= 4096; at += sha256.Size / 2 { // a nonce before, a tag behind
				found[string(raw[at:at+sha256.Size])] = true
			}
		}
	}
	return bytesOf(found)
}

// keys are what an attacker may take for the key: all that is in the dump, of
// a key's size or more.
func (d dump) keys() [][]byte {
	found := map[string]bool{"": true}
	for value := range d.values {
		for _, raw := range decoded(value) {
			if len(raw) >= 16 && len(raw) <= 64 {
				found[string(raw)] = true
			}
		}
	}
	return bytesOf(found)
}

func bytesOf(set map[string]bool) [][]byte {
	var all [][]byte
	for _, text := range slices.Sorted(maps.Keys(set)) {
		all = append(all, []byte(text))
	}
	return all
}
