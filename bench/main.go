package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/bench/result"
)

// options are what the command line may change.
type options struct {
	programs string // where they are
	out      string
	profiles string // a directory: take profiles and measure nothing
	rounds   int
	seconds  float64
	only     *regexp.Regexp
	many     int64 // accounts and sessions: measure 10,000 of them and so many, and nothing else
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var o options
	only := ""
	flag.StringVar(&o.programs, "bin", "bin", "directory with the programs: users, auth, latchkey, floor")
	flag.StringVar(&o.out, "out", "bin/bench", "directory for result.json and index.html")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each operation at each concurrency")
	flag.Float64Var(&o.seconds, "seconds", 3, "length of a round")
	flag.StringVar(&o.profiles, "profiles", "", "write CPU and allocation profiles of both services under each operation to this directory, and measure nothing")
	flag.Int64Var(&o.many, "scale", 0, "measure on 10,000 accounts and sessions and on so many in turns, and nothing else")
	flag.StringVar(&only, "only", "", "regular expression: of "+fmt.Sprint(partNames())+", or with -scale of the operations, those that match")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(only); err == nil {
		err = run(ctx, o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part is one part of the benchmark, to be had alone by -only.
type part struct {
	name string
	run  func(*benchmark, context.Context) error
}

func parts() []part {
	return []part{
		{"look-up", (*benchmark).lookUps},
		{"static", (*benchmark).statics},
		{"refresh", (*benchmark).refreshes},
		{"create", (*benchmark).creates},
		{"list", (*benchmark).lists},
		{"login", (*benchmark).logins},
		{"storm", (*benchmark).storms},
		{"open-loop", (*benchmark).openLoops},
		{"refresh-es256", (*benchmark).refreshesES256},
		{"programs", (*benchmark).startsAndSizes},
	}
}

func partNames() (names []string) {
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// benchmark is one run under way.
type benchmark struct {
	options
	*system
	crowd      *crowd
	primitives map[string]primitive
	found      *result.Run
}

func run(ctx context.Context, o options) error {
	b := &benchmark{options: o, primitives: map[string]primitive{}, found: &result.Run{Began: time.Now()}}
	b.found.Settings = result.Settings{Rounds: o.rounds, Seconds: o.seconds}
	list, err := primitives()
	if err != nil {
		return err
	}
	for _, p := range list {
		b.primitives[p.name] = p
	}
	if o.many > 0 {
		return b.scale(ctx)
	}
	if b.system, err = openSystem(ctx, o.programs, false, "6GB"); err != nil {
		return err
	}
	defer b.close()
	if err := b.prepare(ctx); err != nil {
		return err
	}
	for _, p := range parts() {
		if !o.only.MatchString(p.name) {
			continue
		}
		note("%s", p.name)
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return b.finish(ctx)
}

func note(format string, what ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, what...))
}

// prepare starts the services with bcrypt's cost at 10 for what is not about
// sign-ins, makes accounts and sessions, and starts the floor.
func (b *benchmark) prepare(ctx context.Context) error {
	note("accounts and sessions")
	if err := b.serve(ctx, "BCRYPT_COST=10"); err != nil {
		return err
	}
	admin, err := b.login(adminName, adminPassword)
	if err != nil {
		return err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(personPassword), 10)
	if err != nil {
		return err
	}
	b.crowd = &crowd{admin: admin.AccessToken, hash: string(hash)}
	if b.crowd.ten, err = b.makePeople(ctx, admin.AccessToken, "ten", 1000, 10); err != nil {
		return err
	}
	if b.crowd.twelve, err = b.makePeople(ctx, admin.AccessToken, "twelve", 200, 12); err != nil {
		return err
	}
	for _, name := range b.crowd.ten[:48] {
		g, err := b.login(name, personPassword)
		if err != nil {
			return err
		}
		b.crowd.sessions = append(b.crowd.sessions, g.RefreshToken)
	}
	rows, err := b.admin.Query(ctx, "SELECT id::text FROM users.users WHERE username LIKE 'ten%' ORDER BY random()")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		b.crowd.accounts = append(b.crowd.accounts, id)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return b.startFloor(ctx, b.crowd)
}
