package doctor

import (
	"fmt"
	"time"
)

// The law of bottlenecks; deploy/prometheus/rules/bottleneck.yml has the same
// numbers. They say what a person who waits would notice, on any machine.
const (
	slowWait      = 0.05 // seconds on average for a hash worker
	slowAcquire   = 0.02 // seconds on average for a connection
	slowStatement = 0.1  // seconds: on average, or one in twenty takes longer; a bound of a bucket
	someStatement = 0.5  // of that query a second, to speak of an average
	manyStatement = 5    // of that query a second, to speak of one in twenty: one odd one is nothing
	lateMail      = 60   // seconds that the oldest mail has waited
	failedMails   = 0.1  // share of attempts
)

// Severity says how a finding counts.
type Severity string

// Severities.
const (
	Bottleneck Severity = "bottleneck" // time is lost there
	Problem    Severity = "problem"    // something is wrong
	Notice     Severity = "notice"     // worth knowing
)

// Finding is one thing that was found, and its fix in one line.
type Finding struct {
	Severity Severity `json:"severity"`
	// Resource is hashing, pool, database or smtp for a bottleneck, else what the
	// finding is about.
	Resource string `json:"resource"`
	Where    string `json:"where,omitempty"` // the instance, where it is one's
	What     string `json:"what"`
	Fix      string `json:"fix"`
}

// Bottlenecks names what holds an instance up; nothing where nothing does.
func Bottlenecks(i Instance) []Finding {
	var found []Finding
	add := func(f *Finding) {
		if f != nil {
			f.Severity, f.Where = Bottleneck, i.Ops
			found = append(found, *f)
		}
	}
	add(hashing(i))
	database := database(i)
	add(database)
	if database == nil { // whoever waits for slow statements holds connections meanwhile
		add(pool(i))
	}
	add(smtp(i))
	return found
}

func hashing(i Instance) *Finding {
	wait := i.allTimes("latchkey_password_queue_wait_seconds")
	if wait.Mean() <= slowWait {
		return nil
	}
	shed := i.count("latchkey_password_queue_left_total", "reason", "shed")
	return &Finding{
		Resource: "hashing",
		What: fmt.Sprintf("passwords wait %s on average for one of %.0f hash workers; %.0f of %.0f were turned away",
			short(wait.Mean()), i.After.value("latchkey_password_workers"), shed, wait.Count),
		Fix: "more cores or instances for the users service (HASH_WORKERS follows the cores; see it is not set lower), or a lower BCRYPT_COST",
	}
}

func database(i Instance) *Finding {
	worst := Named{}
	for name, t := range i.times("latchkey_db_query_duration_seconds", "query") {
		often := t.Count / i.Window().Seconds()
		slow := often > someStatement && t.Mean() > slowStatement || often > manyStatement && t.Quantile(0.95) > slowStatement
		if slow && t.Sum > worst.Sum {
			worst = Named{name, t}
		}
	}
	if worst.Name == "" {
		return nil
	}
	return &Finding{
		Resource: "database",
		What: fmt.Sprintf("the statement %s, sent %.1f times a second, takes %s on average, one in twenty up to %s",
			worst.Name, worst.Count/i.Window().Seconds(), short(worst.Mean()), short(worst.Quantile(0.95))),
		Fix: "look for locks and load on PostgreSQL (SELECT pid, wait_event_type, wait_event, query FROM pg_stat_activity WHERE state <> 'idle'), and for the network between",
	}
}

func pool(i Instance) *Finding {
	for _, name := range []string{"main", "replica"} {
		wait := i.allTimes("latchkey_db_acquire_duration_seconds", "pool", name)
		if wait.Mean() <= slowAcquire {
			continue
		}
		return &Finding{
			Resource: "pool",
			What: fmt.Sprintf("requests wait %s on average for one of %.0f connections to the database (pool %s), although statements are quick",
				short(wait.Mean()), i.After.value("latchkey_db_pool_max_connections", "pool", name), name),
			Fix: "raise DATABASE_MAX_CONNS as far as PostgreSQL's max_connections allows for all instances, or put PgBouncer between",
		}
	}
	return nil
}

func smtp(i Instance) *Finding {
	attempts := i.allTimes("latchkey_job_duration_seconds", "kind", "mail").Count
	failed := i.allTimes("latchkey_job_duration_seconds", "kind", "mail", "outcome", "failed").Count +
		i.allTimes("latchkey_job_duration_seconds", "kind", "mail", "outcome", "dead").Count
	oldest := i.After.value("latchkey_job_oldest_due_seconds", "queue", "mail")
	if failed <= failedMails*attempts && oldest <= lateMail {
		return nil
	}
	waiting := i.After.value("latchkey_jobs", "queue", "mail", "state", "available") + i.After.value("latchkey_jobs", "queue", "mail", "state", "retryable")
	return &Finding{
		Resource: "smtp",
		What: fmt.Sprintf("%.0f mails wait, the oldest for %s; %.0f of the last %.0f attempts failed",
			waiting, short(oldest), failed, attempts),
		Fix: "see why the relay of SMTP_URL refuses or does not answer: `latchkey mail list --state waiting` has its words",
	}
}

// short writes seconds as a person reads them.
func short(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
