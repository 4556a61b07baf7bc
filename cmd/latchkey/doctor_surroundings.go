package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/certificate"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/doctor"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// surroundings are what the services stand on, as far as this environment
// names it.
type surroundings struct {
	users     config.Users
	auth      config.Auth
	problems  config.Problems
	client    *http.Client
	listeners []string
	// offset is what the database's clock is ahead of this machine's; nil where
	// it could not be asked.
	offset         *time.Duration
	maxConnections int
}

// checkLimit bounds each look at the surroundings.
const checkLimit = 3 * time.Second

func readSurroundings(environ []string) (*surroundings, error) {
	e := &surroundings{}
	var errUsers, errAuth error
	e.users, errUsers = config.LoadUsers(environ)
	e.auth, errAuth = config.LoadAuth(environ)
	var more config.Problems
	errors.As(errUsers, &e.problems)
	errors.As(errAuth, &more)
	for _, line := range more {
		if !strings.Contains("\n"+strings.Join(e.problems, "\n")+"\n", "\n"+line+"\n") {
			e.problems = append(e.problems, line)
		}
	}
	authorities, err := certificate.Authorities(orElse(e.auth.TLSCAFile, e.auth.TLSCertFile))
	if err != nil {
		return nil, err
	}
	e.client = &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}},
		Timeout:       scrapeLimit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return e, nil
}

// check looks at configuration, databases, Redis, the relay, and what a request
// from here is taken for.
func (e *surroundings) check(ctx context.Context, r *report) {
	e.checkConfiguration(r)
	for _, one := range []struct {
		service string
		url     config.Secret
		files   fs.FS
		after   []postgres.Step
	}{{"users", e.users.Database(), db.Users, nil}, {"auth", e.auth.Database(), db.Auth, []postgres.Step{jobs.Migrations()}}} {
		e.checkDatabase(ctx, r, one.service, postgres.Migrations{
			URL: one.url.Reveal(), FS: one.files, Schema: one.service, After: one.after, Log: slog.New(slog.DiscardHandler),
		})
	}
	e.checkRedis(ctx, r)
	e.checkRelay(ctx, r)
	e.checkAddress(ctx, r, "auth", "PUBLIC_URL", e.auth.PublicURL)
	e.checkAddress(ctx, r, "users", "USERS_URL", e.auth.UsersURL)
}

// checkConfiguration tells of what a service would not start with. Where no
// database is named, this is not the services' environment.
func (e *surroundings) checkConfiguration(r *report) {
	switch {
	case e.users.Database() == "" && e.auth.Database() == "":
		r.add(doctor.Notice, "configuration", "no database is named here: configuration, migrations, clocks and the relay were not looked at",
			"run it with the services' environment (DATABASE_URL, …)")
	case len(e.problems) == 0:
		r.well("the configuration is one that both services start with")
	default:
		for _, line := range e.problems {
			r.add(doctor.Problem, "configuration", line, "docs/configuration.md has the variable's form")
		}
	}
}

func (e *surroundings) checkDatabase(ctx context.Context, r *report, service string, m postgres.Migrations) {
	if m.URL == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	states, err := e.askDatabase(ctx, m)
	if err != nil {
		r.add(doctor.Problem, "database", fmt.Sprintf("the database of %s can't be asked: %s", service, oneLine(err)),
			"see whether PostgreSQL runs, is reachable from here, and the URL is right")
		return
	}
	counts := map[string]int{}
	for _, s := range states {
		counts[s.State]++
	}
	switch {
	case counts[postgres.PendingState] > 0:
		r.add(doctor.Problem, "migrations", fmt.Sprintf("%s: %d migrations are pending", service, counts[postgres.PendingState]), "`latchkey migrate`")
	case counts[postgres.UnknownVersion] > 0:
		r.add(doctor.Notice, "migrations", fmt.Sprintf("%s: %d migrations are of a newer latchkey", service, counts[postgres.UnknownVersion]),
			"use the latchkey that the services run")
	default:
		r.well("%s: all %d migrations are applied", service, counts[postgres.Applied])
	}
}

// askDatabase goes the way that the service goes, pooler included. It reads the
// migrations, and the database's clock in the middle of a round trip.
func (e *surroundings) askDatabase(ctx context.Context, m postgres.Migrations) ([]postgres.MigrationState, error) {
	pool, err := postgres.Open(ctx, m.URL, postgres.Options{Role: postgres.LesserRole(m.Schema), ApplicationName: "latchkey doctor", MaxConns: 1})
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	began := time.Now()
	var now time.Time
	if err := pool.QueryRow(ctx, "SELECT clock_timestamp(), current_setting('max_connections')::int").Scan(&now, &e.maxConnections); err != nil {
		return nil, err
	}
	offset := now.Sub(began.Add(time.Since(began) / 2))
	e.offset = &offset
	return postgres.StatusOn(ctx, pool, m)
}

