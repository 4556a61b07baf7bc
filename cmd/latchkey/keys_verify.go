package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/vectors"
	"github.com/latchkey-id/latchkey/token"
)

type keysVerifyTokenCommand struct {
	Token          string    `arg:"" optional:"" help:"The token. Better leave it out and write it to standard input: the shell keeps what it is told."`
	Keys           string    `help:"The keys: a folder of keys export, a file with a key set or one public key as PEM, or an address as in keys check (default: PUBLIC_URL)."`
	Issuer         string    `help:"Whom the token must be from (default: PUBLIC_URL)."`
	Audience       string    `default:"latchkey" help:"Whom it must be for."`
	At             time.Time `help:"When to look at it, such as 2026-11-26T12:00:00Z (default: now)."`
	ShowUnverified bool      `help:"Show what a token that is not valid says. None of it is to be believed."`
	Vectors        string    `type:"existingdir" help:"Try all vectors of this folder instead (api/keys; docs/keys.md has the format)."`
	JSON           bool      `help:"Say it as one JSON object, or one a line with --vectors."`

	refused bool // what main turns into exitPartly
}

// Help is for --help.
func (*keysVerifyTokenCommand) Help() string {
	return "Checks a token as the services do, and says the reason, which they never tell whoever shows one. " +
		"What the token says is shown where it is valid.\n\n" +
		"Exit codes: 0 valid (with --vectors: every verdict is right); 3 not valid (one is not); 1 it could not be told, " +
		"because the keys could not be had; 80 wrong usage."
}

// Validate refuses what makes no sense together.
func (v *keysVerifyTokenCommand) Validate() error {
	if v.Vectors != "" && (v.Token != "" || v.Keys != "" || v.Issuer != "" || !v.At.IsZero()) {
		return errors.New("--vectors brings its own tokens, keys, issuer and clocks")
	}
	return nil
}

// Run verifies.
func (v *keysVerifyTokenCommand) Run(ctx context.Context) error {
	if v.Vectors != "" {
		return uninterrupted(ctx, v.runVectors(ctx))
	}
	verifier, err := v.verifier(ctx)
	if err != nil {
		return uninterrupted(ctx, err)
	}
	raw, err := v.read()
	if err != nil {
		return err
	}
	_, err = verifier.Verify(ctx, raw)
	if err != nil && !errors.Is(err, token.ErrInvalid) {
		return uninterrupted(ctx, err)
	}
	v.refused = err != nil
	return v.tell(raw, vectors.Why(err))
}

func (v *keysVerifyTokenCommand) verifier(ctx context.Context) (*token.Verifier, error) {
	if v.Issuer == "" {
		var err error
		if v.Issuer, err = config.LoadPublicURL(os.Environ()); err != nil {
			return nil, err
		}
	}
	keys, err := keysOf(ctx, v.Keys)
	if err != nil {
		return nil, err
	}
	verifier := &token.Verifier{Issuer: v.Issuer, Audience: v.Audience, Keys: token.NewStatic(keys...)}
	if !v.At.IsZero() {
		verifier.Now = func() time.Time { return v.At }
	}
	return verifier, nil
}

// read takes one line end off what comes from standard input: it is the
// terminal's or the file's, not the token's.
func (v *keysVerifyTokenCommand) read() (string, error) {
	if v.Token != "" {
		return v.Token, nil
	}
	text, err := io.ReadAll(io.LimitReader(os.Stdin, token.MaxLength+3)) // one more than what is valid, and its line end
	if err != nil {
		return "", err
	}
	raw := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if raw == "" {
		return "", errors.New("no token: write it to standard input")
	}
	return raw, nil
}

// judgement is what is told about a token.
type judgement struct {
	Valid  bool            `json:"valid"`
	Reason string          `json:"reason,omitempty"`
	Header json.RawMessage `json:"header,omitempty"`
	Claims json.RawMessage `json:"claims,omitempty"`
}

func (v *keysVerifyTokenCommand) tell(raw, reason string) error {
	s := judgement{Valid: reason == "", Reason: reason}
	if s.Valid || v.ShowUnverified {
		segments := append(strings.SplitN(raw, ".", 3), "", "")
		s.Header, s.Claims = object(segments[0]), object(segments[1])
	}
	if v.JSON {
		return json.NewEncoder(os.Stdout).Encode(s)
	}
	var out bytes.Buffer
	if s.Valid {
		out.WriteString("valid\n")
	} else {
		fmt.Fprintf(&out, "not valid: %s\n", reason)
	}
	for _, part := range []struct {
		name string
		text json.RawMessage
	}{{"header", s.Header}, {"claims", s.Claims}} {
		if part.text == nil {
			continue
		}
		if !s.Valid {
			out.WriteString("not verified: ")
		}
		out.WriteString(part.name + " ")
		if err := json.Indent(&out, part.text, "", "  "); err != nil {
			return err
		}
		out.WriteByte('\n')
	}
	_, err := os.Stdout.Write(out.Bytes())
	return err
}

// object gives a segment's JSON object in one line and in characters that do
// nothing to a terminal; nil where there is none.
func object(segment string) json.RawMessage {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	var compact bytes.Buffer
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) || json.Compact(&compact, text) != nil {
		return nil
	}
	var out bytes.Buffer
	for _, r := range compact.String() { // what is not UTF-8 becomes U+FFFD
		if r < 0x80 || unicode.IsPrint(r) {
			out.WriteRune(r)
		} else if r <= 0xffff {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(unicode.ReplacementChar)
		}
	}
	return out.Bytes()
}
