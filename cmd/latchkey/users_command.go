package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/internal/users"
)

// usersCommand is what an operator does with accounts beside the API. All of it
// runs as the role that the service runs as.
type usersCommand struct {
	SeedAdmin seedAdminCommand `cmd:"" help:"Make the first admin, where there is none."`
	Import    importCommand    `cmd:"" help:"Make accounts of a file's lines. Exit code 3: some lines were rejected."`
	Export    exportCommand    `cmd:"" help:"Write the accounts as NDJSON."`
}

// withUsers opens the users domain on its database for do.
func withUsers(ctx context.Context, do func(c config.Users, s *users.Service) error) error {
	c, err := config.LoadUsersCommand(os.Environ())
	if err != nil {
		return err
	}
	pool, err := postgres.Prepare(ctx, postgres.Database{
		URL: c.Database().Reveal(), Migrations: db.Users, Schema: "users", MaxConns: 2, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	hashing := password.NewPool(c.HashWorkers, c.HashQueue)
	defer hashing.Close()
	key := make([]byte, config.KeySize) // for cursors and throttles, which no command has
	_, _ = rand.Read(key)               // it never fails (crypto/rand, Go 1.24)
	service, err := users.New(users.Options{
		Pool:   pool,
		Hasher: password.NewHasher(password.Policy{Algorithm: c.PasswordHash, BcryptCost: c.BcryptCost, MinLength: c.PasswordMin}, hashing),
		Key:    key, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	return do(c, service)
}

type seedAdminCommand struct {
	Username     string `help:"The admin's username (default: ADMIN_USERNAME, else admin)."`
	Email        string `help:"The admin's address (default: ADMIN_EMAIL)."`
	PasswordFile string `type:"existingfile" help:"The file whose first line is the password (default: ADMIN_PASSWORD, else standard input)."`
}

// Run makes the first admin, or says that there is one.
func (s *seedAdminCommand) Run(ctx context.Context) error {
	return withUsers(ctx, func(c config.Users, service *users.Service) error {
		secret, err := s.password(c)
		if err != nil {
			return err
		}
		made, err := service.SeedAdmin(ctx, orElse(s.Username, c.AdminUsername), orElse(s.Email, c.AdminEmail), secret)
		switch {
		case err != nil:
			return err
		case made:
			fmt.Printf("users: the first admin is %s\n", orElse(s.Username, c.AdminUsername))
		default:
			fmt.Println("users: there is an admin already; nothing was changed")
		}
		return nil
	})
}

// maxPasswordFile bounds what is read in search of a line, in bytes.
const maxPasswordFile = 8 << 10

func (s *seedAdminCommand) password(c config.Users) (string, error) {
	from := io.Reader(os.Stdin)
	switch {
	case s.PasswordFile != "":
		file, err := os.Open(s.PasswordFile)
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }() // it was only read
		from = file
	case c.AdminPassword != "":
		return c.AdminPassword.Reveal(), nil
	}
	text, err := io.ReadAll(io.LimitReader(from, maxPasswordFile))
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if line = bytes.TrimSuffix(line, []byte("\r")); len(line) == 0 {
		return "", errors.New("no password: set ADMIN_PASSWORD, name a --password-file, or write it to standard input")
	}
	return string(line), nil
}
