package config_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

// names gives the variables that an error speaks of, sorted.
func names(err error) []string {
	var all []string
	for _, line := range lines(err) {
		name, _, _ := strings.Cut(line, ":")
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// TestRefused gives each variable a wrong value, one at a time. What it was is
// not in the error.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		variable, value string
		users, auth     bool // which service reads it
	}{
		{"ENV", "staging-canary", true, true},
		{"PUBLIC_URL", "canary.example", true, true},
		{"PUBLIC_URL", "ftp://canary.example", true, true},
		{"PUBLIC_URL", "https://canary.example/?a=b", true, true},
		{"PUBLIC_URL", "https://canary.example/#a", true, true},
		{"PUBLIC_URL", "https://", true, true},
		{"PUBLIC_URL", "http://canary.example:port", true, true},
		{"MIGRATE", "perhaps-canary", true, true},
		{"DOCS", "perhaps-canary", true, true},
		{"RATE_LIMITS", "perhaps-canary", true, true},
		{"DATABASE_MAX_CONNS", "1", true, true},
		{"DATABASE_MAX_CONNS", "canary", true, true},
		{"DATABASE_MAX_CONNS", "99999999999", true, true},
		{"TRUSTED_PROXIES", "canary/8", true, true},
		{"TRUSTED_PROXIES", "10.0.0.0/8,canary", true, true},
		{"TRUSTED_PROXIES", "10.0.0.1.2", true, true},
		{"CORS_ORIGINS", "https://canary.example,*", true, true},
		{"DRAIN_DELAY", "canary", true, true},
		{"DRAIN_DELAY", "16s", true, true},
		{"DRAIN_DELAY", "-1s", true, true},
		{"LOG_LEVEL", "canary", true, true},
		{"LOG_FORMAT", "canary", true, true},
		{"TLS_CERT_FILE", "canary.pem", true, true},
		{"SESSION_KEY", "", true, true},
		{"SESSION_KEY", "canary", true, true},
		{"SESSION_KEY", "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5", true, true}, // 30 bytes
		{"SESSION_KEY_PREVIOUS", "canary", true, true},
		{"RATE_LIMIT_LOGIN", "canary", true, true},
		{"JWKS_URL", "canary", true, false},
		{"PASSWORD_HASH", "md5-canary", true, false},
		{"BCRYPT_COST", "9", true, false},
		{"BCRYPT_COST", "15", true, false},
		{"BCRYPT_COST", "canary", true, false},
		{"HASH_WORKERS", "-1", true, false},
		{"HASH_QUEUE", "0s", true, false},
		{"HASH_QUEUE", "4s", true, false},
		{"PASSWORD_MIN", "7", true, false},
		{"PASSWORD_MIN", "65", true, false},
		{"USERS_URL", "canary", false, true},
		{"USERS_PUBLIC_URL", "canary", false, true},
		{"KEY_ENCRYPTION_KEY", "", false, true},
		{"KEY_ENCRYPTION_KEY", "canary", false, true},
		{"KEY_ENCRYPTION_KEY_PREVIOUS", "canary", false, true},
		{"KEY_BITS", "1024", false, true},
		{"KEY_BITS", "canary", false, true},
		{"KEY_ALG", "HS256", false, true},
		{"KEY_ALG", "canary", false, true},
		{"KEY_ROTATION", "59m", false, true},
		{"KEY_ROTATION", "-1h", false, true},
		{"KEY_ROTATION", "canary", false, true},
		{"ACCESS_TTL", "0s", false, true},
		{"ACCESS_TTL", "25h", false, true},
		{"ACCESS_TTL", "10", false, true},
		{"REFRESH_MAX", "1h", false, true},
		{"REFRESH_GRACE", "-1s", false, true},
		{"REFRESH_GRACE", "168h", false, true},
		{"MAIL_FROM", "canary", false, true},
		{"MAIL_FROM", "a <canary@example.com>, b <canary@example.com>", false, true},
		{"MAIL_FROM", "canary@example.com\r\nBcc: canary@example.com", false, true},
		{"MAIL_RECIPIENT_LIMIT", "canary", false, true},
		{"MAIL_RECIPIENT_LIMIT", "0/1h", false, true},
	} {
		t.Run(c.variable+"="+c.value, func(t *testing.T) {
			t.Parallel()
			_, errUsers := config.LoadUsers(environ(c.variable + "=" + c.value))
			_, errAuth := config.LoadAuth(environ(c.variable + "=" + c.value))
			for service, got := range map[string]struct {
				err  error
				want bool
			}{"users": {errUsers, c.users}, "auth": {errAuth, c.auth}} {
				want := []string{c.variable}
				if !got.want {
					want = nil
				}
				if told := slices.Compact(names(got.err)); !slices.Equal(told, want) {
					t.Errorf("%s: the error is about %q, want %q", service, told, want)
				}
				if got.err != nil && strings.Contains(got.err.Error(), "canary") {
					t.Errorf("%s: the error tells the value: %v", service, got.err)
				}
			}
		})
	}
}

