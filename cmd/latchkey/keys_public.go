package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/token"
)

type keysExportCommand struct {
	Public bool   `help:"Required: public halves. Private ones are never exported."`
	Dir    string `required:"" help:"The folder; it is made where it is missing."`
	URL    string `help:"Take what is served there (the auth service's address, or that of a key set, which ends in .json) instead of reading its database."`
	DryRun bool   `help:"Only say what would be written and removed."`
	JSON   bool   `help:"Say it as one JSON object."`
}

// Help is for --help.
func (*keysExportCommand) Help() string {
	return "Writes KID.pem for each key that tokens may be verified with (pending, active and retiring), and jwks.json, " +
		"so that a repository shows which keys were trusted when, and a build can tell a key that nobody has seen " +
		"(keys check). Files KID.pem of other keys are removed, and nothing else is touched. The same keys give the same " +
		"bytes. Without --url it reads the database (DATABASE_URL or AUTH_DATABASE_URL); KEY_ENCRYPTION_KEY is not needed.\n\n" +
		"Exit codes: 0 the folder is up to date, changed or not; 1 it could not be; 80 wrong usage."
}

// Validate has the caller say what is exported, and what never is.
func (e *keysExportCommand) Validate() error {
	if !e.Public {
		return errors.New("private halves are never exported: say --public")
	}
	return nil
}

// Run writes the folder.
func (e *keysExportCommand) Run(ctx context.Context) error {
	keys, err := e.keys(ctx)
	if err != nil {
		return uninterrupted(ctx, err)
	}
	changes, err := publickeys.Write(e.Dir, keys, e.DryRun)
	if err != nil {
		return err
	}
	if e.JSON {
		return json.NewEncoder(os.Stdout).Encode(struct {
			Dir    string `json:"dir"`
			DryRun bool   `json:"dry_run"`
			Keys   int    `json:"keys"`
			publickeys.Changes
		}{e.Dir, e.DryRun, len(keys), changes})
	}
	would := map[bool]string{true: "would be "}[e.DryRun]
	out := bufio.NewWriter(os.Stdout)
	for _, name := range changes.Written {
		fmt.Fprintf(out, "%s: %swritten\n", name, would)
	}
	for _, name := range changes.Removed {
		fmt.Fprintf(out, "%s: %sremoved\n", name, would)
	}
	fmt.Fprintf(out, "%s: %d keys, %d files %swritten, %d removed\n", e.Dir, len(keys), len(changes.Written), would, len(changes.Removed))
	return out.Flush()
}

func (e *keysExportCommand) keys(ctx context.Context) ([]token.PublicKey, error) {
	if e.URL == "" {
		return databaseKeys(ctx)
	}
	address, err := keySetURL(e.URL)
	if err != nil {
		return nil, err
	}
	return servedKeys(ctx, address)
}
