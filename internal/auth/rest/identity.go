package rest

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// identity is this service's own: the token that it signs for itself and shows
// to the users service. It is kept until shortly before it expires, and
// replaced at once when another key signs, or when the clock was set back
// before its issue: users would take it for one of the future.
type identity struct {
	keys   *keyring.Ring
	issuer string
	now    func() time.Time

	mu       sync.Mutex
	minted   string
	kid      string
	issuedAt time.Time
	renewAt  time.Time
}

// Life of a service token, and how long before its end it is replaced: more
// than the skew that a verifier allows.
const (
	identityTTL    = 5 * time.Minute
	identityMargin = time.Minute
)

// identityScope is what the auth service may do there: find, make and delete
// accounts, check passwords, ask how an account stands, and change credentials
// for their owner.
const identityScope = "users:read users:write credentials:verify credentials:write"

func (i *identity) token() (string, error) {
	key, err := i.keys.Signing()
	if err != nil {
		return "", err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	// Without its monotonic reading, which sees neither a clock that is set nor
	// a machine that sleeps; a verifier goes by the time of day.
	now := i.now().Round(0)
	if i.minted != "" && i.kid == key.KID && !now.Before(i.issuedAt) && now.Before(i.renewAt) {
		return i.minted, nil
	}
	minted, kid, err := i.keys.Mint(token.Claims{
		Issuer: i.issuer, Subject: httpapi.AuthIdentity, Audience: []string{httpapi.Audience}, IssuedAt: now,
		ExpiresAt: now.Add(identityTTL), ID: uuid.NewString(), ClientID: httpapi.AuthIdentity, Scope: identityScope,
	})
	if err != nil {
		return "", err
	}
	i.minted, i.kid, i.issuedAt, i.renewAt = minted, kid, now, now.Add(identityTTL-identityMargin)
	return minted, nil
}