// TestAllAtOnce: who mends an environment needs one start to know it all.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	env := []string{
		"ENV=canary", "PUBLIC_URL=canary", "MIGRATE=canary", "TRUSTED_PROXIES=canary", "CORS_ORIGINS=canary", "RATE_LIMITS=canary", "LOG_LEVEL=canary",
		"SESSION_KEY=canary", "SESSION_KEY_PREVIOUS=canary", "RATE_LIMIT_LOGIN=canary", "TLS_KEY_FILE=canary", "REDIS_URL=canary", "KEY_BITS=canary",
		"KEY_ENCRYPTION_KEY=canary", "ACCESS_TTL=canary", "BCRYPT_COST=canary", "PASSWORD_HASH=canary", "ADMIN_PASSWORD=canary",
	}
	both := []string{"CORS_ORIGINS", "DATABASE_URL", "ENV", "LOG_LEVEL", "MIGRATE", "PUBLIC_URL", "RATE_LIMITS", "RATE_LIMIT_LOGIN", "REDIS_URL", "SESSION_KEY", "SESSION_KEY_PREVIOUS", "TLS_CERT_FILE", "TRUSTED_PROXIES"}
	_, errUsers := config.LoadUsers(env)
	_, errAuth := config.LoadAuth(env)
	for service, got := range map[string]struct {
		err  error
		want []string
	}{
		"users": {errUsers, append([]string{"BCRYPT_COST", "PASSWORD_HASH"}, both...)},
		"auth":  {errAuth, append([]string{"ACCESS_TTL", "KEY_BITS", "KEY_ENCRYPTION_KEY"}, both...)},
	} {
		slices.Sort(got.want)
		if told := slices.Compact(names(got.err)); !slices.Equal(told, got.want) {
			t.Errorf("%s: the error is about\n%q, want\n%q", service, told, got.want)
		}
		if strings.Contains(got.err.Error(), "canary") {
			t.Errorf("%s: the error tells a value: %v", service, got.err)
		}
		for _, line := range lines(got.err) {
			if strings.Contains(line, "*") || strings.Contains(line, "strconv") || strings.Contains(line, "env:") {
				t.Errorf("%s: %q is Go's text", service, line)
			}
		}
	}
}

func TestS24PlaceholderKeys(t *testing.T) {
	t.Parallel()
	for name, key := range map[string][]byte{
		"zeros":    make([]byte, 32),
		"ones":     bytes.Repeat([]byte{0xFF}, 32),
		"a letter": bytes.Repeat([]byte("a"), 32),
		"words":    bytes.Repeat([]byte("changeme"), 4),
		"digits":   bytes.Repeat([]byte("1234"), 8),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := base64.StdEncoding.EncodeToString(key)
			for _, variable := range []string{"SESSION_KEY", "KEY_ENCRYPTION_KEY"} {
				_, err := config.LoadAuth(environ(variable + "=" + text))
				if got := lines(err); len(got) != 1 || got[0] != variable+": is a placeholder, not a random key" {
					t.Errorf("%s in production: %q", variable, got)
				}
				if _, err := config.LoadAuth(environ("ENV=development", variable+"="+text)); err != nil {
					t.Errorf("%s in development: %v", variable, err)
				}
			}
			if _, err := config.LoadUsers(environ("SESSION_KEY=" + text)); err == nil {
				t.Error("users takes it")
			}
		})
	}
}

func TestS24SecretsHaveNoDefault(t *testing.T) {
	t.Parallel()
	for _, env := range []string{config.Development, config.Production} {
		_, err := config.LoadAuth([]string{"ENV=" + env})
		if got, want := names(err), []string{"DATABASE_URL", "KEY_ENCRYPTION_KEY", "SESSION_KEY"}; !slices.Equal(got, want) {
			t.Errorf("%s: the error is about %q, want %q", env, got, want)
		}
	}
	u, err := config.LoadUsers(environ("ENV=development"))
	if err != nil || u.AdminEmail != "admin@localhost" || u.AdminPassword != "" {
		t.Errorf("in development: %v, %v", u.AdminEmail, err)
	}
}

func TestAccepted(t *testing.T) {
	t.Parallel()
	a, err := config.LoadAuth(environ("RATE_LIMITS=OFF", "TRUSTED_PROXIES=10.0.0.0/8,fd00::/8", "PUBLIC_URL=https://id.example/base",
		"SESSION_KEY_PREVIOUS="+wrapKey, "TLS_CERT_FILE=a", "TLS_KEY_FILE=b", "MIGRATE=true", "DOCS=0"))
	if err != nil {
		t.Fatal(err)
	}
	if bool(a.RateLimits) || len(a.TrustedProxies) != 2 || len(a.SessionKeyOld) != config.KeySize || !a.Migrate || a.Docs {
		t.Errorf("read as %+v", a)
	}
}

func TestRateLimitOverrides(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.RateLimit{
		"10/1m": {Requests: 10, Window: time.Minute}, "1/1s": {Requests: 1, Window: time.Second}, "100000/24h": {Requests: 100_000, Window: 24 * time.Hour},
	} {
		u, err := config.LoadUsers(environ("RATE_LIMIT_CREATE_USER=" + text))
		if want := map[string]config.RateLimit{"CREATE_USER": want}; err != nil || !maps.Equal(u.RateLimitOverrides, want) {
			t.Errorf("%q is %v, %v; want %v", text, u.RateLimitOverrides, err, want)
		}
	}
	for _, text := range []string{"", "10", "10/", "/1m", "0/1m", "-1/1m", "10/0s", "10/-1m", "10/999ms", "10/1", "1.5/1m", "10 / 1m", "10/1m/1m", "many/1m", "10/24h1s", "2147483648/1m"} {
		_, err := config.LoadUsers(environ("RATE_LIMIT_CREATE_USER=" + text))
		if got := lines(err); len(got) != 1 || got[0] != "RATE_LIMIT_CREATE_USER: must be requests/window, such as 10/1m, of at most 24h" {
			t.Errorf("%q: %q", text, got)
		}
	}
	var problems config.Problems
	_, err := config.LoadUsers(environ("RATE_LIMIT_A=x", "RATE_LIMIT_B=y"))
	if !errors.As(err, &problems) || len(problems) != 2 {
		t.Errorf("two wrong limits: %v", err)
	}
}
