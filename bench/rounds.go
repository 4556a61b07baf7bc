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
		if err := b.compareAt(ctx, n, 0, operations...); err != nil {
			return err
		}
	}
	for _, o := range operations {
		if o.work != nil {
			continue
		}
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

// compareAt measures operations at one concurrency; most ends a round after so
// many requests, where it is not 0, and not after its time.
func (b *benchmark) compareAt(ctx context.Context, n int, most int64, operations ...*operation) error {
	during := time.Duration(b.seconds * float64(time.Second))
	if most > 0 {
		during = time.Minute
	}
	measured := make([]result.Operation, len(operations))
	for i, o := range operations {
		measured[i] = result.Operation{Name: o.name, Variant: o.variant, Concurrency: n}
		if _, err := b.round(ctx, o, n, time.Second, 0); err != nil {
			return err
		}
	}
	for range b.rounds {
		for i, o := range operations {
			round, err := b.round(ctx, o, n, during, most)
			if err != nil {
				return err
			}
			measured[i].Rounds = append(measured[i].Rounds, round)
		}
	}
	b.found.Operations = append(b.found.Operations, measured...)
	_, err := b.admin.Exec(ctx, "VACUUM (ANALYZE)")
	return err
}

// round is one round with the CPU that each used in it.
func (b *benchmark) round(ctx context.Context, o *operation, n int, during time.Duration, most int64) (result.Round, error) {
	if o.work != nil {
		return o.work.round(during, most), ctx.Err()
	}
	on := b.system
	if o.on != nil {
		on = o.on
	}
	before := on.used()
	round, err := closed(ctx, o, n, during, most)
	if err != nil {
		return round, err
	}
	if err := ctx.Err(); err != nil {
		return round, err
	}
	round.CPU = on.used().since(before, round.Requests)
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

// refreshes are held against the one signature that each must make.
func (b *benchmark) refreshes(ctx context.Context) error {
	o := b.refresh(b.crowd)
	return b.compare(ctx, b.floorOf(o.name, rsaSignature), o)
}

// refreshesES256 does the same with keys of the other algorithm.
func (b *benchmark) refreshesES256(ctx context.Context) error {
	if err := b.restart(ctx, true, "BCRYPT_COST=10", "KEY_ALG=ES256"); err != nil {
		return err
	}
	o := b.refresh(b.crowd)
	o.name += " under ES256"
	if err := b.compare(ctx, b.floorOf(o.name, ecdsaSignature), o); err != nil {
		return err
	}
	return b.restart(ctx, true, "BCRYPT_COST=10")
}

// restart starts the services with other settings, and with new signing keys
// where it is asked to; the administrator signs in anew.
func (b *benchmark) restart(ctx context.Context, keys bool, env ...string) error {
	b.stopServices()
	if keys {
		if _, err := b.admin.Exec(ctx, "TRUNCATE auth.signing_keys CASCADE"); err != nil {
			return err
		}
	}
	if err := b.serve(ctx, env...); err != nil {
		return err
	}
	if err := b.awaitToken(ctx); err != nil {
		return err
	}
	admin, err := b.login(adminName, adminPassword)
	if err == nil {
		b.crowd.admin = admin.AccessToken
	}
	return err
}

// floorOf is an operation's floor that is a primitive.
func (b *benchmark) floorOf(name, primitive string) *operation {
	p := b.primitives[primitive]
	return &operation{name: name, variant: "floor", work: &p}
}

func (b *benchmark) creates(ctx context.Context) error { return b.compare(ctx, b.create(b.crowd)) }
func (b *benchmark) lists(ctx context.Context) error   { return b.compare(ctx, b.list(b.crowd)) }

// logins are measured at both ends of what is sensible, each against the bare
// hash on the same cores.
func (b *benchmark) logins(ctx context.Context) error {
	for _, at := range []struct {
		cost      string
		primitive string
		people    []string
		most      int64
	}{{"10", bcrypt10, b.crowd.ten, 150}, {"12", bcrypt12, b.crowd.twelve, 50}} {
		// Eight at a time wait longer than a person would: nothing is to be shed here.
		if err := b.restart(ctx, false, "BCRYPT_COST="+at.cost, "HASH_QUEUE=3s"); err != nil {
			return err
		}
		o := b.signIn("POST /auth/login, bcrypt cost "+at.cost, at.people)
		if b.profiles != "" {
			if err := b.profile(ctx, []*operation{o}); err != nil {
				return err
			}
			continue
		}
		if err := b.compareAt(ctx, 8, at.most, b.floorOf(o.name, at.primitive), o); err != nil {
			return err
		}
	}
	return b.restart(ctx, false, "BCRYPT_COST=10")
}

// storms are at the defaults.
func (b *benchmark) storms(ctx context.Context) error {
	if b.profiles != "" {
		return nil
	}
	for _, at := range []struct {
		cost      string
		primitive string
		people    []string
	}{{"10", bcrypt10, b.crowd.ten}, {"12", bcrypt12, b.crowd.twelve}} {
		if err := b.restart(ctx, false, "BCRYPT_COST="+at.cost); err != nil {
			return err
		}
		hashes := b.primitives[at.primitive].measure(5*time.Second, 0).Rate
		storm, err := b.storm(ctx, b.crowd, at.people, hashes, 20*time.Second)
		if err != nil {
			return err
		}
		storm.Name = "bcrypt cost " + at.cost
		b.found.Storms = append(b.found.Storms, *storm)
	}
	return b.restart(ctx, false, "BCRYPT_COST=10")
}

// openLoops are a look-up and a sign-in at a rate that is a part of what the
// machine can do, whatever becomes of the ones before.
func (b *benchmark) openLoops(ctx context.Context) error {
	if b.profiles != "" {
		return nil
	}
	for _, o := range []struct {
		*operation
		rate        float64
		connections int
	}{
		{b.lookUp(b.crowd), 500, 64},
		{b.signIn("POST /auth/login, bcrypt cost 10", b.crowd.ten), b.primitives[bcrypt10].measure(3*time.Second, 0).Rate / 2, 64},
	} {
		found, err := paced(ctx, o.operation, o.rate, o.connections, 20*time.Second, nil)
		if err != nil {
			return err
		}
		b.found.Paced = append(b.found.Paced, found)
	}
	return nil
}

func (b *benchmark) startsAndSizes(ctx context.Context) (err error) {
	if b.profiles != "" {
		return nil
	}
	if err := b.restart(ctx, false); err != nil {
		return err
	}
	b.found.Programs, err = b.system.programs(ctx, 10)
	return err
}
