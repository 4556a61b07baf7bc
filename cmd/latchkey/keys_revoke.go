package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/latchkey-id/latchkey/internal/keyring"
)

type keysRevokeCommand struct {
	KID    string `arg:"" name:"kid" help:"Which, as keys list says; after -- if it begins with a dash, as an imported one can."`
	Yes    bool   `help:"Do not ask before revoking the active key, which has everybody refresh."`
	DryRun bool   `help:"Change nothing, and say what would be done and how many tokens would be refused."`
	JSON   bool   `help:"One JSON object."`

	refused bool // what main turns into exitPartly
}

// Run revokes a key. It asks before it revokes the active one; where nobody
// answers, it does not.
func (r *keysRevokeCommand) Run(ctx context.Context) error {
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) (err error) {
		done, err := s.Revoke(ctx, operator, r.KID, keyring.RevokeOptions{Active: r.Yes || r.DryRun, DryRun: r.DryRun})
		if errors.Is(err, keyring.ErrActive) {
			if err = r.ask(ctx, s, os.Stdin); err == nil {
				done, err = s.Revoke(ctx, operator, r.KID, keyring.RevokeOptions{Active: true})
			}
		}
		if err != nil {
			r.refused, err = refusal(err)
			return err
		}
		return r.tell(done)
	})
}

// ask returns keyring.ErrActive unless somebody types yes.
func (r *keysRevokeCommand) ask(ctx context.Context, s *keyring.Store, from io.Reader) error {
	would, err := s.Revoke(ctx, operator, r.KID, keyring.RevokeOptions{Active: true, DryRun: true})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s is the active key. %d tokens of it are out and would be refused; whoever shows one has to refresh.\n", r.KID, would.Revoked.TokensOut)
	if would.Activated != nil && would.Unseen {
		fmt.Fprintln(os.Stderr, "The key in its place was published a moment ago: verifiers may refuse its tokens for up to half a minute.")
	}
	fmt.Fprint(os.Stderr, "Type yes to revoke it (--yes does not ask): ")
	line, err := bufio.NewReader(from).ReadString('\n')
	if strings.TrimSpace(line) != "yes" || err != nil {
		fmt.Fprintln(os.Stderr)
		return keyring.ErrActive
	}
	return nil
}

func (r *keysRevokeCommand) tell(done keyring.Revocation) error {
	if r.JSON {
		return printJSON(done)
	}
	if done.Again {
		fmt.Printf("%s was revoked before, at %s\n", done.Revoked.KID, moment(done.Revoked.RevokedAt))
		return nil
	}
	fmt.Printf("%s %s. Tokens of it that have not expired, as counted until a few seconds ago: %d\n", done.Revoked.KID, would(r.DryRun, "is", "revoked"), done.Revoked.TokensOut)
	if done.Activated != nil {
		fmt.Printf("%s %s\n", done.Activated.KID, would(r.DryRun, "is", "active"))
	}
	if done.Unseen {
		fmt.Println("It was published a moment ago: verifiers may refuse its tokens for up to half a minute")
	}
	if done.Pending != nil {
		fmt.Printf("%s is pending\n", done.Pending.KID)
	}
	return nil
}

// most that a PEM file may have, in bytes.
const maxPEM = 64 << 10

type keysImportCommand struct {
	File   string `arg:"" optional:"" default:"-" help:"A PEM file with one private key that is not encrypted; standard input (-) leaves none behind."`
	DryRun bool   `help:"Change nothing, and say what would be done."`
	JSON   bool   `help:"One JSON object."`

	refused bool // what main turns into exitPartly
}

// Run imports a key.
func (i *keysImportCommand) Run(ctx context.Context) error {
	text, err := i.read()
	if err != nil {
		return err
	}
	defer clear(text)
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) error {
		key, again, err := s.Import(ctx, operator, text, i.DryRun)
		if err != nil {
			i.refused, err = refusal(err)
			return err
		}
		if i.JSON {
			return printJSON(key)
		}
		if again {
			fmt.Printf("%s is in the ring already, %s\n", key.KID, key.State)
			return nil
		}
		fmt.Printf("%s (%s) %s: published, not signing\n", key.KID, key.Algorithm, would(i.DryRun, "is", "pending"))
		return nil
	})
}

func (i *keysImportCommand) read() ([]byte, error) {
	from := io.Reader(os.Stdin)
	if i.File != "-" {
		file, err := os.Open(i.File)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	text, err := io.ReadAll(io.LimitReader(from, maxPEM+1))
	if err == nil && len(text) > maxPEM {
		err = fmt.Errorf("a private key has less than %d bytes", maxPEM)
	}
	return text, err
}
