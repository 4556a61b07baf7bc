package auth

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// derivedKeys gives the keys of one use (HKDF, RFC 5869; a secret itself serves
// no two): the current one first, then that of the secret before, if any.
func derivedKeys(use string, secrets ...[]byte) ([][]byte, error) {
	var keys [][]byte
	for _, secret := range secrets {
		if len(secret) == 0 {
			continue
		}
		key, err := hkdf.Key(sha256.New, secret, nil, use, sha256.Size)
		if err != nil {
			return nil, fmt.Errorf("session key: %w", err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("session key: none was given")
	}
	return keys, nil
}

// sealed names something by an HMAC, so that a table, or another service,
// tells nobody what it is about. A zero byte can be in none of the parts.
func (s *Service) sealed(what string, parts ...string) []byte {
	h := hmac.New(sha256.New, s.names)
	h.Write([]byte(what))
	for _, part := range parts {
		h.Write([]byte{0})
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// seal is sealed as text.
func (s *Service) seal(what string, parts ...string) string {
	return base64.RawURLEncoding.EncodeToString(s.sealed(what, parts...))
}

// enqueue inserts a job in the caller's transaction.
func (s *Service) enqueue(ctx context.Context, tx pgx.Tx, args river.JobArgs, opts *river.InsertOpts) error {
	_, err := s.jobs.InsertTx(ctx, tx, args, opts)
	return err
}

// warn logs what did not work and what the answer does not depend on.
func (s *Service) warn(ctx context.Context, what string, err error) {
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, what, slog.String("error", err.Error()))
	}
}

func isInvalidToken(err error) bool { return errors.Is(err, ErrInvalidToken) }
