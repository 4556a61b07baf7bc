package retention

import (
	"context"
	"fmt"
	"time"
)

// Batch is how many rows one statement removes: some ten milliseconds' work.
const Batch = 1000

// Table is one table's expired rows.
type Table struct {
	Name string
	// Drop removes at most so many of them, in one statement, and says how many.
	Drop func(ctx context.Context, most int32) (int64, error)
	// Count says how many there are.
	Count func(context.Context) (int64, error)
}

// Sweep removes what is expired in a table, batch by batch, until there is no
// more or ctx is done, and says how many. pause is how long it rests between two
// batches. tell, which may be nil, is told the sum after each batch.
func Sweep(ctx context.Context, t Table, pause time.Duration, tell func(removed int64)) (removed int64, err error) {
	for {
		n, err := t.Drop(ctx, Batch)
		removed += n
		if err != nil {
			return removed, fmt.Errorf("drop old %s: %w", t.Name, err)
		}
		if tell != nil && n > 0 {
			tell(removed)
		}
		if n < Batch {
			return removed, nil
		}
		select {
		case <-ctx.Done():
			return removed, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// sweepTime bounds what a service does of this in one minute; the rest has time
// until the next.
const sweepTime = 30 * time.Second

// SweepAll is a service's own tidying up, once a minute: of all tables, as far as
// it comes in half of that. failed gets what went wrong with one; the others are
// swept all the same.
func SweepAll(ctx context.Context, tables []Table, failed func(table string, err error)) {
	ctx, cancel := context.WithTimeout(ctx, sweepTime)
	defer cancel()
	for _, t := range tables {
		if _, err := Sweep(ctx, t, 0, nil); err != nil && ctx.Err() == nil {
			failed(t.Name, err)
		}
	}
}
