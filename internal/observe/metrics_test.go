package observe_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/observe"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// canary is in everything that a client may choose; no metric may show it.
const canary = "canary7391"

// TestMetrics goes once through what services do, and reads what the metrics
// say of it.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) {
		a.RateLimits, u.RateLimits = true, true
		a.RateLimitOverrides = map[string]config.RateLimit{"GET_JWKS": {Requests: 4, Window: time.Minute}}
	})
	live(t, s)
	auth, users := settled(t, s.AuthOps), apitest.Scrape(t, s.UsersOps)

	for _, want := range []struct {
		in     apitest.Metrics
		name   string
		labels []string
		value  float64
	}{
		{auth, "latchkey_logins_total", []string{"outcome=success"}, 1},
		{auth, "latchkey_logins_total", []string{"outcome=invalid_credentials"}, 1},
		{auth, "latchkey_registrations_total", []string{"outcome=success"}, 1},
		{auth, "latchkey_registrations_total", []string{"outcome=username_taken"}, 1},
		{auth, "latchkey_refreshes_total", []string{"outcome=success"}, 2},
		{auth, "latchkey_refreshes_total", []string{"outcome=repeated"}, 1},
		{auth, "latchkey_refreshes_total", []string{"outcome=reused"}, 1},
		{auth, "latchkey_refreshes_total", []string{"outcome=invalid_token"}, 2},
		{auth, "latchkey_http_request_duration_seconds", []string{"operation=login", "status=401"}, 1},
		{auth, "latchkey_http_request_duration_seconds", []string{"operation=none", "status=404"}, 1},
		{auth, "latchkey_http_problems_total", []string{"operation=login", "code=invalid_credentials"}, 1},
		{auth, "latchkey_users_call_duration_seconds", []string{"operation=verifyCredentials", "outcome=answered"}, 2},
		{auth, "latchkey_users_breaker_state", []string{"state=closed"}, 1},
		{auth, "latchkey_users_breaker_state", []string{"state=open"}, 0},
		{auth, "latchkey_db_query_duration_seconds", []string{"query=InsertSession"}, 1},
		{auth, "latchkey_signing_keys", []string{"state=active"}, 1},
		{auth, "latchkey_key_ring_signing", nil, 1},
		{auth, "latchkey_job_duration_seconds", []string{"kind=mail", "outcome=done"}, 1},
		{users, "latchkey_password_checks_total", []string{"outcome=success"}, 1},
		{users, "latchkey_password_checks_total", []string{"outcome=invalid_credentials"}, 1},
		{users, "latchkey_password_hash_duration_seconds", []string{"algorithm=bcrypt", "purpose=verify"}, 2},
		{users, "latchkey_password_queue_left_total", nil, 0},
		{users, "latchkey_db_query_duration_seconds", []string{"query=GetCredentialByUsername"}, 2},
		{users, "latchkey_db_pool_max_connections", []string{"pool=main"}, 8},
		{users, "latchkey_jwks_ready", nil, 1},
		{users, "latchkey_jwks_stale", nil, 0},
		{users, "latchkey_build_info", []string{"service=users"}, 1},
	} {
		if got := want.in.Sum(want.name, want.labels...); got != want.value {
			t.Errorf("%s%v is %v, want %v", want.name, want.labels, got, want.value)
		}
	}
	if limited := auth.Sum("latchkey_rate_limit_decisions_total", "operation=getJwks", "decision=limited"); limited < 1 {
		t.Error("no decision was to limit")
	}
	if peak := auth.Sum("latchkey_rate_limit_peak_ratio", "operation=getJwks"); peak < 1 {
		t.Errorf("the peak of a limit that is spent is %v", peak)
	}
	checkExposition(t, s)
	checkPage(t, auth, rare(t, users))
}

