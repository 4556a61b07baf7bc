package password

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// QueueDeadline is how long a caller waits for a worker when NewPool is given
// no other time.
const QueueDeadline = 500 * time.Millisecond

// recentOf is over how many pieces of work their length is smoothed.
const recentOf = 4

// ErrClosed is the cause of the fault that Do returns after Close.
var ErrClosed = errors.New("password: the pool is closed")

// Pool runs password hashing on a few OS threads of the lowest priority
// (nice 19), so that a storm of sign-ins costs other requests next to nothing.
// What would have to wait longer than the queue deadline is turned away.
//
// The hand-off is unbuffered: nothing lies in a queue whose caller has gone.
// Waiting callers are served in the order in which they came: Go's channels keep
// blocked senders so, though the language does not promise it. Whoever would
// have to wait longer than the deadline anyway, as far as the last pieces of
// work tell, is turned away at once: in a storm, nearly all are, and what they
// do before they are told is the storm's cost for everybody else.
type Pool struct {
	jobs     chan *job
	deadline time.Duration
	closing  chan struct{}
	once     sync.Once
	workers  sync.WaitGroup
	stats    counters
	size     int
	begin    func() // what a worker does first
	metrics  *observe.Hashing
}

// job is one piece of work on its way to a worker and back.
type job struct {
	work func()
	err  error
	done chan struct{}
}

// NewPool starts workers threads (0: one for each processor Go uses); callers
// wait for one at most deadline (0: QueueDeadline).
//
// It raises GOMAXPROCS by workers, because a thread of nice 19 that the kernel
// has put aside still holds one of Go's processors. That is process-wide, done
// once for the largest pool, not undone by Close (setting it stops the world),
// and it ends Go's own following of a changed CPU limit.
func NewPool(workers int, deadline time.Duration) *Pool {
	return newPool(workers, deadline, lowerPriority)
}

// NewOrdinaryPool is NewPool with workers of ordinary priority: on a machine
// that other programs keep busy, threads that stand behind all of those do not
// get a hash done in the time that a request has.
func NewOrdinaryPool(workers int, deadline time.Duration) *Pool {
	return newPool(workers, deadline, func() {})
}

func newPool(workers int, deadline time.Duration, begin func()) *Pool {
	if deadline <= 0 {
		deadline = QueueDeadline
	}
	workers = addProcessors(workers)
	p := &Pool{jobs: make(chan *job), deadline: deadline, closing: make(chan struct{}), size: workers, begin: begin}
	for range workers {
		p.workers.Go(p.work)
	}
	return p
}

// Observe has the pool tell m of what it does. Call it before the first Do.
func (p *Pool) Observe(m *observe.Hashing) {
	p.metrics = m
	m.Watch(func() observe.HashingNow {
		s := p.Stats()
		return observe.HashingNow{Workers: s.Workers, Busy: s.Running, Waiting: s.Waiting}
	})
}

// Do runs work on a worker and returns when it has ended. Both limits, the
// queue deadline and ctx, are for waiting only: work that has begun is finished
// and waited for.
//
// It returns fault.ErrOverloaded, with a RetryAfter of 1 to 3 s drawn at random
// so that those turned away together do not come back together, when no worker
// got free in time, when ctx ended first (its error is the cause) and when the
// pool is closed (ErrClosed is). A panic in work comes back as
// fault.ErrInternal. Work must not call runtime.Goexit.
func (p *Pool) Do(ctx context.Context, work func()) error {
	if err := p.Admit(); err != nil {
		return err
	}
	began := time.Now()
	p.stats.waiting.Add(1)
	j := &job{work: work, done: make(chan struct{})}
	err := p.enqueue(ctx, j)
	p.stats.waiting.Add(-1)
	waited := time.Since(began)
	p.stats.waited.Add(int64(waited))
	p.metrics.Waited(waited)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			p.stats.canceled.Add(1)
			p.metrics.Canceled()
		} else {
			p.stats.shed.Add(1)
			p.metrics.Shed()
		}
		return err
	}
	<-j.done
	return j.err
}

