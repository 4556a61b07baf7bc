package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/latchkey-id/latchkey/internal/keyring"
)

type keysListCommand struct {
	All  bool `help:"Also keys that have retired or were revoked."`
	JSON bool `help:"One JSON object a line."`
}

// Run lists the keys.
func (l *keysListCommand) Run(ctx context.Context) error {
	return withKeys(ctx, false, func(ctx context.Context, s *keyring.Store) error {
		keys, err := s.List(ctx, l.All)
		if err != nil {
			return err
		}
		if !l.JSON {
			return writeKeys(os.Stdout, keys)
		}
		for _, k := range keys {
			if err := printJSON(k); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeKeys(to io.Writer, keys []keyring.Key) error {
	table := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KID\tKIND\tSTATE\tPUBLISHED\tSIGNS SINCE\tVERIFIES UNTIL\tTOKENS OUT")
	for _, k := range keys {
		kind := k.Algorithm
		if k.Bits > 0 {
			kind = fmt.Sprintf("%s %d", kind, k.Bits)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", k.KID, kind, k.State, moment(&k.CreatedAt), moment(k.ActivatedAt), moment(k.VerifiesUntil), k.TokensOut)
	}
	return table.Flush()
}

func moment(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

type keysGenerateCommand struct {
	Algorithm string `enum:",RS256,ES256,EdDSA" default:"" help:"RS256, ES256 or EdDSA; as KEY_ALG says where it is left out."`
	Bits      int    `help:"2048, 3072 or 4096, of an RS256 key; as KEY_BITS says where it is left out."`
	DryRun    bool   `help:"Change nothing, and say what would be done."`
	JSON      bool   `help:"One JSON object."`

	refused bool // what main turns into exitPartly
}

// Run makes a key.
func (g *keysGenerateCommand) Run(ctx context.Context) error {
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) (err error) {
		key, err := s.Generate(ctx, operator, g.Algorithm, g.Bits, g.DryRun)
		if err != nil {
			g.refused, err = refusal(err)
			return err
		}
		if g.JSON {
			return printJSON(key)
		}
		if g.DryRun {
			key.KID = "a key"
		}
		fmt.Printf("%s (%s) %s: published, not signing\n", key.KID, key.Algorithm, would(g.DryRun, "is", "pending"))
		return nil
	})
}

type keysRotateCommand struct {
	KID    string `name:"kid" help:"The pending key to sign with; the one that was published first where it is left out. Naming the active key changes nothing."`
	Force  bool   `help:"Also with a key that verifiers may not have seen: they may refuse its tokens for up to half a minute."`
	DryRun bool   `help:"Change nothing, and say what would be done."`
	JSON   bool   `help:"One JSON object."`

	refused bool // what main turns into exitPartly
}

// Run rotates.
func (r *keysRotateCommand) Run(ctx context.Context) error {
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) (err error) {
		done, err := s.Rotate(ctx, operator, keyring.RotateOptions{KID: r.KID, Force: r.Force, DryRun: r.DryRun})
		if err != nil {
			r.refused, err = refusal(err)
			return err
		}
		if r.JSON {
			return printJSON(done)
		}
		if done.Again {
			fmt.Printf("%s is active already\n", done.Activated.KID)
			return nil
		}
		fmt.Printf("%s %s\n", done.Activated.KID, would(r.DryRun, "is", "active"))
		if done.Retiring != nil {
			fmt.Printf("%s %s: it verifies until %s\n", done.Retiring.KID, would(r.DryRun, "is", "retiring"), moment(done.Retiring.VerifiesUntil))
		}
		if done.Pending != nil {
			fmt.Printf("%s is pending\n", done.Pending.KID)
		}
		return nil
	})
}

type keysRewrapCommand struct {
	DryRun bool `help:"Change nothing, and say what would be done."`
	JSON   bool `help:"One JSON object."`
}

// Run puts private keys under the current key.
func (r *keysRewrapCommand) Run(ctx context.Context) error {
	return withKeys(ctx, true, func(ctx context.Context, s *keyring.Store) error {
		done, err := s.Rewrap(ctx, operator, r.DryRun)
		if err != nil {
			return err
		}
		if r.JSON {
			return printJSON(done)
		}
		fmt.Printf("%d private keys %s under KEY_ENCRYPTION_KEY, %d were before\n", len(done.Changed), would(r.DryRun, "are", "put"), done.Current)
		return nil
	})
}
