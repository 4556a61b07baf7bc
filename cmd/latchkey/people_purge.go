package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/users"
)

type purgeCommand struct {
	People []string      `arg:"" name:"person" help:"Ids, usernames or addresses. An id of somebody who is gone removes what is left of them."`
	Yes    bool          `help:"Do not ask."`
	Settle time.Duration `default:"${settle}" help:"Wait so long, between the two databases, for requests that had the account's answer before it went."`

	stopped bool // no service runs
	refused bool // what main turns into exitPartly
}

// settle is over the time that a request has.
const settle = 6 * time.Second

// sending bounds the wait for a mail that is on its way: its job ends by then.
const sending = 40 * time.Second

// Run erases one person after the other.
func (p *purgeCommand) Run(ctx context.Context) error {
	return withBoth(ctx, func(s *users.Service, pool *pgxpool.Pool) error {
		for _, word := range p.People {
			found, err := findPerson(ctx, s, pool, word)
			if err != nil {
				return err
			}
			if !p.Yes && !confirmed(found) {
				p.refused = true
				continue
			}
			if err := p.erase(ctx, s, pool, found); err != nil {
				return fmt.Errorf("%s: %w", found.id, err)
			}
		}
		return nil
	})
}

func confirmed(p person) bool {
	who := "what is left of it"
	if p.account != nil {
		who = fmt.Sprintf("%s <%s>", p.account.Username, p.account.Email)
	}
	fmt.Fprintf(os.Stderr, "Account %s: %s. It can't be undone.\nType yes to erase it (--yes does not ask): ", p.id, who)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err == nil && strings.TrimSpace(line) == "yes"
}

// erase takes the account first, so that nobody signs in to it any more, lets
// what is on its way arrive, and then takes what the auth service has.
func (p *purgeCommand) erase(ctx context.Context, s *users.Service, pool *pgxpool.Pool, who person) error {
	purged, err := s.ErasePerson(ctx, who.id, who.names)
	switch {
	case errors.Is(err, users.ErrLastAdmin):
		fmt.Fprintf(os.Stderr, "%s: is the last admin; nothing was changed\n", who.id)
		p.refused = true
		return nil
	case err != nil:
		return err
	case purged:
		if err := pause(ctx, p.Settle); err != nil {
			return err
		}
	}
	sum, err := eraseInAuth(ctx, pool, who, p.stopped)
	if err != nil {
		return err
	}
	fmt.Printf("%s: account %s; auth: %d sessions, %d one-time tokens, %d jobs, %d intents, %d kept answers removed, %d events redacted\n",
		who.id, map[bool]string{true: "purged", false: "was gone"}[purged], sum.Sessions, sum.Tokens, sum.Jobs, sum.Begun, sum.Answers, sum.Events)
	if sum.Running > 0 {
		p.refused = true
		fmt.Fprintf(os.Stderr, "%s: %d jobs about them still run; purge the id again in a minute\n", who.id, sum.Running)
	}
	return nil
}

// eraseInAuth goes round until nothing is left, or jobs run for too long.
func eraseInAuth(ctx context.Context, pool *pgxpool.Pool, who person, stopped bool) (sum auth.Erased, err error) {
	for deadline := time.Now().Add(sending); ; {
		done, err := auth.ErasePerson(ctx, pool, who.id, who.names, stopped)
		sum.Sessions, sum.Tokens, sum.Begun = sum.Sessions+done.Sessions, sum.Tokens+done.Tokens, sum.Begun+done.Begun
		sum.Answers, sum.Jobs, sum.Events = sum.Answers+done.Answers, sum.Jobs+done.Jobs, sum.Events+done.Events
		sum.Running = done.Running
		if err != nil || done.Running == 0 || time.Now().After(deadline) {
			return sum, err
		}
		if err := pause(ctx, time.Second); err != nil {
			return sum, err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
