package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// MailQueue is the queue of all mails. The arguments of its jobs have the
// recipient's address as `to`.
const MailQueue = "mail"

// What Options leave open.
const (
	defaultMaxConns     = 4
	defaultJobTimeout   = time.Minute
	defaultPollInterval = 250 * time.Millisecond
)

// How long finished jobs are kept.
const (
	keepCompleted = 24 * time.Hour
	keepDead      = 7 * 24 * time.Hour
)

const (
	// softStop is how long jobs may go on once the client is told to stop; then
	// their contexts end.
	softStop = 5 * time.Second
	// hardStop is how long they have after that, and the last writes with them.
	hardStop = 2 * time.Second
	// closeLimit bounds the end of the pool.
	closeLimit = time.Second
	// rescueAfter is how long after its timeout a running job is taken to have
	// died with its process, and is tried again.
	rescueAfter = time.Minute
	// startAgain is how long to wait for a database that is away at the start.
	startAgain = time.Second
)

// Options say what a client does. Without Queues it only inserts; it then
// needs no Workers, and no database of its own either.
type Options struct {
	// URL connects as the lesser role, for a pool of the client's own: jobs never
	// take a connection from requests. Empty is none.
	URL string
	// MaxConns bounds that pool. Zero is 4.
	MaxConns int32
	// Pool is a pool of the caller's in place of one at URL, for commands.
	Pool *pgxpool.Pool
	// Workers do the jobs, each a kind.
	Workers *river.Workers
	// Queues are worked, by their names.
	Queues map[string]Queue
	// Periodic jobs are inserted by the one instance that leads.
	Periodic []*river.PeriodicJob
	// RetryPolicy is for workers that have none of their own: Backoff, as a rule.
	// Nil is River's, fourth powers of the attempt in seconds.
	RetryPolicy river.ClientRetryPolicy
	// JobTimeout is for workers that have none of their own. Zero is a minute.
	JobTimeout time.Duration
	// Tracer sees every SQL statement of the client's own pool. May be nil.
	Tracer pgx.QueryTracer
	// Metrics show queues and attempts, and the client's own pool as `jobs`. May
	// be nil.
	Metrics *observe.Metrics
	// Now is this machine's clock; nil is the real one. The database keeps its
	// own time, which due jobs are found by.
	Now func() time.Time
	// Log gets what failed. Nil is silent.
	Log *slog.Logger
}

// Queue says how one is worked.
type Queue struct {
	// Workers is how many of its jobs one instance works at a time.
	Workers int
	// PollInterval is how long a job waits at most before it is seen, and each
	// poll is a statement. Zero is 250 ms: fit for mail, and more often than
	// periodic work needs.
	PollInterval time.Duration
}

// Client inserts jobs, and works them once it runs.
type Client struct {
	river *river.Client[pgx.Tx]
	pool  *pgxpool.Pool // nil where the client only inserts
	owned bool
	log   *slog.Logger

	metrics *observe.Jobs
	queues  []string
}

