package main_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

const refusalLimit = 20 * time.Second

// refused runs a service that must not start, and gives what it says.
func refused(t *testing.T, program string, env ...string) *apitest.Process {
	t.Helper()
	prefix := strings.ToUpper(program)
	p := apitest.Run(t, apitest.Command{Program: program, Env: append(slices.Clone(env), prefix+"_ADDR=127.0.0.1:0", prefix+"_OPS_ADDR=127.0.0.1:0")})
	if code := p.Wait(t, refusalLimit); code <= 0 {
		t.Errorf("%s: exit code %d", program, code)
	}
	if out := p.Stdout.String(); out != "" {
		t.Errorf("%s wrote to stdout: %s", program, out)
	}
	return p
}

func TestEmptyEnvironment(t *testing.T) {
	t.Parallel()
	for program, names := range map[string][]string{
		"users": {"DATABASE_URL", "SESSION_KEY"},
		"auth":  {"DATABASE_URL", "SESSION_KEY", "KEY_ENCRYPTION_KEY"},
	} {
		lines := refused(t, program).Stderr.Lines()
		t.Logf("%s: %s", program, strings.Join(lines, "\n"))
		if len(lines) != 1+len(names) {
			t.Errorf("%s: %d lines for %d variables", program, len(lines), len(names))
		}
		for _, name := range names {
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, name+": is required") }) {
				t.Errorf("%s does not name %s", program, name)
			}
		}
	}
}

// All that is wrong is said at once, and no value of it.
func TestBadValues(t *testing.T) {
	t.Parallel()
	const mark = "hunter2" // in every value that could be a secret
	common := []string{
		"ENV=staging-" + mark, "PUBLIC_URL=ftp://" + mark, "SESSION_KEY=" + mark, "SESSION_KEY_PREVIOUS=" + mark,
		"DATABASE_MAX_CONNS=" + mark, "TRUSTED_PROXIES=" + mark, "RATE_LIMITS=" + mark, "DRAIN_DELAY=" + mark,
		"LOG_LEVEL=" + mark, "LOG_FORMAT=" + mark, "TLS_CERT_FILE=" + mark, "RATE_LIMIT_CREATE_USER=" + mark,
		"MIGRATE=" + mark, "DOCS=" + mark, "DATABASE_URL=postgres://u:" + mark + "@[::bad/x", "ADMIN_PASSWORD=" + mark,
	}
	own := map[string][]string{
		"users": {"JWKS_URL=" + mark, "PASSWORD_HASH=" + mark, "BCRYPT_COST=99", "HASH_WORKERS=-1", "HASH_QUEUE=1h", "PASSWORD_MIN=1"},
		"auth":  {"USERS_URL=" + mark, "KEY_ENCRYPTION_KEY=" + mark, "KEY_ENCRYPTION_KEY_PREVIOUS=" + mark, "KEY_BITS=512", "ACCESS_TTL=-1m", "REFRESH_GRACE=-1s"},
	}
	// A password has no form to be wrong; the driver reads the URL, after all else.
	silent := []string{"ADMIN_PASSWORD"}
	for program, more := range own {
		env := slices.Concat(common, more)
		p := refused(t, program, env...)
		text := p.Stderr.String()
		if strings.Contains(text, mark) {
			t.Errorf("%s shows a value:\n%s", program, text)
		}
		for _, entry := range env {
			name, _, _ := strings.Cut(entry, "=")
			if !slices.Contains(silent, name) && !strings.Contains(text, "\n  "+name+": ") {
				t.Errorf("%s does not name %s", program, name)
			}
		}
	}
}

func TestUnreadableDatabaseURL(t *testing.T) {
	t.Parallel()
	env := []string{"SESSION_KEY=" + apitest.RandomKey(), "KEY_ENCRYPTION_KEY=" + apitest.RandomKey(), "DATABASE_URL=postgres://u:hunter2@[::bad/x"}
	for _, program := range []string{"users", "auth"} {
		text := refused(t, program, env...).Stderr.String()
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "postgres://user:password@host:5432/database") {
			t.Errorf("%s says %s", program, text)
		}
	}
}

func TestUnmigratedDatabase(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t, true)
	for _, program := range []string{"users", "auth"} {
		p := refused(t, program, "SESSION_KEY="+apitest.RandomKey(), "KEY_ENCRYPTION_KEY="+apitest.RandomKey(),
			"DATABASE_URL="+url("latchkey_"+program))
		line := oneLine(t, p, refusalLimit)
		wantWords(t, line, program, "`latchkey migrate`")
		t.Log(line)
	}
}

func TestS24NoAdmin(t *testing.T) {
	t.Parallel()
	d := apitest.Deploy(t, "ADMIN_PASSWORD=")
	line := oneLine(t, refused(t, "users", d.Env...), refusalLimit)
	wantWords(t, line, "ADMIN_PASSWORD", "there is no admin")
	t.Log(line)

	d = apitest.Deploy(t, "ADMIN_PASSWORD=hunter2")
	line = oneLine(t, refused(t, "users", d.Env...), refusalLimit)
	wantWords(t, line, "ADMIN_PASSWORD")
	if strings.Contains(line, "hunter2") {
		t.Errorf("it shows the password: %s", line)
	}
	t.Log(line)

	d = apitest.Deploy(t)
	p := d.RunUsers(t, d.UsersAddr)
	p.AwaitReady(t, d.UsersAddr, refusalLimit)
	p.Kill()
	d.Env = append(d.Env, "ADMIN_PASSWORD=") // there is one now: it is not needed any more
	d.RunUsers(t, d.UsersAddr).AwaitReady(t, d.UsersAddr, refusalLimit)
}
