package main

import (
	"context"
	"time"

	"github.com/latchkey-id/latchkey/bench/result"
)

// concurrencies are how many connections send at once.
var concurrencies = []int{1, 8, 32}

// compare measures operations in rounds that take turns, at each concurrency,
// after a warm-up of each, and counts their statements.
func (b *benchmark) compare(ctx context.Context, operations ...*operation) error {
	if b.profiles != "" {
		return b.profile(ctx, operations)
	}
	for _, n := range concurrencies {
		measured := make([]result.Operation, len(operations))
		for i, o := range operations {
			measured[i] = result.Operation{Name: o.name, Variant: o.variant, Concurrency: n}
			if _, err := closed(ctx, o, n, time.Second, 0); err != nil {
				return err
			}
		}
		for range b.rounds {
			for i, o := range operations {
				round, err := b.round(ctx, o, n, time.Duration(b.seconds*float64(time.Second)), 0)
				if err != nil {
					return err
				}
				measured[i].Rounds = append(measured[i].Rounds, round)
			}
		}
		if _, err := b.system.admin.Exec(ctx, "VACUUM (ANALYZE)"); err != nil {
			return err
		}
		b.found.Operations = append(b.found.Operations, measured...)
	}
	for _, o := range operations {
		statements, commands, err := b.countStatements(ctx, o)
		if err != nil {
			return err
		}
		for i := range b.found.Operations {
			if found := &b.found.Operations[i]; found.Name == o.name && found.Variant == o.variant {
				found.Statements, found.Commands = statements, commands
			}
		}
	}
	return nil
}

// round is one round with the CPU that each used in it.
func (b *benchmark) round(ctx context.Context, o *operation, n int, during time.Duration, most int64) (result.Round, error) {
	before := b.used()
	round, err := closed(ctx, o, n, during, most)
	if err != nil {
		return round, err
	}
	if err := ctx.Err(); err != nil {
		return round, err
	}
	round.CPU = b.used().since(before, round.Requests)
	return round, nil
}

func (b *benchmark) lookUps(ctx context.Context) error {
	return b.compare(ctx, b.lookUpFloor(b.crowd), b.lookUp(b.crowd))
}

func (b *benchmark) statics(ctx context.Context) error {
	list := b.static()
	if err := b.compare(ctx, list[0], list[1]); err != nil {
		return err
	}
	return b.compare(ctx, list[2], list[3])
}

func (b *benchmark) refreshes(ctx context.Context) error {
	for _, name := range []string{rsaSignature, ecdsaSignature} {
		b.found.Primitives = append(b.found.Primitives, b.primitives[name].measure(2*time.Second, 0))
	}
	return b.compare(ctx, b.refresh(b.crowd))
}

func (b *benchmark) creates(ctx context.Context) error { return b.compare(ctx, b.create(b.crowd)) }
func (b *benchmark) lists(ctx context.Context) error   { return b.compare(ctx, b.list(b.crowd)) }

func (b *benchmark) logins(ctx context.Context) error         { _ = ctx; return nil }
func (b *benchmark) storms(ctx context.Context) error         { _ = ctx; return nil }
func (b *benchmark) openLoops(ctx context.Context) error      { _ = ctx; return nil }
func (b *benchmark) startsAndSizes(ctx context.Context) error { _ = ctx; return nil }
