package jobs_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/jobs"
)

// Each way to fail ends in one dead letter in the log and in the list, and
// tells no argument.
func TestFailures(t *testing.T) {
	t.Parallel()
	quoting := errors.New("550 5.1.1 <ada@example.com>: no\x1b[2J such\r\nmailbox")
	for name, c := range map[string]struct {
		do       func() error
		attempts int // after which it is dead
		state    string
		wants    string // in the log's last line
	}{
		"errors":    {func() error { return quoting }, 2, "discarded", "550 5.1.1"},
		"panics":    {func() error { panic(quoting) }, 2, "discarded", "failures_test.go"},
		"cancelled": {func() error { return river.JobCancel(quoting) }, 1, "cancelled", "550 5.1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := dbtest.Auth(t)
			log, _ := start(t, d, jobs.Options{
				RetryPolicy: jobs.Backoff(time.Millisecond, time.Millisecond),
				Workers:     workers(func(context.Context, *river.Job[note]) error { return c.do() }),
			})
			id := insert(t, d, note{To: "ada@example.com", Text: "secret-canary"}, 2)
			eventually(t, "the job is dead", func() bool { return state(t, d, id) == c.state })
			if failed := log.of(t, "job.failed"); len(failed) != c.attempts-1 {
				t.Errorf("failed: %v", failed)
			}
			dead := log.of(t, "job.dead")
			if len(dead) != 1 {
				t.Fatalf("dead: %v\n%s", dead, log)
			}
			if one := dead[0]; one["level"] != "ERROR" || one["kind"] != "note" || one["job"] != float64(id) || one["attempt"] != float64(c.attempts) {
				t.Errorf("dead: %v", one)
			}
			text := log.String()
			if !strings.Contains(text, c.wants) {
				t.Errorf("%q is not in the log:\n%s", c.wants, text)
			}
			for _, secret := range []string{"ada@", "secret-canary"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is in the log:\n%s", secret, text)
				}
			}
			if strings.Count(text, "\n") != c.attempts {
				t.Errorf("more lines than attempts:\n%s", text)
			}
		})
	}
}

// A process that died in the last attempt leaves a job that nobody reports but
// the rescuer.
func TestDiedInTheLastAttempt(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	id := insert(t, d, note{}, 1)
	exec(t, d.Pool, `UPDATE auth.river_job SET state = 'running', attempt = 1, attempted_by = '{x}',
		attempted_at = now() - interval '3 minutes' WHERE id = $1`, id)
	log, _ := start(t, d, jobs.Options{Workers: workers(func(context.Context, *river.Job[note]) error { return nil })})
	eventually(t, "the job is discarded", func() bool { return state(t, d, id) == "discarded" })
	eventually(t, "it is told", func() bool {
		dead := log.of(t, "job.dead")
		return len(dead) == 1 && dead[0]["jobs"] == 1.0 && dead[0]["level"] == "ERROR"
	})
}

func TestRetryAndDrop(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	client, err := jobs.New(t.Context(), jobs.Options{Pool: d.Pool})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() // which leaves the pool alone
	for _, c := range []struct {
		state       string
		retry, drop error
	}{
		{"available", nil, nil},
		{"retryable", nil, nil},
		{"scheduled", nil, nil},
		{"discarded", nil, nil},
		{"cancelled", nil, nil},
		{"running", jobs.ErrRunning, jobs.ErrRunning},
		{"completed", jobs.ErrCompleted, nil},
	} {
		id := insert(t, d, note{}, 1)
		exec(t, d.Pool, `UPDATE auth.river_job SET state = $2::auth.river_job_state, attempt = 1, scheduled_at = now() + interval '1 hour',
			finalized_at = CASE WHEN $2::text IN ('discarded', 'cancelled', 'completed') THEN now() END WHERE id = $1`, id, c.state)
		if err := client.Retry(t.Context(), "other", id); !errors.Is(err, jobs.ErrNoJob) {
			t.Errorf("%s: retry of another queue's: %v", c.state, err)
		}
		if err := client.Retry(t.Context(), "mail", id); !errors.Is(err, c.retry) {
			t.Errorf("%s: retry: %v, want %v", c.state, err, c.retry)
		}
		ready := query[bool](t, d.Pool, `SELECT state = 'available' AND scheduled_at <= now() AND attempt < max_attempts
			FROM auth.river_job WHERE id = $1`, id)
		if ready != (c.retry == nil) {
			t.Errorf("%s: after the retry it is ready: %t", c.state, ready)
		}
		if err := client.Drop(t.Context(), "other", id); !errors.Is(err, jobs.ErrNoJob) {
			t.Errorf("%s: drop of another queue's: %v", c.state, err)
		}
		if err := client.Drop(t.Context(), "mail", id); !errors.Is(err, c.drop) {
			t.Errorf("%s: drop: %v, want %v", c.state, err, c.drop)
		}
		if left := query[int](t, d.Pool, "SELECT count(*) FROM auth.river_job WHERE id = $1", id); (left == 0) != (c.drop == nil) {
			t.Errorf("%s: %d left", c.state, left)
		}
	}
}
