package doctor

import (
	"fmt"
	"time"
)

// What the key law and the clock allow.
const (
	ringLate     = 30 * time.Second // polled every 5 s
	setLate      = 2 * time.Minute  // fetched every 30 s, void after 10 min
	clockSkew    = 5 * time.Second  // of 30 s that verifiers allow
	nearLimit    = 0.8
	manyFailures = 0.05 // of requests, answered 5xx
	someRequests = 20
)

// State finds what an instance's metrics say is wrong.
func State(i Instance) []Finding {
	var found []Finding
	add := func(severity Severity, resource, fix, what string, args ...any) {
		found = append(found, Finding{severity, resource, i.Ops, fmt.Sprintf(what, args...), fix})
	}
	now := i.After
	switch i.Service {
	case "auth":
		keysOf(now, add)
		if now.value("latchkey_users_breaker_state", "state", "closed") == 0 {
			add(Problem, "users", "see whether the users service runs and USERS_URL is right; sign-ins and refreshes answer 503 meanwhile",
				"the circuit to the users service is not closed")
		}
		if dead := now.value("latchkey_jobs", "queue", "mail", "state", "discarded") + now.value("latchkey_jobs", "queue", "mail", "state", "cancelled"); dead > 0 {
			add(Problem, "mail", "`latchkey mail list` tells why; `latchkey mail retry` or `drop` them", "%.0f mails could not be sent and were given up", dead)
		}
	case "users":
		setOf(now, add)
	}
	if now.has("latchkey_redis_up") && now.value("latchkey_redis_up") == 0 {
		add(Problem, "redis", "see whether the Redis of REDIS_URL runs and takes writes", "Redis is gone: each instance counts its limits alone")
	}
	failures(i, add)
	if i.restarted() {
		add(Notice, "process", "see its log for why it ended", "the process was started anew while it was watched")
	}
	return found
}

func keysOf(now Sample, add func(Severity, string, string, string, ...any)) {
	if now.value("latchkey_key_ring_signing") == 0 {
		add(Problem, "keys", "see the log for what is wrong with the key ring, and `latchkey keys list`", "this instance can sign no token")
	}
	if age := now.value("latchkey_key_ring_age_seconds"); age > ringLate.Seconds() {
		add(Problem, "keys", "see whether the auth service reaches its database", "the key ring was last read %s ago", short(age))
	}
	if now.value("latchkey_signing_keys", "state", "pending") == 0 {
		add(Problem, "keys", "`latchkey keys list`; the next key is made within a minute by the instance that leads, where the database is well", "no key is pending: a rotation would have none to go to")
	}
}

func setOf(now Sample, add func(Severity, string, string, string, ...any)) {
	switch {
	case now.value("latchkey_jwks_ready") == 0:
		add(Problem, "keys", "see whether JWKS_URL is the auth service's, and reachable from there", "there are no keys to verify tokens with: every request with one is answered 503")
	case now.value("latchkey_jwks_stale") == 1 || now.value("latchkey_jwks_age_seconds") > setLate.Seconds():
		add(Problem, "keys", "see whether JWKS_URL answers; after ten minutes no token is accepted any more", "the key set was last fetched %s ago",
			short(now.value("latchkey_jwks_age_seconds")))
	}
}

func failures(i Instance, add func(Severity, string, string, string, ...any)) {
	all := i.allTimes("latchkey_http_request_duration_seconds").Count
	failed := 0.0
	for status, t := range i.times("latchkey_http_request_duration_seconds", "status") {
		if status >= "500" {
			failed += t.Count
		}
	}
	if all >= someRequests && failed > manyFailures*all {
		add(Problem, "requests", "the bottlenecks above, or the log's lines of level ERROR, say why", "%.0f of %.0f requests were answered 5xx", failed, all)
	}
}

// Clock compares a service's clock with the database's: offset is what the
// database's is ahead of this machine's.
func Clock(i Instance, offset time.Duration) *Finding {
	if i.After.Clock.IsZero() {
		return nil
	}
	// The Date of an answer is cut to whole seconds: half of one is added.
	skew := i.After.Clock.Add(500 * time.Millisecond).Sub(i.After.At.Add(offset))
	if skew.Abs() < clockSkew {
		return nil
	}
	return &Finding{
		Problem, "clock", i.Ops, fmt.Sprintf("the clock of %s is %s off the database's", i.Service, skew.Round(time.Second)),
		"let NTP set both machines' clocks: tokens are refused from 30 s on",
	}
}

// NearestLimit gives the limit that a caller came nearest to in the last one to
// two minutes, and how near; the operation is empty where none has counted.
func NearestLimit(instances []Instance) (operation, key string, used float64) {
	for _, i := range instances {
		for _, m := range i.After.families["latchkey_rate_limit_peak_ratio"].GetMetric() {
			if v := m.GetGauge().GetValue(); v > used {
				operation, key, used = label(m, "operation"), label(m, "key"), v
			}
		}
	}
	return operation, key, used
}

// Limited is a notice where a limit is near or reached.
func Limited(instances []Instance) *Finding {
	operation, key, used := NearestLimit(instances)
	if used < nearLimit {
		return nil
	}
	what := fmt.Sprintf("one %s has used %.0f %% of the limit of %s", map[string]string{"ip": "address", "caller": "caller"}[key], 100*used, operation)
	return &Finding{Notice, "limits", "", what,
		"if that is a proxy's address, set TRUSTED_PROXIES; if it is a client that may, RATE_LIMIT_<OPERATION_ID>"}
}

// Connections is how many the instances may open in all.
func Connections(instances []Instance) (most float64) {
	for _, i := range instances {
		most += i.After.value("latchkey_db_pool_max_connections")
	}
	return most
}
