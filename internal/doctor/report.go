package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Spent is where the time of one instance went between its scrapes.
type Spent struct {
	Service string  `json:"service"`
	Ops     string  `json:"ops"`
	Seconds float64 `json:"seconds"` // the window
	// Requests counts them; Mean is in seconds.
	Requests    float64  `json:"requests"`
	Mean        float64  `json:"mean_seconds"`
	HashingWait float64  `json:"hashing_wait_mean_seconds"`
	HashingTime float64  `json:"hashing_mean_seconds"`
	Passwords   float64  `json:"passwords"`
	PoolWait    float64  `json:"pool_wait_mean_seconds"`
	UsersCall   float64  `json:"users_call_mean_seconds"`
	Operations  []Costly `json:"operations"`
	Statements  []Costly `json:"statements"`
	MailsWait   float64  `json:"mails_waiting"`
}

// Costly is an operation or a query, and what it took.
type Costly struct {
	Name  string  `json:"name"`
	Count float64 `json:"count"`
	Mean  float64 `json:"mean_seconds"`
	P95   float64 `json:"p95_seconds"`
}

// listed is how many operations and queries are told.
const listed = 5

// SpentBy reads it.
func SpentBy(i Instance) Spent {
	requests, passwords := i.allTimes("latchkey_http_request_duration_seconds"), i.allTimes("latchkey_password_queue_wait_seconds")
	mail := func(state string) float64 { return i.After.value("latchkey_jobs", "queue", "mail", "state", state) }
	return Spent{
		Service: i.Service, Ops: i.Ops, Seconds: i.Window().Seconds(), Requests: requests.Count, Mean: requests.Mean(),
		Passwords: passwords.Count, HashingWait: passwords.Mean(), HashingTime: i.allTimes("latchkey_password_hash_duration_seconds").Mean(),
		PoolWait:   i.allTimes("latchkey_db_acquire_duration_seconds", "pool", "main").Mean(),
		UsersCall:  i.allTimes("latchkey_users_call_duration_seconds").Mean(),
		Operations: costly(i.times("latchkey_http_request_duration_seconds", "operation")),
		Statements: costly(i.times("latchkey_db_query_duration_seconds", "query")),
		MailsWait:  mail("available") + mail("retryable") + mail("running"),
	}
}

func costly(all map[string]Times) []Costly {
	list := []Costly{}
	for _, n := range slowest(all, listed) {
		list = append(list, Costly{n.Name, n.Count, n.Mean(), n.Quantile(0.95)})
	}
	return list
}

// Write tells a person where the time went.
func (s Spent) Write(to io.Writer) {
	fmt.Fprintf(to, "%s at %s, %.0f s: %.0f requests, %s on average\n", s.Service, s.Ops, s.Seconds, s.Requests, short(s.Mean))
	if s.Passwords > 0 {
		fmt.Fprintf(to, "  passwords: %.0f, waited %s and took %s on average\n", s.Passwords, short(s.HashingWait), short(s.HashingTime))
	}
	fmt.Fprintf(to, "  connections to the database: waited for %s on average\n", short(s.PoolWait))
	if s.UsersCall > 0 {
		fmt.Fprintf(to, "  calls to the users service: %s on average\n", short(s.UsersCall))
	}
	if s.Service == "auth" {
		fmt.Fprintf(to, "  mails that wait: %.0f\n", s.MailsWait)
	}
	for _, part := range []struct {
		title string
		list  []Costly
	}{{"operations", s.Operations}, {"statements", s.Statements}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(to, "  %s that took the most time:\n", part.title)
		table := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(table, "    \ttimes\tmean\tp95 ≤\t")
		for _, c := range part.list {
			fmt.Fprintf(table, "    %s\t%.0f\t%s\t%s\t\n", c.Name, c.Count, short(c.Mean), short(c.P95))
		}
		_ = table.Flush()
	}
}

// WriteFindings tells what was found, each with its fix below it.
func WriteFindings(to io.Writer, all []Finding) {
	for _, f := range all {
		where := ""
		if f.Where != "" {
			where = " (" + strings.TrimPrefix(strings.TrimPrefix(f.Where, "http://"), "https://") + ")"
		}
		fmt.Fprintf(to, "%s: %s%s: %s\n  fix: %s\n", f.Severity, f.Resource, where, f.What, f.Fix)
	}
}
