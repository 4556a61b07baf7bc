package config_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

// Two keys that pass for random ones.
const (
	sessionKey = "fFCBG7n0k0q1wWJ7Qy8lJm3oT5zX2dA9vHhR4uE6sYc="
	wrapKey    = "o8Zt1yWcQm5Lr0XbVg7KdP3nHs9EaJ2fTuG6iYx4BvM="
)

// environ is enough to start both services, and what more is given.
func environ(more ...string) []string {
	return append([]string{
		"DATABASE_URL=postgres://u@localhost/db", "SESSION_KEY=" + sessionKey, "KEY_ENCRYPTION_KEY=" + wrapKey,
	}, more...)
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	u, err := config.LoadUsers(environ())
	if err != nil {
		t.Fatal(err)
	}
	a, err := config.LoadAuth(environ())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"ENV", u.Env, config.Production},
		{"PUBLIC_URL", u.PublicURL, "http://127.0.0.1:8080"},
		{"MIGRATE", u.Migrate, false},
		{"TRUSTED_PROXIES", len(u.TrustedProxies), 0},
		{"CORS_ORIGINS", len(u.CORSOrigins), 0},
		{"RATE_LIMITS", u.RateLimits, config.Switch(true)},
		{"DOCS", u.Docs, true},
		{"DRAIN_DELAY", u.DrainDelay, time.Second},
		{"RATE_LIMIT_…", len(u.RateLimitOverrides), 0},
		{"USERS_ADDR", u.Addr, "127.0.0.1:8081"},
		{"USERS_OPS_ADDR", u.OpsAddr, "127.0.0.1:9081"},
		{"ADMIN_USERNAME", u.AdminUsername, "admin"},
		{"ADMIN_EMAIL", u.AdminEmail, ""},
		{"ADMIN_PASSWORD", u.AdminPassword.Reveal(), ""},
		{"PASSWORD_HASH", u.PasswordHash, "bcrypt"},
		{"BCRYPT_COST", u.BcryptCost, 12},
		{"PASSWORD_MIN", u.PasswordMin, 12},
		{"the users' database", u.Database().Reveal(), "postgres://u@localhost/db"},
		{"AUTH_ADDR", a.Addr, "127.0.0.1:8080"},
		{"AUTH_OPS_ADDR", a.OpsAddr, "127.0.0.1:9080"},
		{"USERS_URL", a.UsersURL, "http://127.0.0.1:8081"},
		{"JWKS_URL", u.JWKSURL, "http://127.0.0.1:8080/.well-known/jwks.json"},
		{"KEY_ALG", a.KeyAlg, "RS256"},
		{"KEY_BITS", a.KeyBits, 2048},
		{"KEY_ROTATION", a.KeyRotation, 30 * 24 * time.Hour},
		{"ACCESS_TTL", a.AccessTTL, 10 * time.Minute},
		{"REFRESH_IDLE", a.RefreshIdle, 7 * 24 * time.Hour},
		{"REFRESH_MAX", a.RefreshMax, 30 * 24 * time.Hour},
		{"REFRESH_GRACE", a.RefreshGrace, 10 * time.Second},
		{"SMTP_URL", a.SMTPURL.Reveal(), ""},
		{"MAIL_FROM", a.MailFrom, "latchkey <no-reply@localhost>"},
		{"MAIL_TEMPLATES", a.MailTemplates, ""},
		{"MAIL_RECIPIENT_LIMIT", a.RecipientLimit, config.RateLimit{Requests: 10, Window: time.Hour}},
		{"DATA_DIR", a.DataDir, ".latchkey"},
		{"the mailbox", a.Mailbox(), ".latchkey/mail"},
		{"SESSION_KEY", base64.StdEncoding.EncodeToString(a.SessionKey), sessionKey},
		{"SESSION_KEY_PREVIOUS", len(a.SessionKeyOld), 0},
		{"KEY_ENCRYPTION_KEY", base64.StdEncoding.EncodeToString(a.KeyEncryptionKey), wrapKey},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s is %v, want %v", c.name, c.got, c.want)
		}
	}
}

func TestDatabases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ                                    []string
		users, usersMigration, auth, authMigration string
	}{
		"one":         {nil, "postgres://u@localhost/db", "postgres://u@localhost/db", "postgres://u@localhost/db", "postgres://u@localhost/db"},
		"own":         {[]string{"USERS_DATABASE_URL=postgres://u", "AUTH_DATABASE_URL=postgres://a"}, "postgres://u", "postgres://u", "postgres://a", "postgres://a"},
		"owner":       {[]string{"MIGRATE_DATABASE_URL=postgres://m"}, "postgres://u@localhost/db", "postgres://m", "postgres://u@localhost/db", "postgres://m"},
		"all":         {[]string{"MIGRATE_DATABASE_URL=postgres://m", "USERS_DATABASE_URL=postgres://u", "AUTH_DATABASE_URL=postgres://a", "USERS_MIGRATE_DATABASE_URL=postgres://um", "AUTH_MIGRATE_DATABASE_URL=postgres://am"}, "postgres://u", "postgres://um", "postgres://a", "postgres://am"},
		"own, shared": {[]string{"USERS_DATABASE_URL=postgres://u"}, "postgres://u", "postgres://u", "postgres://u@localhost/db", "postgres://u@localhost/db"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, errUsers := config.LoadUsers(environ(c.environ...))
			a, errAuth := config.LoadAuth(environ(c.environ...))
			m, errMigrate := config.LoadMigrate(environ(c.environ...), "all")
			if err := errors.Join(errUsers, errAuth, errMigrate); err != nil {
				t.Fatal(err)
			}
			got := []string{u.Database().Reveal(), u.Migration().Reveal(), a.Database().Reveal(), a.Migration().Reveal()}
			if want := []string{c.users, c.usersMigration, c.auth, c.authMigration}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			if m.Users.Reveal() != c.usersMigration || m.Auth.Reveal() != c.authMigration {
				t.Errorf("migrate takes %q and %q", m.Users.Reveal(), m.Auth.Reveal())
			}
		})
	}
}