func (e *surroundings) checkRedis(ctx context.Context, r *report) {
	if e.auth.RedisURL == "" {
		return
	}
	if err := httpapi.ProbeRedis(ctx, e.auth.Common); err != nil {
		r.add(doctor.Problem, "redis", "Redis takes no write: "+oneLine(err), "see whether the Redis of REDIS_URL runs, is a primary and has memory")
		return
	}
	r.well("Redis takes writes")
}

func (e *surroundings) checkRelay(ctx context.Context, r *report) {
	switch {
	case e.auth.Database() == "":
		return
	case e.auth.SMTPURL == "":
		r.add(doctor.Notice, "smtp", "SMTP_URL is not set: mails are files and reach nobody", "set SMTP_URL and MAIL_FROM")
		return
	}
	relay, err := mail.NewSMTP(e.auth.SMTPURL.Reveal(), e.auth.MailFrom)
	if err != nil {
		return // the configuration's problems have it
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	if err := relay.Probe(ctx); err != nil {
		r.add(doctor.Problem, "smtp", "the relay takes no mail: "+oneLine(err), "see whether the relay of SMTP_URL runs, and host, port, login and CA are right")
		return
	}
	r.well("the relay greets, encrypts and knows us")
}

// checkAddress sends a request as a client would, and asks the instance that
// got it whose it was taken for.
func (e *surroundings) checkAddress(ctx context.Context, r *report, service, variable, url string) {
	id := httpapi.SampleID + strings.ToLower(rand.Text())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/livez", nil)
	if err != nil {
		return // the configuration's problems have it
	}
	request.Header.Set("X-Request-Id", id)
	answer, err := e.client.Do(request)
	if err != nil {
		r.add(doctor.Problem, "address", fmt.Sprintf("%s does not answer at %s: %s", service, variable, oneLine(err)), "see whether "+variable+" is where it can be reached")
		return
	}
	_ = answer.Body.Close()
	sample, found := e.sample(ctx, id)
	switch {
	case !found:
		r.add(doctor.Notice, "address", fmt.Sprintf("a request to %s reached none of the instances asked", variable), "name the ops listeners of all instances with --ops")
	case sample.Forwarded && sample.Client == sample.Peer:
		r.add(doctor.Problem, "address", fmt.Sprintf("%s sees the proxy %s and not its clients, who share one limit: its X-Forwarded-For is not believed", service, sample.Peer),
			"if it is yours, add it to TRUSTED_PROXIES")
	default:
		r.well("%s takes a request from here for one of %s", service, sample.Client)
	}
}

func (e *surroundings) sample(ctx context.Context, id string) (sample httpapi.Sample, found bool) {
	for _, ops := range e.listeners {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, ops+"/debug/samples/"+id, nil)
		if err != nil {
			continue
		}
		answer, err := e.client.Do(request)
		if err != nil {
			continue
		}
		err = json.NewDecoder(answer.Body).Decode(&sample)
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK && err == nil {
			return sample, true
		}
	}
	return httpapi.Sample{}, false
}

// compare holds the instances against what was learnt of the surroundings.
func (e *surroundings) compare(instances []doctor.Instance, r *report) {
	perService := map[string]int{}
	for _, i := range instances {
		perService[i.Service]++
		if e.offset == nil {
			continue
		}
		if f := doctor.Clock(i, *e.offset); f != nil {
			r.Findings = append(r.Findings, *f)
		} else {
			r.well("the clock of %s at %s is the database's", i.Service, i.Ops)
		}
	}
	if e.auth.Database() == "" {
		return
	}
	for service, n := range perService {
		if n > 1 && e.auth.RedisURL == "" && bool(e.auth.RateLimits) {
			r.add(doctor.Problem, "limits", fmt.Sprintf("%d instances of %s count their limits alone, and let %d times as much through", n, service, n), "set REDIS_URL")
		}
	}
	if used := doctor.Connections(instances); e.maxConnections > 0 && used > 0.9*float64(e.maxConnections) {
		r.add(doctor.Problem, "database", fmt.Sprintf("the instances may open %.0f connections, PostgreSQL takes %d", used, e.maxConnections),
			"lower DATABASE_MAX_CONNS, raise max_connections, or put PgBouncer between")
	}
}