// Admit returns what Do would return after all its waiting, for a caller who
// would wait longer than the queue deadline; else nil. It is for those who have
// something to do before Do that is in vain then.
func (p *Pool) Admit() error {
	if p.expected() <= p.deadline {
		return nil
	}
	p.stats.shed.Add(1)
	p.metrics.Shed()
	return overloaded(nil)
}

// expected is how long one more caller would wait: for those before them, and
// for half of what the workers have at hand.
func (p *Pool) expected() time.Duration {
	workers := int64(p.size)
	if p.stats.running.Load() < workers {
		return 0
	}
	return time.Duration(p.stats.recent.Load() * (2*p.stats.waiting.Load() + 1) / (2 * workers))
}

func (p *Pool) enqueue(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return overloaded(err)
	}
	timer := time.NewTimer(p.deadline)
	defer timer.Stop()
	select {
	case p.jobs <- j:
		return nil
	case <-timer.C:
		return overloaded(nil)
	case <-ctx.Done():
		return overloaded(ctx.Err())
	case <-p.closing:
		return overloaded(ErrClosed)
	}
}

func overloaded(cause error) error {
	return fault.ErrOverloaded.Because(cause).After(time.Second + rand.N(2*time.Second))
}

// Close turns new callers and waiting ones away and returns once the running
// work has ended. It may be called more than once.
func (p *Pool) Close() {
	p.once.Do(func() { close(p.closing) })
	p.workers.Wait()
}

// work is one worker. It never gives its thread back to Go: ending locked ends
// the thread, and its niceness with it.
func (p *Pool) work() {
	runtime.LockOSThread()
	p.begin()
	for {
		select {
		case <-p.closing:
			return
		case j := <-p.jobs:
			p.run(j)
		}
	}
}

// run does one job and survives its panic, whose value stays out of the error
// unless it is the runtime's own: anything else might hold a password.
func (p *Pool) run(j *job) {
	began := time.Now()
	p.stats.running.Add(1)
	defer func() {
		if r := recover(); r != nil {
			cause := fmt.Errorf("password: panic in the pool: %T", r)
			if re, ok := r.(runtime.Error); ok {
				cause = fmt.Errorf("password: panic in the pool: %w", re)
			}
			j.err = fault.ErrInternal.Because(cause)
		}
		p.stats.running.Add(-1)
		p.stats.done.Add(1)
		took := int64(time.Since(began))
		p.stats.worked.Add(took)
		p.stats.recent.Add((took - p.stats.recent.Load()) / recentOf) // workers may lose each other's part
		close(j.done)
	}()
	j.work()
}

// processors remembers by how much this process's GOMAXPROCS was raised.
var processors struct {
	sync.Mutex
	added int
}

// addProcessors raises GOMAXPROCS until it has been raised by workers and
// returns the number of workers to start, which for 0 or less is the number of
// processors that Go had by itself.
func addProcessors(workers int) int {
	processors.Lock()
	defer processors.Unlock()
	now := runtime.GOMAXPROCS(0)
	if workers < 1 {
		workers = max(1, now-processors.added)
	}
	if more := workers - processors.added; more > 0 {
		runtime.GOMAXPROCS(now + more)
		processors.added = workers
	}
	return workers
}

// counters are what Stats reads.
type counters struct {
	waiting, running, waited, worked atomic.Int64
	recent                           atomic.Int64 // nanoseconds of one piece of work, of late
	done, shed, canceled             atomic.Uint64
}

// Stats is the pool at one moment, for metrics. The figures are read one by one
// and may be a call apart.
type Stats struct {
	Workers int // threads
	Waiting int // callers in the queue
	Running int // workers at work

	Done     uint64 // pieces of work ended, panics included
	Shed     uint64 // callers turned away: past a deadline, or the pool closed
	Canceled uint64 // callers that left the queue by themselves

	Waited time.Duration // in the queue, summed over all callers
	Worked time.Duration // at work, summed over Done
}

// Stats reads the pool's figures; it takes no lock.
func (p *Pool) Stats() Stats {
	s := &p.stats
	return Stats{
		Workers: p.size, Waiting: int(s.waiting.Load()), Running: int(s.running.Load()),
		Done: s.done.Load(), Shed: s.shed.Load(), Canceled: s.canceled.Load(),
		Waited: time.Duration(s.waited.Load()), Worked: time.Duration(s.worked.Load()),
	}
}
