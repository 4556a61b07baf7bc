package password_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/password"
)

func newPool(t testing.TB, workers int, deadline time.Duration) *password.Pool {
	t.Helper()
	p := password.NewPool(workers, deadline)
	t.Cleanup(p.Close)
	return p
}

// patiently calls Do until it is not turned away: on a busy machine a worker of
// nice 19 may not get to a piece of work within a short deadline.
func patiently(p *password.Pool, work func()) error {
	for {
		if err := p.Do(context.Background(), work); !errors.Is(err, fault.ErrOverloaded) || errors.Is(err, password.ErrClosed) {
			return err
		}
	}
}

// occupy keeps one worker busy until the returned function is called.
func occupy(t testing.TB, p *password.Pool) (release func()) {
	t.Helper()
	started, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { ended <- patiently(p, func() { close(started); <-end }) }()
	<-started
	return sync.OnceFunc(func() {
		close(end)
		if err := <-ended; err != nil {
			t.Errorf("the work that ran: %v", err)
		}
	})
}

func wantOverloaded(t testing.TB, err, cause error) {
	t.Helper()
	f := fault.As(err)
	if f == nil || !errors.Is(err, fault.ErrOverloaded) {
		t.Fatalf("Do = %v, want overloaded", err)
	}
	if f.RetryAfter < time.Second || f.RetryAfter > 3*time.Second {
		t.Errorf("RetryAfter = %v, want 1 to 3 s", f.RetryAfter)
	}
	if cause != nil && !errors.Is(err, cause) {
		t.Errorf("Do = %v, want the cause %v", err, cause)
	}
}

func TestPoolBounds(t *testing.T) {
	t.Parallel()
	p := newPool(t, 2, time.Minute)
	var running, most, ran atomic.Int64
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			err := p.Do(context.Background(), func() {
				now := running.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				time.Sleep(time.Millisecond)
				running.Add(-1)
				ran.Add(1)
			})
			if err != nil {
				t.Errorf("Do: %v", err)
			}
		})
	}
	callers.Wait()
	if ran.Load() != 64 || most.Load() != 2 {
		t.Errorf("ran %d, at most %d at once; want 64, 2", ran.Load(), most.Load())
	}
	s := p.Stats()
	if s.Workers != 2 || s.Done != 64 || s.Shed != 0 || s.Canceled != 0 || s.Waiting != 0 || s.Running != 0 {
		t.Errorf("Stats = %+v", s)
	}
	if s.Worked < 64*time.Millisecond || s.Waited < s.Worked {
		t.Errorf("Stats = %+v", s)
	}
}

// TestPoolSheds has 64 callers want one worker that is taken: all are turned
// away in time, and the work that runs past the deadline is finished.
func TestPoolSheds(t *testing.T) {
	t.Parallel()
	const deadline = 50 * time.Millisecond
	p := newPool(t, 1, deadline)
	release := occupy(t, p)
	var callers sync.WaitGroup
	for range 64 {
		callers.Go(func() {
			began := time.Now()
			err := p.Do(context.Background(), func() { t.Error("ran") })
			wantOverloaded(t, err, nil)
			if took := time.Since(began); took < deadline || took > deadline+5*time.Second {
				t.Errorf("turned away after %v", took)
			}
		})
	}
	callers.Wait()
	if s := p.Stats(); s.Shed < 64 || s.Running != 1 || s.Waiting != 0 || s.Waited < 64*deadline {
		t.Errorf("Stats = %+v", s)
	}
	release()
	if err := patiently(p, func() {}); err != nil {
		t.Errorf("Do after the storm: %v", err)
	}
}

