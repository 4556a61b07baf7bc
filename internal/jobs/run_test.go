package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// note is a job; do in its worker is what the test wants.
type note struct {
	To   string `json:"to"`
	Text string `json:"text"`
}

func (note) Kind() string { return "note" }

type worker struct {
	river.WorkerDefaults[note]
	do func(context.Context, *river.Job[note]) error
}

func (w worker) Work(ctx context.Context, job *river.Job[note]) error { return w.do(ctx, job) }

func workers(do func(context.Context, *river.Job[note]) error) *river.Workers {
	w := river.NewWorkers()
	river.AddWorker(w, worker{do: do})
	return w
}

// lines is a log that a test can read while it is written.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// of gives the records with that message.
func (l *lines) of(t *testing.T, message string) (records []map[string]any) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		if record["msg"] == message {
			records = append(records, record)
		}
	}
	return records
}

// start runs a client until the test ends, or until stop, which gives what Run
// returned.
func start(t *testing.T, d dbtest.DB, o jobs.Options) (log *lines, stop func() error) {
	t.Helper()
	log = &lines{}
	o.URL, o.Log = d.URL, slog.New(slog.NewJSONHandler(log, nil))
	if o.Queues == nil {
		o.Queues = map[string]jobs.Queue{"mail": {Workers: 4, PollInterval: 10 * time.Millisecond}}
	}
	client, err := jobs.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() {
		done <- client.Run(ctx)
		client.Close()
	}()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = stop() })
	return log, stop
}