// New makes a client. It does not speak to the database yet: Run does.
func New(ctx context.Context, o Options) (*Client, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Client{pool: o.Pool, log: o.Log, metrics: o.Metrics.Jobs(), queues: slices.Sorted(maps.Keys(o.Queues))}
	if o.Pool == nil && o.URL != "" {
		pool, err := openPool(ctx, o)
		if err != nil {
			return nil, fmt.Errorf("jobs: %w", err)
		}
		c.pool, c.owned = pool, true
		o.Metrics.Database().Watch("jobs", pool)
	}
	var err error
	if c.river, err = river.NewClient(riverpgxv5.New(c.pool), riverConfig(o)); err != nil {
		c.Close()
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return c, nil
}

func openPool(ctx context.Context, o Options) (*pgxpool.Pool, error) {
	return postgres.Open(ctx, o.URL, postgres.Options{
		Role: postgres.LesserRole(schema), ApplicationName: "latchkey auth jobs", MaxConns: cmp.Or(o.MaxConns, defaultMaxConns), Tracer: o.Tracer, Lazy: true,
	})
}

func riverConfig(o Options) *river.Config {
	timeout := cmp.Or(o.JobTimeout, defaultJobTimeout)
	watched := failures{o.Log, o.Metrics.Jobs()}
	c := &river.Config{
		Schema: schema, Workers: o.Workers, PeriodicJobs: o.Periodic, RetryPolicy: o.RetryPolicy,
		PollOnly: true, FetchPollInterval: defaultPollInterval, Queues: queueConfigs(o.Queues),
		JobTimeout: timeout, RescueStuckJobsAfter: timeout + rescueAfter, SoftStopTimeout: softStop,
		CompletedJobRetentionPeriod: keepCompleted, CancelledJobRetentionPeriod: keepDead, DiscardedJobRetentionPeriod: keepDead,
		// Only an index's owner may rebuild it.
		ReindexerSchedule: river.NeverSchedule(), ReindexerIndexNames: []string{},
		ErrorHandler: watched, Middleware: []rivertype.Middleware{river.WorkerMiddlewareFunc(watched.attempt)},
		Logger: slog.New(newQuiet(o.Log.Handler())),
	}
	if o.Now != nil {
		c.Test.Time = clock(o.Now)
		if b, ok := o.RetryPolicy.(*backoff); ok {
			c.RetryPolicy = &backoff{first: b.first, most: b.most, now: o.Now, jitter: b.jitter}
		}
	}
	return c
}

func queueConfigs(queues map[string]Queue) map[string]river.QueueConfig {
	if len(queues) == 0 {
		return nil
	}
	configs := map[string]river.QueueConfig{}
	for name, q := range queues {
		interval := cmp.Or(q.PollInterval, defaultPollInterval)
		configs[name] = river.QueueConfig{
			MaxWorkers: q.Workers, FetchPollInterval: interval, FetchCooldown: min(interval, river.FetchCooldownDefault),
		}
	}
	return configs
}

// clock is one that differs from the database's.
type clock func() time.Time

// Now is what River reckons with.
func (c clock) Now() time.Time { return c() }

// NowOrNil would be handed to the database in place of the latter's own time.
func (c clock) NowOrNil() *time.Time { return nil }

// InsertTx inserts a job that exists once tx is committed. There is no way to
// insert one outside of a transaction.
func (c *Client) InsertTx(ctx context.Context, tx pgx.Tx, args river.JobArgs, o *river.InsertOpts) (*rivertype.JobInsertResult, error) {
	return c.river.InsertTx(ctx, tx, args, o)
}

// Run works the queues until ctx is done. It then takes no new job, lets those
// that run finish for 5 s, ends their contexts (they are tried again, and the
// attempt does not count), and returns after 7 s at the latest, with an error
// when a job did not heed that. A database that is away, now or later, is
// waited for.
func (c *Client) Run(ctx context.Context) error {
	if err := c.start(ctx); err != nil {
		if errors.Is(err, ctx.Err()) {
			return nil // told to stop before it began
		}
		return err
	}
	c.watch(ctx)
	<-ctx.Done()
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop+hardStop)
	defer cancel()
	if err := c.river.Stop(fresh); err != nil {
		return fmt.Errorf("jobs: some did not stop within %s: %w", softStop+hardStop, err)
	}
	return nil
}

// start starts River, again and again while the database is away.
func (c *Client) start(ctx context.Context) error {
	for {
		err := c.river.Start(ctx)
		switch {
		case err == nil:
			return nil
		case !errors.Is(postgres.Fault(err), fault.ErrDependency):
			return fmt.Errorf("jobs: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		c.log.LogAttrs(ctx, slog.LevelWarn, "jobs wait for the database", slog.String("error", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(startAgain):
		}
	}
}

// Close ends the client's own pool. It waits a second at most for a connection
// that a job still holds.
func (c *Client) Close() {
	if !c.owned {
		return
	}
	closed := make(chan struct{})
	go func() {
		c.pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closeLimit):
	}
}