// TestPoolTurnsAwayAtOnce has callers want a worker who, by what the last pieces
// of work took, comes to them too late: they are told before they wait.
func TestPoolTurnsAwayAtOnce(t *testing.T) {
	t.Parallel()
	const deadline = 10 * time.Second
	p := newPool(t, 1, deadline)
	if err := p.Admit(); err != nil {
		t.Errorf("an idle pool admits nobody: %v", err)
	}
	release := occupy(t, p)
	for p.Stats().Waiting > 0 { // its caller has yet to see that it waits no longer
		time.Sleep(time.Millisecond)
	}
	p.ExpectEach(deadline) // each takes as long as anybody may wait
	if err := p.Admit(); err != nil {
		t.Errorf("half of one piece of work is to be waited for: %v", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- p.Do(context.Background(), func() {}) }()
	for p.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	began := time.Now()
	wantOverloaded(t, p.Admit(), nil)
	wantOverloaded(t, p.Do(context.Background(), func() { t.Error("ran") }), nil)
	if took := time.Since(began); took > deadline/2 {
		t.Errorf("turned away after %v", took)
	}
	if s := p.Stats(); s.Shed != 2 || s.Waiting != 1 {
		t.Errorf("Stats = %+v", s)
	}
	release()
	if err := <-waited; err != nil {
		t.Errorf("who waited already is turned away: %v", err)
	}
	if p.EachTakes() >= deadline {
		t.Error("quick work does not shorten what is expected")
	}
}

func TestPoolContext(t *testing.T) {
	t.Parallel()
	p := newPool(t, 1, time.Minute)
	metrics := observe.NewMetrics("users")
	p.Observe(metrics.Hashing())
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	wantOverloaded(t, p.Do(gone, func() { t.Error("ran for a caller that had gone") }), context.Canceled)

	release := occupy(t, p)
	short, cancelShort := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancelShort()
	wantOverloaded(t, p.Do(short, func() { t.Error("ran past its deadline") }), context.DeadlineExceeded)
	if s := p.Stats(); s.Canceled != 1 || s.Shed != 1 {
		t.Errorf("Stats = %+v", s)
	}
	told := httptest.NewRecorder()
	metrics.Handler(slog.New(slog.DiscardHandler)).ServeHTTP(told, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{`queue_left_total{reason="canceled"} 1`, `queue_left_total{reason="shed"} 1`, `password_workers_busy 1`} {
		if !strings.Contains(told.Body.String(), want) {
			t.Errorf("the metrics do not tell %s:\n%s", want, told.Body)
		}
	}
	release()

	// Work that has begun is finished and its result given, though the caller left.
	leaving, leave := context.WithCancel(context.Background())
	finished := false
	if err := p.Do(leaving, func() { leave(); time.Sleep(5 * time.Millisecond); finished = true }); err != nil || !finished {
		t.Errorf("Do = %v, finished %v", err, finished)
	}
}

func TestPoolPanics(t *testing.T) {
	t.Parallel()
	p := newPool(t, 1, time.Minute)
	for range 3 { // one worker: it must have lived
		err := p.Do(context.Background(), func() { panic("hunter2") })
		if !errors.Is(err, fault.ErrInternal) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Do = %v", err)
		}
		err = p.Do(context.Background(), func() { var m map[int]int; m[0] = 1 })
		var re runtime.Error
		if !errors.Is(err, fault.ErrInternal) || !errors.As(err, &re) {
			t.Errorf("Do = %v", err)
		}
	}
	if s := p.Stats(); s.Done != 6 || s.Running != 0 {
		t.Errorf("Stats = %+v", s)
	}
}

func TestPoolClose(t *testing.T) {
	t.Parallel()
	p := password.NewPool(1, time.Minute)
	release := occupy(t, p)
	queued := make(chan error, 1)
	go func() { queued <- p.Do(context.Background(), func() { t.Error("ran after Close") }) }()
	for p.Stats().Waiting == 0 {
		time.Sleep(time.Millisecond)
	}
	closed := make(chan struct{})
	go func() { p.Close(); close(closed) }()
	wantOverloaded(t, <-queued, password.ErrClosed)
	select {
	case <-closed:
		t.Error("Close did not wait for running work")
	case <-time.After(20 * time.Millisecond):
	}
	release()
	<-closed
	p.Close()
	wantOverloaded(t, p.Do(context.Background(), func() { t.Error("ran") }), password.ErrClosed)
}

// TestPoolProcessors is not parallel: it reads what every pool may raise.
func TestPoolProcessors(t *testing.T) {
	newPool(t, 3, 0)
	before := runtime.GOMAXPROCS(0)
	newPool(t, 3, 0)
	newPool(t, 2, 0)
	if now := runtime.GOMAXPROCS(0); now != before {
		t.Errorf("GOMAXPROCS went from %d to %d for pools no larger than the first", before, now)
	}
	newPool(t, 5, 0)
	if now := runtime.GOMAXPROCS(0); now < before || now > before+2 {
		t.Errorf("GOMAXPROCS went from %d to %d for two workers more", before, now)
	}
	if s := newPool(t, 0, 0).Stats(); s.Workers < 1 || s.Workers > runtime.NumCPU() {
		t.Errorf("a default pool has %d workers", s.Workers)
	}
}
