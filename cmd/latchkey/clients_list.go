package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
)

type clientListCommand struct {
	All  bool `help:"Revoked ones as well."`
	JSON bool `help:"One JSON object a line."`
}

// listed is a client as --json has it.
type listed struct {
	ID            string     `json:"client_id"`
	Description   string     `json:"description"`
	Scopes        []string   `json:"scopes"`
	CreatedAt     time.Time  `json:"created_at"`
	RotatedAt     *time.Time `json:"rotated_at"`
	PreviousUntil *time.Time `json:"previous_until"` // while it lies ahead
	LastUsedAt    *time.Time `json:"last_used_at"`
	RevokedAt     *time.Time `json:"revoked_at"`
}

// Run lists clients.
func (l *clientListCommand) Run(ctx context.Context) error {
	return withClients(ctx, func(_ config.Auth, clients *auth.Clients) error {
		rows, err := clients.List(ctx, l.All)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		if l.JSON {
			err = writeClients(out, rows)
		} else {
			err = writeClientTable(out, rows)
		}
		return errors.Join(err, out.Flush())
	})
}

func listedOf(row authdb.ListClientsRow) listed {
	out := listed{
		ID: row.ID, Description: row.Description, Scopes: row.Scopes, CreatedAt: row.CreatedAt.UTC(),
		RotatedAt: inUTC(row.RotatedAt), LastUsedAt: inUTC(row.LastUsedAt), RevokedAt: inUTC(row.RevokedAt),
	}
	if row.PreviousStands {
		out.PreviousUntil = inUTC(row.PreviousUntil)
	}
	return out
}

func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	utc := at.UTC()
	return &utc
}

func writeClients(to io.Writer, rows []authdb.ListClientsRow) error {
	encoder := json.NewEncoder(to)
	for _, row := range rows {
		if err := encoder.Encode(listedOf(row)); err != nil {
			return err
		}
	}
	return nil
}

func writeClientTable(to io.Writer, rows []authdb.ListClientsRow) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLIENT\tSCOPES\tCREATED\tSECRET\tLAST USED\tSTATE\tDESCRIPTION")
	for _, row := range rows {
		l, state := listedOf(row), "live"
		if l.RevokedAt != nil {
			state = "revoked " + dated(l.RevokedAt)
		} else if l.PreviousUntil != nil {
			state = "rotating until " + dated(l.PreviousUntil)
		}
		made := l.RotatedAt
		if made == nil {
			made = &l.CreatedAt
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.ID, strings.Join(l.Scopes, " "), dated(&l.CreatedAt), dated(made), dated(l.LastUsedAt), state, l.Description)
	}
	return table.Flush()
}

func dated(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.Format(time.RFC3339)
}
