package vectors

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/token"
)

// Outcome is what a verifier said about a vector.
type Outcome struct {
	Vector Vector
	Valid  bool   // what the verifier says
	Reason string // why not, in its words
}

// Right says whether that is the verdict.
func (o Outcome) Right() bool { return o.Valid == o.Vector.Valid }

// Keys reads the key set that a file of vectors in dir names.
func (f File) Keys(dir string) (token.Static, error) {
	text, err := os.ReadFile(filepath.Join(dir, f.JWKS))
	if err != nil {
		return nil, err
	}
	keys, err := token.ParseJWKSet(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, f.JWKS), err)
	}
	return token.NewStatic(keys...), nil
}

// Run puts each vector to a verifier of its own, which has seen nothing before.
// The error is a fault, such as ErrKeysUnavailable, and no verdict.
func (f File) Run(ctx context.Context, keys token.KeySet) ([]Outcome, error) {
	outcomes := make([]Outcome, 0, len(f.Vectors))
	leeway := time.Duration(f.LeewaySeconds) * time.Second
	if leeway == 0 {
		leeway = -1 // none
	}
	for _, v := range f.Vectors {
		at := f.At(v)
		verifier := &token.Verifier{
			Issuer: f.Issuer, Audience: f.Audience, Keys: keys, Leeway: leeway,
			Now: func() time.Time { return at },
		}
		_, err := verifier.Verify(ctx, v.Compact())
		if err != nil && !errors.Is(err, token.ErrInvalid) {
			return nil, fmt.Errorf("vector %q: %w", v.Name, err)
		}
		outcomes = append(outcomes, Outcome{Vector: v, Valid: err == nil, Reason: Why(err)})
	}
	return outcomes, nil
}

// Why gives the reason of a refusal without the words that all refusals begin
// with; empty where there is none.
func Why(err error) string {
	if err == nil {
		return ""
	}
	return strings.TrimPrefix(err.Error(), token.ErrInvalid.Error()+": ")
}
