package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/overtime"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// purpose is what a one-time token is for. The table's check lists them too.
type purpose string

const (
	verifyEmail   purpose = "verify_email"
	changeEmail   purpose = "change_email"
	resetPassword purpose = "reset_password"
)

// life is how long a token of a purpose is good for.
func (p purpose) life() time.Duration {
	if p == resetPassword {
		return 15 * time.Minute
	}
	return 24 * time.Hour
}

// oneTimeTokens makes the tokens of mailed links: HMAC-SHA-256 over id and
// salt, so that a queued mail needs to hold none and each try to send it makes
// the same one again. The database holds id, salt and the token's SHA-256;
// without the key they yield no token.
type oneTimeTokens struct {
	keys [][]byte // the current one first
}

func newOneTimeTokens(current, previous []byte) (oneTimeTokens, error) {
	keys, err := derivedKeys("latchkey one-time token v1", current, previous)
	return oneTimeTokens{keys: keys}, err
}

func oneTimeMAC(key []byte, id uuid.UUID, salt []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(id[:])
	h.Write(salt)
	return h.Sum(nil)
}

// issue draws a salt for a new token and gives what is stored of it.
func (t oneTimeTokens) issue(id uuid.UUID) (salt, hash []byte) {
	salt = make([]byte, sha256.Size)
	_, _ = rand.Read(salt) // it never fails (crypto/rand, Go 1.24)
	sum := sha256.Sum256(oneTimeMAC(t.keys[0], id, salt))
	return salt, sum[:]
}

// write gives the token of a stored row. It is false where neither key made
// it: both have been changed since.
func (t oneTimeTokens) write(id uuid.UUID, salt, hash []byte) (string, bool) {
	for _, key := range t.keys {
		token := oneTimeMAC(key, id, salt)
		if sum := sha256.Sum256(token); hmac.Equal(sum[:], hash) {
			return base64.RawURLEncoding.EncodeToString(token), true
		}
	}
	return "", false
}

// hashOfToken gives what a presented token is looked up by. There is one
// spelling of each token.
func hashOfToken(text string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != sha256.Size || base64.RawURLEncoding.EncodeToString(raw) != text {
		return nil, false
	}
	sum := sha256.Sum256(raw)
	return sum[:], true
}

// claim is a one-time token that this request has taken for its use.
type claim struct {
	authdb.ClaimTokenRow
	lease uuid.UUID
}

// How long a use waits for another one of the same token to come to an end,
// and how often it looks.
const (
	claimWait = 3 * time.Second
	claimPoll = 50 * time.Millisecond
)

// errTokenInUse asks to come back: another use of the token has not ended.
var errTokenInUse = fault.ErrOverloaded.Because(errors.New("the one-time token is in use")).After(5 * time.Second)

// claimToken takes a token for 10 s with q, alone in its transaction or with
// what else the caller does there. Of many at once one gets it; the others
// wait for what becomes of it, so that a use that comes to nothing costs
// nobody the token. take runs one try. It returns ErrInvalidToken for a token
// that is unknown, used, replaced or expired.
func (s *Service) claimToken(ctx context.Context, text string, take func(hash []byte) (claim, error), purposes ...purpose) (claim, error) {
	hash, ok := hashOfToken(text)
	if !ok {
		return claim{}, ErrInvalidToken
	}
	ctx, cancel := context.WithTimeout(ctx, claimWait)
	defer cancel()
	for {
		got, err := take(hash)
		if !postgres.IsNoRows(err) {
			return got, postgres.Fault(err)
		}
		live, err := s.queries.FindToken(ctx, authdb.FindTokenParams{Hash: hash, Purposes: names(purposes)})
		switch {
		case postgres.IsNoRows(err), err == nil && !live:
			return claim{}, ErrInvalidToken
		case err != nil && ctx.Err() == nil:
			return claim{}, postgres.Fault(err)
		}
		select {
		case <-ctx.Done():
			return claim{}, errTokenInUse
		case <-time.After(claimPoll):
		}
	}
}

// take claims a token with q; no row says that it can't be had now.
func (s *Service) take(ctx context.Context, q *authdb.Queries, hash []byte, purposes ...purpose) (claim, error) {
	lease := s.newID()
	row, err := q.ClaimToken(ctx, authdb.ClaimTokenParams{Lease: lease, Hash: hash, Purposes: names(purposes)})
	return claim{ClaimTokenRow: row, lease: lease}, err
}

// release gives a token back, also when the request has run out of time.
func (s *Service) release(ctx context.Context, c claim) {
	err := overtime.Do(ctx, lastWordTime, func(ctx context.Context) error {
		return s.queries.ReleaseToken(ctx, authdb.ReleaseTokenParams{ID: c.ID, UserID: c.UserID, Lease: c.lease})
	})
	s.warn(ctx, "one-time token not given back", err) // its lease ends by itself
}

func names(purposes []purpose) []string {
	out := make([]string, 0, len(purposes))
	for _, p := range purposes {
		out = append(out, string(p))
	}
	return out
}

// lastWordTime bounds what must be written even though the request has failed,
// or its time is over.
const lastWordTime = 2 * time.Second
