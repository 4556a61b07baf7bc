package users

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

const (
	// MarkLife is how long a mark is kept: longer than a replica that is read
	// from may be behind.
	MarkLife = 2 * postgres.MaxReplicaLag
	// markTimeout bounds what a change spends on its mark.
	markTimeout = time.Second
	// replicaLimit is how long the replica may take: the primary can be asked
	// after it.
	replicaLimit = time.Second
	// nowhere is a position that no replica reaches.
	nowhere = postgres.Position(math.MaxInt64)
)

// Marks remember, for MarkLife, up to where the primary's log changed a thing;
// all instances share them. Where marks were lost, or may have been, Newest
// says so once, to each instance.
type Marks interface {
	Set(ctx context.Context, at postgres.Position, things ...string) error
	Newest(ctx context.Context, things ...string) (at postgres.Position, lost bool, err error)
}

// Reads is a replica for look-ups and lists.
type Reads struct {
	Replica *postgres.Replica
	Marks   Marks
}

// reads decides between replica and primary. A nil one always takes the primary.
type reads struct {
	Reads
	queries, lists *usersdb.Queries
	// floor is what the replica must have whatever the marks say: what was
	// written before the start, or while marks got lost.
	floor atomic.Uint64
	mu    sync.Mutex
}

func newReads(o *Reads) *reads {
	if o == nil {
		return nil
	}
	pool := o.Replica.Pool
	r := &reads{Reads: *o, queries: usersdb.New(pool), lists: usersdb.New(postgres.PlannedEachTime{Pool: pool})}
	r.floor.Store(uint64(nowhere))
	return r
}

// rolesThing is the list of roles.
const rolesThing = "roles"

// The other things that are marked.
func accountThing(id uuid.UUID) string { return "id " + id.String() }
func nameThing(name string) string     { return "name " + name }
func callerThing(caller Actor) string  { return "caller " + caller.Subject }

// changed marks things after a commit and before its answer. It never fails: a
// mark that can't be set sends all reads to the primary until the replica has
// the change.
func (r *reads) changed(ctx context.Context, things ...string) {
	if r == nil {
		return
	}
	// The change is made, also for a caller who has gone.
	carried, end := postgres.Carried(ctx)
	defer end()
	ctx, cancel := context.WithTimeout(carried, markTimeout)
	defer cancel()
	at, err := r.Replica.Primary(ctx)
	if err != nil {
		at = nowhere
	}
	if at == nowhere || r.Marks.Set(ctx, at, things...) != nil {
		r.lose()
	}
}

// lose forgets where the floor is. It waits for raise, whose answer may be from
// before what is to be kept.
func (r *reads) lose() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.floor.Store(uint64(nowhere))
}

// raise puts the floor where the primary is, once it is unknown.
func (r *reads) raise(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if postgres.Position(r.floor.Load()) != nowhere {
		return true
	}
	at, err := r.Replica.Primary(ctx)
	if err != nil {
		return false
	}
	r.floor.Store(uint64(at))
	return true
}

// may says whether the replica has all that this caller must see of things. The
// auth service's questions decide about credentials: they are the primary's.
func (r *reads) may(ctx context.Context, caller Actor, things []string) bool {
	if r == nil || caller.ForOwner || !r.Replica.Has(0) || !r.raise(ctx) {
		return false
	}
	at, lost, err := r.Marks.Newest(ctx, things...)
	if err != nil || lost {
		r.lose()
		return false
	}
	return r.Replica.Has(max(at, postgres.Position(r.floor.Load())))
}

// read asks the replica where it may, and else, or where that fails, the
// primary. Which of the two sets of queries is the caller's matter.
func read[T any](ctx context.Context, s *Service, caller Actor, things []string, ask func(ctx context.Context, q, lists *usersdb.Queries) (T, error)) (T, error) {
	if s.reads.may(ctx, caller, things) {
		limited, cancel := context.WithTimeout(ctx, replicaLimit)
		found, err := ask(limited, s.reads.queries, s.reads.lists)
		cancel()
		if f := fault.As(postgres.Fault(err)); err == nil || postgres.IsNoRows(err) || f.Kind != fault.Unavailable || ctx.Err() != nil {
			return found, err
		}
		s.reads.Replica.Lose(err)
	}
	return ask(ctx, s.queries, s.lists)
}
