package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/doctor"
)

// watched is a deployment whose ops listeners are known.
type watched struct {
	*apitest.Deployment
	usersOps, authOps string
	relay             *apitest.MailServer
}

// deployWatched starts both services; far puts 10 ms of round trip between users and
// its database.
func deployWatched(t *testing.T, far bool, env ...string) *watched {
	t.Helper()
	w := &watched{usersOps: apitest.FreeAddr(t), authOps: apitest.FreeAddr(t), relay: apitest.StartMail(t, apitest.MailOptions{})}
	w.Deployment = apitest.Deploy(t, append([]string{"SMTP_URL=" + w.relay.URL(), "MAIL_FROM=latchkey <no-reply@example.com>"}, env...)...)
	if far {
		proxy, url := faults.DatabaseProxy(t, w.UsersDB.URL)
		proxy.Delay(10 * time.Millisecond)
		w.Env = append(w.Env, "USERS_DATABASE_URL="+url)
	}
	w.Env = append(w.Env, "USERS_ADDR="+w.UsersAddr, "AUTH_ADDR="+w.AuthAddr, "USERS_OPS_ADDR="+w.usersOps, "AUTH_OPS_ADDR="+w.authOps)
	apitest.Run(t, apitest.Command{Program: "users", Env: w.Env}).AwaitReady(t, w.UsersAddr, refusalLimit)
	apitest.Run(t, apitest.Command{Program: "auth", Env: w.Env}).AwaitReady(t, w.AuthAddr, refusalLimit)
	w.awaitKeys(t)
	return w
}

// awaitKeys waits until auth has the next key and users the set: both come a
// moment after the start.
func (w *watched) awaitKeys(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(refusalLimit); ; time.Sleep(50 * time.Millisecond) {
		auth, users := apitest.Scrape(t, "http://"+w.authOps), apitest.Scrape(t, "http://"+w.usersOps)
		if auth.Sum("latchkey_signing_keys", "state=pending") == 1 && users.Sum("latchkey_jwks_ready") == 1 && users.Sum("latchkey_jwks_stale") == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the keys never come")
		}
	}
}

// asked is what `latchkey doctor --json` said.
type asked struct {
	Spent    []doctor.Spent
	Findings []doctor.Finding
	Well     []string
	code     int
}

func (w *watched) ask(t *testing.T, args ...string) asked {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"doctor", "--json", "--exit-code"}, args...), Env: w.Env})
	a := asked{code: p.Wait(t, time.Minute)}
	if err := json.Unmarshal([]byte(p.Stdout.String()), &a); err != nil {
		t.Fatalf("the doctor says %s%s", p.Stdout, p.Stderr)
	}
	return a
}

// named are the resources of one severity, each once, sorted.
func (a asked) named(severity doctor.Severity) []string {
	names := []string{}
	for _, f := range a.Findings {
		if f.Severity == severity && !slices.Contains(names, f.Resource) {
			names = append(names, f.Resource)
		}
	}
	slices.Sort(names)
	return names
}

// load calls do from so many clients until the test ends.
func load(t *testing.T, clients int, do func()) {
	t.Helper()
	t.Cleanup(goOn(slices.Repeat([]func(){do}, clients)...))
}

// bottleneck makes one resource too small, and load on it.
type bottleneck struct {
	light bool // on the machine, so that others of its kind may run beside it
	env   []string
	far   bool
	load  func(t *testing.T, w *watched, admin string)
}

func (w *watched) lookUps(t *testing.T, clients int, admin string) {
	load(t, clients, func() {
		_, _ = w.Users.Try(apitest.Request{Method: http.MethodGet, Path: "/users/" + apitest.AdminUsername, Token: admin})
		time.Sleep(2 * time.Millisecond)
	})
}

func (w *watched) registrations(t *testing.T, every time.Duration) {
	load(t, 1, func() {
		name := apitest.Name()
		_, _ = w.Auth.Try(apitest.Request{Method: http.MethodPost, Path: "/auth/register", Body: apitest.Body{
			"username": name, "email": name + "@example.com", "password": apitest.Password,
		}})
		time.Sleep(every)
	})
}

func (w *watched) signIns(t *testing.T, clients int, pause time.Duration) {
	load(t, clients, func() {
		_, _ = w.Auth.Try(apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: apitest.Body{
			"login": apitest.AdminUsername, "password": apitest.AdminPassword,
		}})
		time.Sleep(pause)
	})
}

