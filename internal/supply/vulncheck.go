package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"
)

// database is that of the Go team; govulncheck has the same default.
const database = "https://vuln.go.dev"

// patience is how long the database may take for its smallest file: a CI without
// a way out is not to wait.
const patience = 5 * time.Second

// scan is how the tool is run.
var scan = []string{"go", "tool", "-modfile=supply.mod", "govulncheck"}

// vulncheck runs govulncheck over all packages, tests too, and fails where it finds
// something. Where the database cannot be reached it says so, which is no finding.
func vulncheck(to io.Writer, args []string) error {
	flags := flag.NewFlagSet("vulncheck", flag.ExitOnError)
	db := flags.String("db", database, "`URL` of the vulnerability database")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := reach(*db); err != nil {
		_, err := fmt.Fprintf(to, "vulncheck: SKIPPED, the database is not reachable from here: %v\n", err)
		return err
	}
	cmd := exec.Command(scan[0], append(scan[1:len(scan):len(scan)], "-db", *db, "-test", "./...")...)
	cmd.Stdout, cmd.Stderr = to, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("vulncheck: %w", err)
	}
	return nil
}

// reach asks for the file that says when the database was changed last (the
// protocol is at go.dev/security/vuln/database).
func reach(db string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(db, "/")+"/index/db.json", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", db, answer.Status)
	}
	return nil
}
