package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/users"
)

type exportCommand struct {
	Out            string `help:"Write to this file, readable by its owner only (default: standard output)."`
	IncludeDeleted bool   `help:"Deleted accounts as well, with their deleted_at."`
	WithHashes     bool   `help:"Password hashes as well. The file is then worth as much as the database."`
}

// Run exports the accounts.
func (e *exportCommand) Run(ctx context.Context) error {
	return withUsers(ctx, func(_ config.Users, s *users.Service) error {
		out, err := e.open()
		if err != nil {
			return err
		}
		buffer := bufio.NewWriterSize(out, 1<<16)
		count, err := s.Export(ctx, users.Export{To: buffer, IncludeDeleted: e.IncludeDeleted, WithHashes: e.WithHashes})
		if err = errors.Join(err, buffer.Flush(), out.Close()); err != nil {
			return err
		}
		if e.Out != "" {
			fmt.Printf("users: %d accounts exported\n", count)
		}
		return nil
	})
}

func (e *exportCommand) open() (*os.File, error) {
	if e.Out == "" {
		return os.Stdout, nil
	}
	file, err := os.OpenFile(e.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil { // it may have been there with another mode
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
