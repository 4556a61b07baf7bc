package users

import (
	"bufio"
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/password"
)

// checkLine holds what a line of an import became to what a row may be.
func checkLine(t *testing.T, text string, in importLine) {
	t.Helper()
	c := &lineCheck{roles: []string{RoleUser, RoleAdmin}, newID: uuid.New, latest: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	row, err := c.row(in)
	if err != nil {
		if in.PasswordHash != nil && len(*in.PasswordHash) > 8 && strings.Contains(err.Error(), *in.PasswordHash) {
			t.Fatalf("%q: the hash is in %q", text, err)
		}
		return
	}
	if name, err := newUsername(row.username); err != nil || name != row.username {
		t.Fatalf("%q: the username %q is not folded", text, row.username)
	}
	if address, err := foldEmail(row.email); err != nil || address != row.email {
		t.Fatalf("%q: the address %q is not folded", text, row.email)
	}
	if row.hash != nil && password.ParseHash(*row.hash) != nil || row.id == uuid.Nil || len(row.roles) > 1 || len(row.roles) == 1 && row.roles[0] != RoleUser {
		t.Fatalf("%q becomes %+v", text, row)
	}
}

// FuzzImportJSON: a line says one thing: written anew from what was read, it reads
// the same.
func FuzzImportJSON(f *testing.F) {
	for _, text := range []string{
		`{"username":"ada","email":"ada@example.com"}`, `{"username":"ada","Username":"eve"}`, `{"username":"ada","username":"eve"}`,
		`{"username":"ada","email":"a@b.example","roles":["user"],"verified":true,"disabled":false,"created_at":"2024-02-30T00:00:00Z"}`,
		`{"id":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e","created_at":"2024-02-29T12:00:00+01:00","password_hash":null}`,
		`{} {}`, `[]`, `{"roles":{}}`, `{"us\u0065rname":"ada"}`, `{"username":"\ud800"}`, "{", "",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := parseJSON(text)
		if err != nil {
			return
		}
		checkLine(t, string(text), in)
		members := map[string]any{}
		for _, name := range importMembers {
			value := reflect.ValueOf(in.member(name)).Elem()
			if kind := value.Kind(); (kind == reflect.Pointer || kind == reflect.Slice) && value.IsNil() {
				continue
			}
			members[name] = value.Interface()
		}
		written, err := json.Marshal(members)
		if err != nil {
			return // a year that RFC 3339 has not
		}
		again, err := parseJSON(written)
		if err != nil {
			t.Fatalf("%q was read, and %q is not: %v", text, written, err)
		}
		if in.CreatedAt != nil && again.CreatedAt != nil && in.CreatedAt.Equal(*again.CreatedAt) {
			again.CreatedAt = in.CreatedAt
		}
		if !reflect.DeepEqual(in, again) {
			t.Fatalf("%q is read as %+v, and %q as %+v", text, in, written, again)
		}
	})
}

// FuzzImportCSV: no file makes more rows than it has lines, and each is one that
// may be.
func FuzzImportCSV(f *testing.F) {
	for _, text := range []string{
		"username,email\nada,ada@example.com\n", "\xef\xbb\xbfusername,email\r\nada,ada@example.com", "username,username\n", "username\n\"a\nb\"\n",
		"username,email,roles,verified\nada,a@b.example,user admin,1\n\n,,,\n", "x\n", "", "username,email\n\"ada\"x,y\nada,a@b.example,more\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := newLines(bufio.NewReaderSize(bytes.NewReader(text), maxLine), FormatCSV)
		if err != nil {
			return
		}
		for range bytes.Count(text, []byte("\n")) + 1 {
			line, err := l.next()
			if err != nil {
				break
			}
			if bytes.ContainsAny(line, "\n") {
				t.Fatalf("%q is a line", line)
			}
			if in, err := l.parse(line); err == nil {
				checkLine(t, string(line), in)
			}
		}
		if _, err := l.next(); err == nil {
			t.Fatalf("%q has more lines than line ends", text)
		}
	})
}
