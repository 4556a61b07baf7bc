// Command make writes the verification vectors of api/keys: it makes keys, signs
// (and mis-signs) tokens, writes the public halves and the tokens, and ends. The
// private halves were in its memory only and are gone then, so nobody can ever
// sign another token under the published keys.
//
//	go run ./api/keys/make
//
// Each run makes new keys, and so changes every file.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

const (
	dir      = "api/keys"
	issuer   = "https://id.example"
	audience = "latchkey"
	leeway   = 30 // seconds
)

// clock is when the tokens were issued, and when a verifier looks at them.
var clock = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const description = "Access tokens (RFC 9068) with the verdict that a correct verifier gives at the stated clock, " +
	"looking for this issuer and audience, with the keys of jwks.json. The private keys no longer exist. See README.md."

func main() {
	log.SetFlags(0)
	log.SetPrefix("make: ")
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	k, err := newKeys()
	if err != nil {
		return err
	}
	files, err := publickeys.Encode(k.published())
	if err != nil {
		return err
	}
	m := &maker{keys: k, files: files}
	file := vectors.File{
		Description: description, Issuer: issuer, Audience: audience, LeewaySeconds: leeway,
		Clock: clock, JWKS: publickeys.KeySetFile, Vectors: m.all(),
	}
	if err := hold(file, k.published()); err != nil {
		return err
	}
	if _, err := publickeys.Write(dir, k.published(), false); err != nil {
		return err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(file); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, vectors.FileName), text.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d vectors\n", len(file.Vectors))
	return nil
}

// hold finds mistakes of this program while the keys are still there.
func hold(file vectors.File, keys []token.PublicKey) error {
	if err := file.Check(); err != nil {
		return err
	}
	outcomes, err := file.Run(context.Background(), token.NewStatic(keys...))
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if !o.Right() {
			return fmt.Errorf("vector %q: valid is %v, token.Verifier says %v %s", o.Vector.Name, o.Vector.Valid, o.Valid, o.Reason)
		}
	}
	return nil
}
