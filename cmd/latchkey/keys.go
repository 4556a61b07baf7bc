package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

// keysCommand is what an operator does with the signing keys, and what those do
// who trust them. What changes keys works on the auth service's database, as the
// role that the service runs as; the instances follow within 5 s.
type keysCommand struct {
	List     keysListCommand     `cmd:"" help:"List the signing keys, the newest first."`
	Generate keysGenerateCommand `cmd:"" help:"Make a pending key: published at once, signing once it is rotated in. Exit code 3: there are too many."`
	Rotate   keysRotateCommand   `cmd:"" help:"Sign with the pending key; the active one verifies until its last token has expired. Exit code 3: it is too early, or none is pending."`
	Revoke   keysRevokeCommand   `cmd:"" help:"Have all tokens of a key refused, everywhere within a minute. Exit code 3: no such key, or not confirmed."`
	Import   keysImportCommand   `cmd:"" help:"Put a private key of your own into the ring, pending. Exit code 3: it was revoked or has retired, or there are too many."`
	Rewrap   keysRewrapCommand   `cmd:"" help:"Put the private keys under KEY_ENCRYPTION_KEY, from KEY_ENCRYPTION_KEY_PREVIOUS."`

	Export      keysExportCommand      `cmd:"" help:"Write the public keys into a folder, to be committed."`
	Check       keysCheckCommand       `cmd:"" help:"Tell whether a folder holds the keys that are served. Exit code 3: it does not."`
	VerifyToken keysVerifyTokenCommand `cmd:"" help:"Say whether an access token is valid, and why not. Exit code 3: it is not."`
}

// partly says whether main is to exit with exitPartly.
func (k *keysCommand) partly() bool {
	return k.Generate.refused || k.Rotate.refused || k.Revoke.refused || k.Import.refused || k.Check.differ || k.VerifyToken.refused
}

// keysTimeout bounds one command; moves wait for each other.
const keysTimeout = time.Minute

// operator is who the audit says it was.
var operator = audit.System("latchkey keys")

// withKeys opens the key ring's table for do. secret says that private keys are
// made or opened.
func withKeys(ctx context.Context, secret bool, do func(context.Context, *keyring.Store) error) error {
	var cipher *keyring.Cipher
	var options keyring.StoreOptions
	if secret {
		c, err := config.LoadKeysCommand(os.Environ())
		if err != nil {
			return err
		}
		if cipher, err = keyring.NewCipher(c.KeyEncryptionKey, c.KeyEncryptionOld); err != nil {
			return err
		}
		options = keyring.StoreOptions{Algorithm: c.KeyAlg, Bits: c.KeyBits}
	}
	return withAuthDatabase(ctx, func(_ config.Auth, pool *pgxpool.Pool) error {
		ctx, cancel := context.WithTimeout(ctx, keysTimeout)
		defer cancel()
		store, err := keyring.NewStore(pool, cipher, options)
		if err != nil {
			return err
		}
		return do(ctx, store)
	})
}

// refusal tells what the key law forbids, which is an answer (exit code 3) and
// no failure of the command.
func refusal(err error) (refused bool, failed error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		return false, err
	}
	detail := f.Detail
	for _, field := range f.Fields {
		detail = field.Detail
	}
	if f.RetryAfter > 0 {
		detail += fmt.Sprintf(" It will do in %s; --force does it now.", f.RetryAfter.Round(time.Second))
	}
	fmt.Fprintf(os.Stderr, "refused: %s: %s\n", f.Code, detail)
	return true, nil
}

// printJSON writes one object to standard output.
func printJSON(v any) error { return json.NewEncoder(os.Stdout).Encode(v) }

// would puts a dry run's words into the conditional.
func would(dry bool, be, done string) string {
	if dry {
		be = "would be"
	}
	return be + " " + done
}
