// Command fill makes accounts and sessions in a migrated, empty database, to
// measure how large it gets and how fast it stays:
//
//	go run ./internal/dbtest/fill -users 1000000 -sessions 1000000 URL
//
// URL logs in as a superuser or as the owner of both schemas. Every account has
// the password that Password names, so that a load can sign in as any of them,
// and each account and session has the rows beside it that the services would
// have written: its role, its event in the audit, its known network. At the end
// it prints what each table and its indexes take (sizes.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/bcrypt"
)

// Password is every account's, hashed at cost 12 once for all of them.
const Password = "correct horse battery staple"

// batch is how many rows one transaction makes.
const batch = 100_000

func main() {
	users := flag.Int64("users", 100_000, "accounts to make")
	sessions := flag.Int64("sessions", 100_000, "live sessions to make, spread over the accounts")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *users, *sessions); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, users, sessions int64) error {
	if url == "" || users < 1 || sessions < 0 {
		return errors.New("usage: fill [-users N] [-sessions N] URL")
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	hash, err := bcrypt.GenerateFromPassword([]byte(Password), 12)
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, functions); err != nil {
		return err
	}
	for from := int64(1); from <= users; from += batch {
		if _, err := conn.Exec(ctx, accounts, from, min(from+batch-1, users), users, string(hash)); err != nil {
			return err
		}
		report("accounts", min(from+batch-1, users))
	}
	for from := int64(1); from <= sessions; from += batch {
		if _, err := conn.Exec(ctx, openSessions, from, min(from+batch-1, sessions), sessions, users); err != nil {
			return err
		}
		report("sessions", min(from+batch-1, sessions))
	}
	if _, err := conn.Exec(ctx, "VACUUM (ANALYZE)"); err != nil {
		return err
	}
	return printSizes(ctx, conn)
}

func report(what string, rows int64) {
	fmt.Fprintf(os.Stderr, "%s %d %s\n", time.Now().Format(time.TimeOnly), rows, what)
}
