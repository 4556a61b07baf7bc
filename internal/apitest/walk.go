package apitest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// insiders are tokens that the chassis lets in. What they speak of is not there,
// which the domains alone find out.
type insiders struct {
	service string // the auth service's, with all scopes
	admin   string // a person's, with the role admin
}

func (s *System) insiders(t testing.TB) insiders {
	t.Helper()
	return insiders{
		service: s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "users:read users:write credentials:verify credentials:write"}),
		admin:   s.Mint(t, token.Claims{Subject: uuid.NewString(), SessionID: uuid.NewString(), Roles: []string{"admin"}}),
	}
}

// sample is a request that the chassis lets through to the domain.
func (i insiders) sample(o Operation) Request {
	access, _ := o.Spec.Extensions["x-access"].(map[string]any)
	switch {
	case access["scopes"] != nil:
		return o.Sample(i.service)
	case access != nil:
		return o.Sample(i.admin)
	}
	return o.Sample("")
}

// refusal is what the chassis refuses of any operation that declares it.
type refusal struct {
	what   string // the status
	code   string // and the code, where it is no operation of OAuth
	change func(*Request)
}

func refusals(o Operation, stranger string) []refusal {
	unsafe := o.Method != http.MethodGet
	all := []refusal{
		{"400", "invalid_request", func(r *Request) { r.Path += "?token=x" }},
		{"431", "headers_too_large", func(r *Request) { r.Header = http.Header{"X-Filler": {strings.Repeat("x", 17<<10)}} }},
		{"413", "body_too_large", func(r *Request) {
			r.Header = http.Header{"Content-Type": {mediaOf(r.Body)}}
			r.Body = strings.Repeat(" ", 64<<10+1)
		}},
		{"415", "unsupported_media_type", func(r *Request) {
			r.Header, r.Body = http.Header{"Content-Type": {"text/plain"}}, "x"
		}},
		{"403", "forbidden", func(r *Request) {
			if unsafe {
				r.Header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
			}
			r.Token = stranger
		}},
	}
	if o.OAuth {
		return append(all, refusal{"401", "", func(r *Request) {
			form := r.Body.(url.Values)
			form.Set("client_id", "nobody")
			form.Set("client_secret", "none")
		}})
	}
	if o.Declares("unauthorized") {
		all = append(all, refusal{"401", "unauthorized", func(r *Request) { r.Token = "garbage" }})
	}
	return all
}

// WalkRefusals sends every operation of a service what it has to refuse, as far
// as it declares that, and holds the answer against the refusal's status.
func (s *System) WalkRefusals(t *testing.T, c *Client, service string) {
	insiders, stranger := s.insiders(t), s.Mint(t, token.Claims{})
	for _, o := range Operations(service) {
		for _, refusal := range refusals(o, stranger) {
			if !o.Declares(refusal.what) {
				continue
			}
			r := insiders.sample(o)
			refusal.change(&r)
			answer := c.Do(t, r)
			if strconv.Itoa(answer.Status) != refusal.what {
				t.Errorf("%s answers %d, want %s\n%s", o.ID, answer.Status, refusal.what, answer.Body)
			} else if !o.OAuth {
				answer.Problem(answer.Status, refusal.code)
			}
		}
	}
}

// OnePerMinute overrides the limits of every operation of a service.
func OnePerMinute(service string) map[string]config.RateLimit {
	overrides := map[string]config.RateLimit{}
	for _, o := range Operations(service) {
		var name strings.Builder
		for _, letter := range o.ID {
			if letter >= 'A' && letter <= 'Z' {
				name.WriteByte('_')
			}
			name.WriteString(strings.ToUpper(string(letter)))
		}
		overrides[name.String()] = config.RateLimit{Requests: 1, Window: time.Minute}
	}
	return overrides
}

// WalkLimits sends the same request twice to every operation of a service that
// runs under OnePerMinute: the second one, at the latest, is refused.
func (s *System) WalkLimits(t *testing.T, c *Client, service string) {
	insiders := s.insiders(t)
	for _, o := range Operations(service) {
		r := insiders.sample(o)
		r.Header = http.Header{httpapi.HeaderClientAddress: {"192.0.2.1"}} // whose calls the auth service makes
		limited := o.Declares("429")
		answer := c.Do(t, r)
		if answer.Status != http.StatusTooManyRequests {
			answer = c.Do(t, r)
		}
		switch {
		case limited && o.OAuth:
			answer.OAuthError(http.StatusTooManyRequests, "temporarily_unavailable")
		case limited:
			answer.Problem(http.StatusTooManyRequests, "rate_limited")
		case answer.Status == http.StatusTooManyRequests:
			t.Errorf("%s has no limit, and one was spent", o.ID)
		}
	}
}

// WalkDefects asks every operation of a service that is broken: each answers
// with a 500 that tells nothing. It leaves out those of except, by id.
func (s *System) WalkDefects(t *testing.T, c *Client, service string, except ...string) {
	insiders := s.insiders(t)
	for _, o := range Operations(service) {
		r := insiders.sample(o)
		answer := c.Do(t, r)
		if broken := !slices.Contains(except, o.ID); broken != (answer.Status == http.StatusInternalServerError) {
			t.Errorf("%s answers %d; it is to answer 500: %v\n%s", o.ID, answer.Status, broken, answer.Body)
		}
	}
}

// CutDatabase ends every connection to the system's database, and lets nobody
// in again.
func (s *System) CutDatabase(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	config, err := pgx.ParseConfig(s.UsersDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	name := config.Database
	config.Database = "postgres" // nobody can shut the door on themselves
	db, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(ctx) }()
	if _, err := db.Exec(ctx, "ALTER DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH ALLOW_CONNECTIONS false"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
		t.Fatal(err)
	}
}

// WalkOutage asks every operation of a service whose database is cut off: each
// that declares 503 answers with it. It leaves out those of except, by id.
func (s *System) WalkOutage(t *testing.T, c *Client, service string, except ...string) {
	insiders := s.insiders(t)
	s.CutDatabase(t)
	for _, o := range Operations(service) {
		answer := c.Do(t, insiders.sample(o))
		needed := o.Declares("503") && !slices.Contains(except, o.ID)
		switch {
		case needed != (answer.Status == http.StatusServiceUnavailable):
			t.Errorf("without a database %s answers %d; it needs one: %v\n%s", o.ID, answer.Status, needed, answer.Body)
		case needed && !o.OAuth:
			answer.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
		}
	}
}
