package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/jobs"
)

// mailCommand is what an operator does with mails. All of it runs as the role
// that the auth service runs as.
type mailCommand struct {
	List  mailListCommand  `cmd:"" help:"List mails, the newest first."`
	Retry mailRetryCommand `cmd:"" help:"Have mails sent at once. Exit code 3: some cannot be."`
	Drop  mailDropCommand  `cmd:"" help:"Remove mails for good. Exit code 3: some cannot be."`
}

// withJobs opens the auth service's jobs for do, without working any.
func withJobs(ctx context.Context, do func(*jobs.Client) error) error {
	return withAuthDatabase(ctx, func(_ config.Auth, pool *pgxpool.Pool) error {
		client, err := jobs.New(ctx, jobs.Options{Pool: pool})
		if err != nil {
			return err
		}
		return do(client)
	})
}

type mailListCommand struct {
	State      string `enum:"dead,waiting,all" default:"dead" help:"dead (given up), waiting (to be tried yet) or all."`
	Limit      int    `default:"100" help:"At most so many, 1 to 10000."`
	JSON       bool   `help:"One JSON object a line."`
	Recipients bool   `help:"Show addresses: the recipient's, and those in errors."`
	ExitCode   bool   `help:"Exit with 3 where there is any."`

	found bool // what main turns into exitPartly
}

// Run lists mails.
func (l *mailListCommand) Run(ctx context.Context) error {
	if l.Limit < 1 || l.Limit > 10_000 {
		return errors.New("--limit: must be 1 to 10000")
	}
	return withJobs(ctx, func(c *jobs.Client) error {
		mails, err := c.List(ctx, jobs.Filter{Queue: jobs.MailQueue, State: l.State, Limit: l.Limit, Recipients: l.Recipients})
		if err != nil {
			return err
		}
		l.found = l.ExitCode && len(mails) > 0
		out := bufio.NewWriter(os.Stdout)
		if l.JSON {
			err = writeLines(out, mails)
		} else {
			err = writeTable(out, mails, l.Recipients)
		}
		return errors.Join(err, out.Flush())
	})
}

func writeLines(to io.Writer, mails []jobs.Job) error {
	encoder := json.NewEncoder(to)
	for _, mail := range mails {
		if err := encoder.Encode(mail); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(to io.Writer, mails []jobs.Job, recipients bool) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	recipient := func(text string) string {
		if !recipients {
			return ""
		}
		return text + "\t"
	}
	fmt.Fprintf(table, "ID\tKIND\tSTATE\tATTEMPT\tCREATED\tNEXT TRY\t%sLAST ERROR\n", recipient("TO"))
	for _, m := range mails {
		next := "-"
		if m.NextTry != nil {
			next = m.NextTry.Format(time.RFC3339)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%d/%d\t%s\t%s\t%s%s\n", m.ID, m.Kind, m.State, m.Attempt, m.MaxAttempts,
			m.CreatedAt.Format(time.RFC3339), next, recipient(m.Recipient), m.LastError)
	}
	return table.Flush()
}

type mailRetryCommand struct {
	IDs []int64 `arg:"" optional:"" name:"id" help:"Which, as mail list says."`
	All bool    `help:"All that are dead."`

	refused bool // what main turns into exitPartly
}

// Run has mails tried again.
func (r *mailRetryCommand) Run(ctx context.Context) error {
	if r.All == (len(r.IDs) > 0) {
		return errors.New("name the mails, or give --all")
	}
	return withJobs(ctx, func(c *jobs.Client) error {
		if r.All {
			var err error
			if r.IDs, err = c.DeadLetters(ctx, jobs.MailQueue); err != nil {
				return err
			}
		}
		done, err := eachMail(ctx, r.IDs, c.Retry)
		r.refused = done < len(r.IDs)
		fmt.Printf("auth: %d mails will be sent again\n", done)
		return err
	})
}

type mailDropCommand struct {
	IDs []int64 `arg:"" name:"id" help:"Which, as mail list says."`

	refused bool // what main turns into exitPartly
}

// Run removes mails.
func (d *mailDropCommand) Run(ctx context.Context) error {
	return withJobs(ctx, func(c *jobs.Client) error {
		done, err := eachMail(ctx, d.IDs, c.Drop)
		d.refused = done < len(d.IDs)
		fmt.Printf("auth: %d mails removed\n", done)
		return err
	})
}

// eachMail does one after the other, says why it cannot, and stops at a fault.
func eachMail(ctx context.Context, ids []int64, do func(ctx context.Context, queue string, id int64) error) (done int, err error) {
	for _, id := range ids {
		switch err := do(ctx, jobs.MailQueue, id); {
		case errors.Is(err, jobs.ErrNoJob), errors.Is(err, jobs.ErrRunning), errors.Is(err, jobs.ErrCompleted):
			fmt.Fprintf(os.Stderr, "mail %d: %v\n", id, err)
		case err != nil:
			return done, err
		default:
			done++
		}
	}
	return done, nil
}