var bottlenecks = map[string]bottleneck{
	"": {load: func(t *testing.T, w *watched, admin string) {
		w.lookUps(t, 3, admin)
		w.signIns(t, 1, 300*time.Millisecond)
		w.registrations(t, time.Second)
	}},
	"hashing": {
		env: []string{"HASH_WORKERS=1", "BCRYPT_COST=12"},
		load: func(t *testing.T, w *watched, admin string) {
			w.signIns(t, 5, 0)
			w.lookUps(t, 1, admin)
		},
	},
	"pool": { // few connections to a database that is far away
		env: []string{"DATABASE_MAX_CONNS=2"}, far: true, light: true,
		load: func(t *testing.T, w *watched, admin string) {
			w.lookUps(t, 16, admin)
		},
	},
	"database": { // somebody else holds the table most of the time
		light: true,
		load: func(t *testing.T, w *watched, admin string) {
			holdTable(t, w.UsersDB.SuperURL)
			w.lookUps(t, 6, admin)
		},
	},
	"smtp": {light: true, load: func(t *testing.T, w *watched, admin string) {
		w.relay.Refuse(apitest.MailData, "451 4.3.0 not now")
		w.registrations(t, 300*time.Millisecond)
		w.lookUps(t, 1, admin)
	}},
}

// holdTable locks the accounts for 300 ms, again and again.
func holdTable(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE users.users; SELECT pg_sleep(0.3); COMMIT", pgx.QueryExecModeSimpleProtocol); err != nil {
				return
			}
			select {
			case <-stop:
				return
			case <-time.After(30 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-done
	})
}

// TestBottlenecks makes each resource the bottleneck in turn: doctor and the
// board's rule name it, and no other, and none where all is well.
func TestBottlenecks(t *testing.T) {
	for name, b := range bottlenecks {
		t.Run("of "+name, func(t *testing.T) {
			if b.light {
				t.Parallel()
			}
			w := deployWatched(t, b.far, b.env...)
			b.load(t, w, w.admin(t))
			rules := startPrometheus(t, w)
			answer := w.ask(t, "--window", "5s")
			want := []string{}
			if name != "" {
				want = []string{name}
			}
			if got := answer.named(doctor.Bottleneck); !slices.Equal(got, want) {
				t.Errorf("doctor names %v, want %v:\n%s", got, want, text(answer))
			}
			if got := rules.bottlenecks(t, want); !slices.Equal(got, want) {
				t.Errorf("the board names %v, want %v", got, want)
			}
			if wantCode := map[bool]int{true: 0, false: 3}[name == ""]; answer.code != wantCode {
				t.Errorf("exit code %d, want %d:\n%s", answer.code, wantCode, text(answer))
			}
			for _, f := range answer.Findings {
				t.Logf("%s %s: %s", f.Severity, f.Resource, f.What)
			}
		})
	}
}

func (w *watched) admin(t *testing.T) string {
	t.Helper()
	return w.Login(t, apitest.AdminUsername, apitest.AdminPassword).AccessToken
}

func text(value any) string {
	b, _ := json.MarshalIndent(value, "", "  ")
	return string(b)
}

// TestDoctorFindsWhatIsWrong: each with its fix.
func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := deployWatched(t, false, "RATE_LIMITS=on", "REDIS_URL=redis://127.0.0.1:1/0")
	w.relay.Stop()
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: w.AuthAddr})
		r.SetXForwarded()
	}})
	t.Cleanup(proxy.Close)
	conn, err := pgx.Connect(t.Context(), w.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "DELETE FROM users.schema_migrations WHERE version = (SELECT max(version) FROM users.schema_migrations)"); err != nil {
		t.Fatal(err)
	}
	w.Env = append(w.Env, "PUBLIC_URL="+proxy.URL, "KEY_BITS=1024") // what only the doctor is told

	answer := w.ask(t, "--window", "1s", "--ops", w.authOps, "--ops", w.usersOps, "--ops", apitest.FreeAddr(t))
	want := []string{"address", "configuration", "instance", "migrations", "redis", "smtp"}
	if got := answer.named(doctor.Problem); !slices.Equal(got, want) {
		t.Errorf("it finds %v, want %v:\n%s", got, want, text(answer))
	}
	if answer.code != 3 {
		t.Errorf("exit code %d", answer.code)
	}
	for _, f := range answer.Findings {
		if f.Fix == "" || strings.ContainsRune(f.Fix+f.What, '\n') {
			t.Errorf("%s: %q has the fix %q: each is to be one line", f.Resource, f.What, f.Fix)
		}
	}
	for _, secret := range []string{w.UsersDB.URL, w.relay.URL(), apitest.AdminPassword} {
		if strings.Contains(text(answer), secret) {
			t.Errorf("it shows a secret: %s", text(answer))
		}
	}
}