func TestLoadMigrate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ []string
		service string
		want    int // lines of the error
	}{
		"none for all":   {nil, "all", 2},
		"none for users": {nil, "users", 1},
		"users alone":    {[]string{"USERS_DATABASE_URL=u"}, "users", 0},
		"users, for all": {[]string{"USERS_DATABASE_URL=u"}, "all", 1},
		"rest is wrong":  {[]string{"DATABASE_URL=d", "BCRYPT_COST=many", "SESSION_KEY=short", "ENV=moon"}, "all", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.LoadMigrate(c.environ, c.service)
			if got := lines(err); len(got) != c.want {
				t.Errorf("got %q, want %d lines", got, c.want)
			}
		})
	}
}

// lines gives the lines of a Problems.
func lines(err error) []string {
	var problems config.Problems
	errors.As(err, &problems)
	return problems
}

// TestSecretsAreNotShown plants canaries and prints in every way there is.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	canaries := []string{"canarydb", "canarymigrate", "canaryown", "canaryadmin", "canaryredis", "canarysmtp", sessionKey, wrapKey}
	env := environ("DATABASE_URL=postgres://u:canarydb@h/d", "MIGRATE_DATABASE_URL=postgres://u:canarymigrate@h/d",
		"USERS_DATABASE_URL=postgres://u:canaryown@h/d", "AUTH_DATABASE_URL=postgres://u:canaryown@h/d", "ADMIN_PASSWORD=canaryadmin", "REDIS_URL=redis://u:canaryredis@h:6379/0", "SMTP_URL=smtp://u:canarysmtp@h", "MAIL_FROM=a@example.com", "SESSION_KEY_PREVIOUS="+wrapKey,
		"KEY_ENCRYPTION_KEY_PREVIOUS="+sessionKey)
	for _, key := range []string{sessionKey, wrapKey} { // the bytes, as Go would print them
		raw, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			t.Fatal(err)
		}
		canaries = append(canaries, string(raw), fmt.Sprintf("%d %d %d", raw[0], raw[1], raw[2]), fmt.Sprintf("%x", raw), fmt.Sprintf("%#x, %#x", raw[0], raw[1]))
	}
	u, err := config.LoadUsers(env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := config.LoadAuth(env)
	if err != nil {
		t.Fatal(err)
	}
	m, err := config.LoadMigrate(env, "all")
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, value := range []any{u, &u, a, &a, m, &m, u.Common, u.DatabaseURL, a.SessionKey, map[string]any{"k": a.KeyEncryptionKey}, []any{u.AdminPassword}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			fmt.Fprintf(&shown, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		shown.Write(text)
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&shown, nil), slog.NewTextHandler(&shown, nil)} {
			slog.New(handler).Info("m", "value", value)
		}
	}
	for _, canary := range canaries {
		if at := strings.Index(shown.String(), canary); at >= 0 {
			t.Errorf("%q is shown: …%s", canary, shown.String()[max(0, at-60):at+len(canary)])
		}
	}
	if !strings.Contains(shown.String(), "[redacted]") {
		t.Error("nothing is redacted")
	}
}

func TestVariables(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range config.Variables() {
		if seen[v.Name] {
			t.Errorf("%s is listed twice", v.Name)
		}
		seen[v.Name] = true
		if v.Description == "" || strings.ContainsAny(v.Description+v.Default, "|\n") {
			t.Errorf("%s: the description %q makes no line of a table", v.Name, v.Description)
		}
		if v.Chapter == "" {
			t.Errorf("%s is in no chapter", v.Name)
		}
	}
}

// A command of the auth service needs its database, and is not held up by what
// is wrong with the rest.
func TestLoadAuthCommand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ []string
		url     config.Secret
		wrong   []string
	}{
		"own":    {[]string{"AUTH_DATABASE_URL=postgres://a@h/own", "DATABASE_URL=postgres://a@h/both", "KEY_BITS=1"}, "postgres://a@h/own", nil},
		"shared": {[]string{"DATABASE_URL=postgres://a@h/both"}, "postgres://a@h/both", nil},
		"none":   {[]string{"USERS_DATABASE_URL=postgres://a@h/users"}, "", []string{"DATABASE_URL"}},
		"bad":    {[]string{"AUTH_DATABASE_URL=postgres://a@h:port/own"}, "postgres://a@h:port/own", []string{"AUTH_DATABASE_URL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.LoadAuthCommand(c.environ)
			if got.Database() != c.url || !slices.Equal(names(err), c.wrong) {
				t.Errorf("got %q, %v", got.Database().Reveal(), err)
			}
		})
	}
}