// live does what has metrics, each thing so often as TestMetrics counts.
func live(t *testing.T, s *apitest.System) {
	t.Helper()
	name := canary + "a"
	person := apitest.Body{"username": name, "email": name + "@" + canary + ".example", "password": apitest.Password}
	s.Auth.Post(t, "/auth/register", "", person).Is(http.StatusCreated)
	s.Auth.Post(t, "/auth/register", "", person).Problem(http.StatusConflict, "username_taken")
	s.Auth.Post(t, "/auth/login", "", apitest.Body{"login": name, "password": canary + " and more"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	first := s.Login(t, name, apitest.Password)
	second := s.Refresh(t, first.RefreshToken)
	s.Refresh(t, first.RefreshToken) // repeated
	third := s.Refresh(t, second.RefreshToken)
	refused := func(token string) {
		s.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": token}).Problem(http.StatusUnauthorized, "invalid_token")
	}
	refused(canary)
	refused(first.RefreshToken) // reused
	refused(third.RefreshToken) // its session has ended
	s.Auth.Do(t, apitest.Request{Method: http.MethodGet, Path: "/" + canary}).Is(http.StatusNotFound)
	s.Users.Get(t, "/users/"+name, first.AccessToken).Is(http.StatusOK)
	for range 4 { // one is the users service's
		s.Auth.Get(t, "/.well-known/jwks.json", "")
	}
	s.Mails.Await(t, name+"@"+canary+".example", mail.VerifyEmail, 1)
}

// settled scrapes once the mail's job has ended, which its arrival does not wait
// for, and the queues have been counted.
func settled(t *testing.T, ops string) apitest.Metrics {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		m := apitest.Scrape(t, ops)
		if m.Sum("latchkey_job_duration_seconds", "kind=mail") > 0 && m["latchkey_jobs"] != nil {
			return m
		}
		if time.Now().After(deadline) {
			t.Fatal("the mail's job never ends, or the queues are never counted")
		}
	}
}

// checkExposition: both formats say the same, as a scraper has it, and nothing
// of what a client chose.
func checkExposition(t *testing.T, s *apitest.System) {
	t.Helper()
	for _, ops := range []string{s.AuthOps, s.UsersOps} {
		open := apitest.ScrapeText(t, ops, "application/openmetrics-text; version=1.0.0")
		text := apitest.ScrapeText(t, ops, "")
		if !strings.HasSuffix(open, "# EOF\n") || strings.HasSuffix(text, "# EOF\n") {
			t.Errorf("%s does not answer OpenMetrics where it is asked for, and text where not", ops)
		}
		for _, secret := range []string{canary, "127.0.0.1", apitest.Password} {
			if strings.Contains(open+text, secret) {
				t.Errorf("%s shows %q", ops, secret)
			}
		}
		problems, err := promlint.New(strings.NewReader(text)).Lint()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// rare adds what this system has no occasion for: a statement that fails, and
// the state of a Redis.
func rare(t *testing.T, all apitest.Metrics) apitest.Metrics {
	t.Helper()
	m := observe.NewMetrics("users")
	m.Limits().WatchRedis(func() bool { return true })
	tracer := m.Database().Tracer("main")
	ctx := tracer.TraceQueryStart(t.Context(), nil, pgx.TraceQueryStartData{SQL: "-- name: GetUser :one\nSELECT"})
	tracer.TraceQueryEnd(ctx, nil, pgx.TraceQueryEndData{Err: &pgconn.PgError{Code: "57014"}})
	families, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if all[f.GetName()] == nil {
			all[f.GetName()] = f
		}
		if f.GetName() == "latchkey_db_query_errors_total" && !strings.Contains(f.String(), `"57"`) {
			t.Errorf("the error's class is not in %s", f)
		}
	}
	return all
}

// checkPage holds docs/metrics.md to what is there.
func checkPage(t *testing.T, auth, users apitest.Metrics) {
	t.Helper()
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- metrics -->\n", "<!-- /metrics -->"
	_, rest, found := strings.Cut(string(page), begin)
	table, _, ended := strings.Cut(rest, end)
	if want := tableOf(auth, users); !found || !ended || table != want {
		t.Errorf("between the markers, docs/metrics.md is to have:\n%s", want)
	}
}

func tableOf(auth, users apitest.Metrics) string {
	all := maps.Clone(auth)
	maps.Copy(all, users)
	var b strings.Builder
	b.WriteString("| metric | type | labels | of | meaning |\n|---|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(name, "latchkey_") {
			continue
		}
		of := "both"
		if name == "latchkey_redis_up" || name == "latchkey_db_query_errors_total" {
			auth[name] = all[name]
		}
		switch {
		case auth[name] == nil:
			of = "users"
		case users[name] == nil:
			of = "auth"
		}
		f := all[name]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", name, strings.ToLower(f.GetType().String()), labelsOf(f), of, f.GetHelp())
	}
	return b.String()
}

func labelsOf(f *dto.MetricFamily) string {
	var names []string
	for _, pair := range f.Metric[0].Label {
		names = append(names, "`"+pair.GetName()+"`")
	}
	return strings.Join(names, ", ")
}