// insert commits a note to queue mail, as a caller without workers.
func insert(t *testing.T, d dbtest.DB, n note, attempts int) int64 {
	t.Helper()
	inserter, err := jobs.New(t.Context(), jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	err = postgres.InTx(t.Context(), d.Pool, func(tx pgx.Tx) error {
		result, err := inserter.InsertTx(t.Context(), tx, n, &river.InsertOpts{Queue: "mail", MaxAttempts: attempts})
		if err == nil {
			id = result.Job.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func state(t *testing.T, d dbtest.DB, id int64) string {
	t.Helper()
	return query[string](t, d.Pool, "SELECT state::text FROM auth.river_job WHERE id = $1", id)
}

func TestInsertIsPartOfTheTransaction(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	var mu sync.Mutex
	var worked []string
	start(t, d, jobs.Options{Workers: workers(func(_ context.Context, job *river.Job[note]) error {
		mu.Lock()
		defer mu.Unlock()
		worked = append(worked, job.Args.Text)
		return nil
	})})
	inserter, err := jobs.New(t.Context(), jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	errUndo := errors.New("undo")
	err = postgres.InTx(t.Context(), d.Pool, func(tx pgx.Tx) error {
		if _, err := inserter.InsertTx(t.Context(), tx, note{Text: "rolled back"}, &river.InsertOpts{Queue: "mail"}); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatal(err)
	}
	last := insert(t, d, note{Text: "committed"}, 1)
	eventually(t, "the job is completed", func() bool { return state(t, d, last) == "completed" })
	mu.Lock()
	defer mu.Unlock()
	if strings.Join(worked, " ") != "committed" {
		t.Errorf("worked %q", worked)
	}
}

// What runs when the client is told to stop is finished, and nothing else
// begun.
func TestSoftStop(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	began, finish := make(chan struct{}), make(chan struct{})
	_, stop := start(t, d, jobs.Options{Workers: workers(func(ctx context.Context, _ *river.Job[note]) error {
		close(began)
		<-finish
		return ctx.Err()
	})})
	running := insert(t, d, note{}, 1)
	<-began
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped under a job: %v", err)
	case <-time.After(50 * time.Millisecond): // it would not have waited
	}
	close(finish)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if got := state(t, d, running); got != "completed" {
		t.Errorf("the job is %s", got)
	}
}

// A job that takes longer is cut off and tried again; the attempt does not
// count.
func TestHardStop(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	began := make(chan struct{})
	log, stop := start(t, d, jobs.Options{Workers: workers(func(ctx context.Context, _ *river.Job[note]) error {
		close(began)
		<-ctx.Done()
		return ctx.Err()
	})})
	id := insert(t, d, note{}, 1)
	<-began
	from := time.Now()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(from); took < 4*time.Second || took > 7*time.Second {
		t.Errorf("it took %s", took)
	}
	if got := state(t, d, id); got != "available" {
		t.Errorf("the job is %s", got)
	}
	if n := query[int](t, d.Pool, "SELECT attempt FROM auth.river_job WHERE id = $1", id); n != 0 {
		t.Errorf("%d attempts counted", n)
	}
	if dead := log.of(t, "job.dead"); len(dead) != 0 {
		t.Errorf("dead: %v", dead)
	}
}

// away keeps the lesser role out of the database and ends what it has open,
// but for the test's own pool.
func away(t *testing.T, d dbtest.DB) (back func()) {
	t.Helper()
	super := open(t, d.SuperURL)
	name := query[string](t, super, "SELECT current_database()")
	exec(t, super, "REVOKE CONNECT ON DATABASE "+name+" FROM PUBLIC")
	exec(t, super, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND application_name = 'latchkey auth jobs'`)
	return func() { exec(t, super, "GRANT CONNECT ON DATABASE "+name+" TO PUBLIC") }
}

func TestDatabaseComesBack(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	const fetching = "producer: Error fetching jobs"
	log, _ := start(t, d, jobs.Options{Workers: workers(func(context.Context, *river.Job[note]) error { return nil })})
	first := insert(t, d, note{}, 1)
	eventually(t, "the first job is completed", func() bool { return state(t, d, first) == "completed" })
	back := away(t, d)
	second := insert(t, d, note{}, 1)
	eventually(t, "River says that it cannot fetch", func() bool { return len(log.of(t, fetching)) > 0 })
	if got := state(t, d, second); got != "available" {
		t.Errorf("the job is %s while the database is away", got)
	}
	back()
	eventually(t, "the second job is completed", func() bool { return state(t, d, second) == "completed" })
	if n := len(log.of(t, fetching)); n > 2 {
		t.Errorf("it was said %d times", n)
	}
}

func TestDatabaseIsAwayAtTheStart(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	back := away(t, d)
	id := insert(t, d, note{}, 1)
	log, _ := start(t, d, jobs.Options{Workers: workers(func(context.Context, *river.Job[note]) error { return nil })})
	eventually(t, "the client waits", func() bool { return len(log.of(t, "jobs wait for the database")) > 0 })
	back()
	eventually(t, "the job is completed", func() bool { return state(t, d, id) == "completed" })
}

func TestPeriodic(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	worked := make(chan string, 1)
	start(t, d, jobs.Options{
		Workers: workers(func(_ context.Context, job *river.Job[note]) error { worked <- job.Args.Text; return nil }),
		Periodic: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
			func() (river.JobArgs, *river.InsertOpts) {
				return note{Text: "hourly"}, &river.InsertOpts{Queue: "mail"}
			},
			&river.PeriodicJobOpts{ID: "hourly", RunOnStart: true})},
	})
	if got := <-worked; got != "hourly" {
		t.Errorf("worked %q", got)
	}
}

// A service whose clock is a day ahead gets no job early: what is due is the
// database's to say.
func TestF10AClockAheadGetsNothingEarly(t *testing.T) {
	t.Parallel()
	d := dbtest.Auth(t)
	inserter, err := jobs.New(t.Context(), jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var early int64
	err = postgres.InTx(t.Context(), d.Pool, func(tx pgx.Tx) error {
		added, err := inserter.InsertTx(t.Context(), tx, note{Text: "early"}, &river.InsertOpts{Queue: "mail", ScheduledAt: time.Now().Add(time.Hour)})
		if err == nil {
			early = added.Job.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	worked := make(chan string, 3)
	start(t, d, jobs.Options{
		Now:     func() time.Time { return time.Now().Add(24 * time.Hour) },
		Workers: workers(func(_ context.Context, job *river.Job[note]) error { worked <- job.Args.Text; return nil }),
	})
	eventually(t, "the leader takes the early job to be due", func() bool { return state(t, d, early) == "available" })
	last := insert(t, d, note{Text: "due"}, 1)
	if got := <-worked; got != "due" {
		t.Errorf("worked %q", got)
	}
	eventually(t, "the due job is completed", func() bool { return state(t, d, last) == "completed" })
	if got := state(t, d, early); got != "available" || len(worked) != 0 {
		t.Errorf("the early job is %s", got)
	}
}
