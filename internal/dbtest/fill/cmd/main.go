// Command cmd is package fill as a program:
//
//	go run ./internal/dbtest/fill/cmd -users 1000000 -sessions 1000000 URL
//
// URL logs in as a superuser. At the end it prints what each table and its
// indexes take.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/latchkey-id/latchkey/internal/dbtest/fill"
)

func main() {
	var o fill.Options
	flag.Int64Var(&o.Users, "users", 100_000, "accounts to make")
	flag.Int64Var(&o.Sessions, "sessions", 100_000, "live sessions to make, spread over the accounts")
	flag.IntVar(&o.Cost, "cost", fill.DefaultCost, "of the accounts' bcrypt hash")
	flag.BoolVar(&o.NoAudit, "no-audit", false, "leave out the events of accounts and sessions")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, flag.Arg(0), o); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, o fill.Options) error {
	if url == "" {
		return errors.New("usage: [-users N] [-sessions N] [-cost N] [-no-audit] URL")
	}
	began := time.Now()
	o.Report = func(done string, took time.Duration) {
		fmt.Fprintf(os.Stderr, "%6.1f s  %s in %.1f s\n", time.Since(began).Seconds(), done, took.Seconds())
	}
	if err := fill.Run(ctx, url, o); err != nil {
		return err
	}
	sizes, err := fill.Sizes(ctx, url)
	if err != nil {
		return err
	}
	return write(os.Stdout, sizes)
}

func write(to io.Writer, sizes []fill.Size) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "table\trows\tMB\tindexes MB\tbytes/row\tindex bytes/row\t")
	for _, s := range sizes {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", s.Table, s.Rows, s.Heap>>20, s.Indexes>>20, s.Heap/s.Rows, s.Indexes/s.Rows)
	}
	return w.Flush()
}
