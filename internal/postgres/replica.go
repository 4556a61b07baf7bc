package postgres

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	replicaPoll    = 100 * time.Millisecond
	replicaTimeout = time.Second // of one question
	samplePause    = time.Second // between two questions to the primary
	// MaxReplicaLag is how far behind a replica may be and still be read from.
	MaxReplicaLag = 30 * time.Second
)

var (
	errNoStandby = errors.New("READ_DATABASE_URL leads to a server that is no standby")
	errLags      = errors.New("the replica is more than " + MaxReplicaLag.String() + " behind")
)

// Position is a place in a primary's write-ahead log, in bytes.
type Position uint64

// Replica is a physical standby to read from, and what is known of how far it
// has got. It never makes anybody wait: until Run has asked, and whenever it
// gets no answer, the replica has nothing.
type Replica struct {
	Pool    *pgxpool.Pool
	primary *pgxpool.Pool
	log     *slog.Logger
	has     atomic.Uint64 // what it has replayed; 0 where it is not to be read from

	mu      sync.Mutex
	said    bool     // the log has that it is not read from
	pending []sample // what the primary had, and the replica does not yet
	sampled time.Time
}

type sample struct {
	at time.Time
	is Position
}

// OpenReplica makes the pool, without asking the server for anything. The URL
// names one server: what one has replayed says nothing of another.
func OpenReplica(ctx context.Context, url string, primary *pgxpool.Pool, o Options, log *slog.Logger) (*Replica, error) {
	o.Lazy = true
	pool, err := Open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	return &Replica{Pool: pool, primary: primary, log: log}, nil
}

// Primary asks the primary for its position: everything that was committed
// before the call lies below it.
func (r *Replica) Primary(ctx context.Context) (at Position, err error) {
	err = r.primary.QueryRow(ctx, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint").Scan(&at)
	return at, err
}

// Has says whether the replica may be read from and has replayed up to at.
func (r *Replica) Has(at Position) bool {
	has := r.has.Load()
	return has != 0 && Position(has) >= at
}

// Lose stops reading from the replica until it has answered Run.
func (r *Replica) Lose(err error) {
	r.has.Store(0)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.said {
		r.said = true
		r.log.Warn("the replica is not read from: reads go to the primary", slog.String("error", err.Error()))
	}
}

// Run asks both servers, again and again, until ctx is done.
func (r *Replica) Run(ctx context.Context) {
	tick := time.NewTicker(replicaPoll)
	defer tick.Stop()
	for {
		has, err := r.ask(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.Lose(err)
		default:
			r.found(has)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (r *Replica) found(has Position) {
	r.has.Store(uint64(has))
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.said {
		r.said = false
		r.log.Info("the replica is read from again")
	}
}

// ask gives what the replica has replayed, or why it is not to be read from.
func (r *Replica) ask(ctx context.Context) (has Position, err error) {
	ctx, cancel := context.WithTimeout(ctx, replicaTimeout)
	defer cancel()
	if now := time.Now(); now.Sub(r.sampled) >= samplePause {
		// A primary that is away writes nothing that the replica could lack.
		if at, err := r.Primary(ctx); err == nil {
			r.sampled, r.pending = now, append(r.pending, sample{now, at})
		}
	}
	var standby bool
	err = r.Pool.QueryRow(ctx, "SELECT pg_is_in_recovery(), coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint").
		Scan(&standby, &has)
	switch {
	case err != nil:
		return 0, err
	case !standby:
		return 0, errNoStandby
	}
	for len(r.pending) > 0 && r.pending[0].is <= has {
		r.pending = r.pending[1:]
	}
	if len(r.pending) > 0 && time.Since(r.pending[0].at) > MaxReplicaLag {
		return 0, errLags
	}
	return has, nil
}
