package fill

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/bcrypt"
)

// Password is every account's.
const Password = "correct horse battery staple"

// DefaultCost is the cost of the bcrypt hash, as the services make it.
const DefaultCost = 12

// maxKept is how many rows a table may have before: those of an admin who was
// made at the first start, and of what came of trying things out.
const maxKept = 1000

var (
	// ErrNotEmpty says that a table holds more than a first start leaves.
	ErrNotEmpty = errors.New("the database is in use")
	// ErrNotSuperuser says that the URL does not log in as a superuser, who
	// alone may set indexes and foreign keys aside.
	ErrNotSuperuser = errors.New("the role is no superuser")
)

// Options say how much to make.
type Options struct {
	Users    int64 // accounts, at least 1
	Sessions int64 // live ones, spread over the accounts
	Cost     int   // of the accounts' bcrypt hash; 0 is DefaultCost
	NoAudit  bool  // leave out the events of accounts and sessions: half of all bytes
	// Report is told what is done and how long it took, from several goroutines.
	// Nil is silent.
	Report func(done string, took time.Duration)
}

// Run makes the accounts and sessions in the database of url, which logs in as
// a superuser, then vacuums and analyzes it. The few rows that are there
// already stay. Tables are locked meanwhile: services that run on them wait.
//
// It returns ErrNotEmpty, ErrNotSuperuser or what the database says. Each table
// is then filled, indexed and committed, or as it was before.
func Run(ctx context.Context, url string, o Options) error {
	if o.Users < 1 || o.Sessions < 0 {
		return fmt.Errorf("fill: %d accounts, %d sessions", o.Users, o.Sessions)
	}
	if o.Cost == 0 {
		o.Cost = DefaultCost
	}
	if o.Report == nil {
		o.Report = func(string, time.Duration) {}
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), o.Cost)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	now, err := check(ctx, conn)
	if err != nil {
		return err
	}
	if err := runAll(ctx, url, loads(content{Options: o, hash: string(hash), now: now}), o.Report); err != nil {
		return err
	}
	began := time.Now()
	if _, err := conn.Exec(ctx, "VACUUM (ANALYZE)"); err != nil {
		return err
	}
	o.Report("vacuum and analyze", time.Since(began))
	return nil
}

// runAll runs as many loads at once as there are processors, and two at least:
// the first that fails ends the others.
func runAll(ctx context.Context, url string, all []load, report func(string, time.Duration)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan load, len(all))
	for _, l := range all {
		queue <- l
	}
	close(queue)
	var workers sync.WaitGroup
	for range max(2, runtime.NumCPU()) {
		workers.Go(func() {
			for l := range queue {
				if err := l.run(ctx, url, report); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// check gives the database's clock, once it is sure that nothing is lost.
func check(ctx context.Context, conn *pgx.Conn) (now time.Time, err error) {
	var super bool
	err = conn.QueryRow(ctx, "SELECT now(), rolsuper FROM pg_roles WHERE rolname = current_user").Scan(&now, &super)
	if err != nil {
		return now, err
	}
	if !super {
		return now, ErrNotSuperuser
	}
	for _, table := range tableNames {
		var over bool
		err := conn.QueryRow(ctx, fmt.Sprintf("SELECT EXISTS (SELECT FROM %s OFFSET %d)", table, maxKept)).Scan(&over)
		if err != nil {
			return now, err
		}
		if over {
			return now, fmt.Errorf("%w: %s has more than %d rows", ErrNotEmpty, table, maxKept)
		}
	}
	return now, nil
}
