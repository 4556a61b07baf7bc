package users_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/users"
)

// aHash is well formed and nobody's.
const aHash = "$2b$12$abcdefghijklmnopqrstuu5Y4XbcTQ9Xvn0VZ2qk0m1n2o3p4q5r6"

func newService(t testing.TB, db dbtest.DB) *users.Service {
	t.Helper()
	hashing := password.NewPool(1, 0)
	t.Cleanup(hashing.Close)
	s, err := users.New(users.Options{
		Pool: db.Pool, Hasher: password.NewHasher(password.Policy{BcryptCost: 4}, hashing),
		Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rejects collects what an import rejects.
type rejects []string

func (r *rejects) add(line int64, reason string) error {
	*r = append(*r, fmt.Sprintf("%d %s", line, reason))
	return nil
}

func importText(t *testing.T, s *users.Service, text string, in users.Import) (users.ImportCounts, rejects) {
	t.Helper()
	var refused rejects
	in.From, in.Name, in.Size, in.Reject = strings.NewReader(text), t.Name(), int64(len(text)), refused.add
	counts, err := s.Import(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return counts, refused
}

func export(t *testing.T, s *users.Service, e users.Export) string {
	t.Helper()
	var out bytes.Buffer
	e.To = &out
	if _, err := s.Export(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func wantCounts(t *testing.T, got users.ImportCounts, imported, rejected int64) {
	t.Helper()
	if got.Imported != imported || got.Rejected != rejected {
		t.Errorf("imported %d and rejected %d, want %d and %d", got.Imported, got.Rejected, imported, rejected)
	}
}

func count(t testing.TB, db dbtest.DB, sql string) (n int64) {
	t.Helper()
	if err := db.Pool.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What one format or the other says becomes the same accounts, which an export
// gives back.
func TestImportAndExport(t *testing.T) {
	t.Parallel()
	want := `{"id":"0192f3a0-0000-7000-8000-000000000001","username":"ada","email":"ada@example.com","password_hash":"` + aHash +
		`","verified":true,"disabled":true,"roles":["admin","user"],"created_at":"2020-02-03T04:05:06Z"}` + "\n"
	for format, text := range map[string]string{
		"ndjson": want,
		"csv": "username,email,id,password_hash,verified,disabled,roles,created_at\r\n" +
			"Ada,ADA@Example.com,0192f3a0-0000-7000-8000-000000000001," + aHash + ",true,true,user admin,2020-02-03T04:05:06Z\r\n",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			db := dbtest.Users(t)
			s := newService(t, db)
			counts, refused := importText(t, s, text, users.Import{Format: format, AllowAdmins: true})
			wantCounts(t, counts, 1, 0)
			if got := export(t, s, users.Export{WithHashes: true}); got != want || len(refused) > 0 {
				t.Errorf("rejected %v; exported\n%swant\n%s", refused, got, want)
			}
			if got := export(t, s, users.Export{}); strings.Contains(got, "hash") || got == "" {
				t.Errorf("without hashes: %s", got)
			}
			if n := count(t, db, `SELECT count(*) FROM users.audit_events WHERE type = 'users.imported'
				AND actor_kind = 'system' AND actor = 'import' AND count = 1`); n != 1 {
				t.Errorf("%d events", n)
			}
			if _, err := db.Pool.Exec(t.Context(), "UPDATE users.users SET deleted_at = now()"); err != nil {
				t.Fatal(err)
			}
			if all, live := export(t, s, users.Export{IncludeDeleted: true}), export(t, s, users.Export{}); live != "" || !strings.Contains(all, `"deleted_at"`) {
				t.Errorf("live: %s, all: %s", live, all)
			}
		})
	}
}

// Each line that is rejected is told, with the reason, and nothing of a hash.
func TestImportRejects(t *testing.T) {
	t.Parallel()
	cases := []struct{ line, reason string }{
		{`{"username":"good","email":"good@example.com"}`, ""},
		{``, ""},
		{`not json`, "is not one JSON object"},
		{`["username"]`, "is not one JSON object"},
		{`{"username":"a1x","email":"a@b.cd"} {}`, "is not one JSON object"},
		{`{"username":"a1x","email":"a@b.cd"`, "is not one JSON object"},
		{`{"username":"a1x","email":"a@b.cd","deleted_at":null}`, `"deleted_at": is no member of an account`},
		{`{"Username":"a1x","email":"a@b.cd"}`, `"Username": is no member of an account`},
		{`{"username":"a1x","username":"a2x","email":"a@b.cd"}`, "username: is there twice"},
		{`{"username":7,"email":"a@b.cd"}`, "username: is not of its type"},
		{`{"username":"root","email":"a@b.cd"}`, "username: is reserved"},
		{`{"username":"x","email":"a@b.cd"}`, "username: must be 3 to 32 characters: a letter, then letters, digits, '_', '.' or '-'"},
		{`{"username":"a1x"}`, "email: is not an email address"},
		{`{"username":"a1x","email":"a@b.cd","password_hash":"hunter2"}`, "password_hash: must be bcrypt of cost 4 to 14 or argon2id with m ≤ 65536, t ≤ 4, p ≤ 4"},
		{`{"username":"a1x","email":"a@b.cd","roles":["pilot"]}`, `roles: there is no role "pilot"`},
		{`{"username":"a1x","email":"a@b.cd","roles":["user","user"]}`, "roles: user is there twice"},
		{`{"username":"a1x","email":"a@b.cd","roles":["admin"]}`, "roles: granting admin needs --allow-admins"},
		{`{"username":"a1x","email":"a@b.cd","created_at":"9999-01-01T00:00:00Z"}`, "created_at: is before 1970 or in the future"},
		{`{"username":"a1x","email":"a@b.cd","id":"00000000-0000-0000-0000-000000000000"}`, "id: is not a UUID of an account"},
		{`{"username":"GOOD","email":"other@example.com"}`, "username: an account or an earlier line has good"},
		{`{"username":"better","email":"Good@Example.com"}`, "email: an account or an earlier line has it"},
		{`{"username":"` + strings.Repeat("a", 70_000) + `"}`, "is longer than 64 KiB"},
		{`{"username":"last","email":"last@example.com"}`, ""},
	}
	var text strings.Builder
	var want []string
	for i, c := range cases {
		text.WriteString(c.line + "\n")
		if c.reason != "" {
			want = append(want, fmt.Sprintf("%d %s", i+1, c.reason))
		}
	}
	db := dbtest.Users(t)
	s := newService(t, db)
	for _, dry := range []bool{true, false} {
		counts, refused := importText(t, s, text.String(), users.Import{Format: users.FormatNDJSON, DryRun: dry})
		wantCounts(t, counts, 2, int64(len(want)))
		if got := strings.Join(refused, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("dry run %t: rejected\n%s\nwant\n%s", dry, got, strings.Join(want, "\n"))
		}
		made := count(t, db, "SELECT count(*) FROM users.users") + count(t, db, "SELECT count(*) FROM users.imports")
		if dry && made != 0 || !dry && made != 3 {
			t.Errorf("dry run %t left %d rows", dry, made)
		}
	}
	counts, _ := importText(t, s, text.String(), users.Import{Format: users.FormatNDJSON}) // all over again
	wantCounts(t, counts, 0, int64(len(want))+2)
}

func TestImportRejectsCSV(t *testing.T) {
	t.Parallel()
	s := newService(t, dbtest.Users(t))
	text := "\ufeffusername,email,verified\nada,ada@example.com,\nbob,\"unclosed,true\ncid,cid@example.com\ndee,dee@example.com,maybe\n\"eve\",eve@example.com,true\n"
	counts, refused := importText(t, s, text, users.Import{Format: users.FormatCSV})
	wantCounts(t, counts, 2, 3)
	if got, want := strings.Join(refused, "; "), "3 extraneous or missing \" in quoted-field; 4 wrong number of fields; 5 verified: is not of its type"; got != want {
		t.Errorf("rejected %s\nwant     %s", got, want)
	}
	for name, header := range map[string]string{"unknown": "username,mail\n", "twice": "email,email\n", "empty": ""} {
		if _, err := s.Import(t.Context(), users.Import{From: strings.NewReader(header), Format: users.FormatCSV}); err == nil {
			t.Errorf("%s: the header %q is taken", name, header)
		}
	}
}

// generated gives n lines; every thousandth is a bad one.
func generated(n int) string {
	var b strings.Builder
	for i := range n {
		if i%1000 == 999 {
			b.WriteString("bad\n")
			continue
		}
		fmt.Fprintf(&b, `{"username":"user%d","email":"user%d@example.com","password_hash":"%s"}`+"\n", i, i, aHash)
	}
	return b.String()
}

// An import that ends in the middle and is resumed has done every line once.
func TestImportResumes(t *testing.T) {
	t.Parallel()
	const total = 35_000
	db := dbtest.Users(t)
	s, text := newService(t, db), generated(total)
	var refused rejects
	ctx, cancel := context.WithCancel(t.Context())
	in := users.Import{Format: users.FormatNDJSON, Name: "x", Size: int64(len(text)), Resume: true, Reject: refused.add}
	in.From = strings.NewReader(text)
	in.Progress = func(c users.ImportCounts) {
		if c.LastLine == 20_000 {
			cancel()
		}
	}
	first, err := s.Import(ctx, in)
	if err == nil || first.LastLine != 20_000 {
		t.Fatalf("it was not interrupted: %+v, %v", first, err)
	}
	in.Progress, in.From = nil, strings.NewReader(text)
	counts, err := s.Import(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	wantCounts(t, counts, total-total/1000, total/1000)
	made, roles := count(t, db, "SELECT count(*) FROM users.users"), count(t, db, "SELECT count(*) FROM users.user_roles WHERE role = 'user'")
	told := count(t, db, "SELECT sum(count)::bigint FROM users.audit_events WHERE type = 'users.imported'")
	if made != counts.Imported || roles != made || told != made {
		t.Errorf("%d accounts, %d roles, %d in the audit; want %d", made, roles, told, counts.Imported)
	}
	if len(refused) != total/1000 {
		t.Errorf("%d lines reported, want %d", len(refused), total/1000)
	}
	in.From = strings.NewReader(text) // once more: nothing is left to do
	if again, err := s.Import(t.Context(), in); err != nil || again != counts {
		t.Errorf("then %+v, %v", again, err)
	}
}

// A report that can't be written fails the batch, not only its report.
func TestImportStopsWithItsReport(t *testing.T) {
	t.Parallel()
	db := dbtest.Users(t)
	_, err := newService(t, db).Import(t.Context(), users.Import{
		From: strings.NewReader(generated(1000)), Format: users.FormatNDJSON,
		Reject: func(int64, string) error { return io.ErrShortWrite },
	})
	if made := count(t, db, "SELECT count(*) FROM users.users"); !errors.Is(err, io.ErrShortWrite) || made != 0 {
		t.Errorf("%v, and %d accounts", err, made)
	}
}

func TestImportedPersonSignsIn(t *testing.T) {
	t.Parallel()
	sys := apitest.Start(t)
	hash, err := bcrypt.GenerateFromPassword([]byte(apitest.Password), 4)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"username":"Ada","email":"ada@example.com","password_hash":%q}`, hash)
	counts, refused := importText(t, newService(t, sys.UsersDB), text, users.Import{Format: users.FormatNDJSON})
	wantCounts(t, counts, 1, 0)
	grant := sys.Login(t, "ada", apitest.Password)
	sys.Auth.Get(t, "/auth/me", grant.AccessToken).Is(http.StatusOK)
	t.Log(refused)
}
