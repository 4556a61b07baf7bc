package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ownIdentity is the client_id of this service's own tokens
// (httpapi.AuthIdentity), which no client may have.
const ownIdentity = "latchkey-auth"

// ClientScopes are what a client may be given (clients_scopes_check);
// credentials:* are this service's own alone.
var ClientScopes = []string{"users:read", "users:write"}

// Errors of Clients, for an operator.
var (
	ErrNoClient      = errors.New("there is no such client")
	ErrClientExists  = errors.New("the id is taken; ids are never used again")
	ErrClientRevoked = errors.New("the client has been revoked")
	// ErrClientRotating says that the secret before the last rotation still
	// stands: another rotation would end one of the two.
	ErrClientRotating = errors.New("the secret before the last rotation still stands; " +
		"--again replaces the newest one, --grace 0 ends all but the new one")
)

// Clients is what an operator does with the back ends that get tokens for
// themselves.
type Clients struct {
	queries *authdb.Queries
	actor   string // the part of the system that the audit names
	newID   func() uuid.UUID
}

// NewClients gives the clients of a database; actor is who changes them.
func NewClients(pool *pgxpool.Pool, actor string) *Clients {
	return &Clients{queries: authdb.New(pool), actor: actor, newID: func() uuid.UUID { return uuid.Must(uuid.NewV7()) }}
}

// NewClient is a client to be made.
type NewClient struct {
	ID          string
	Description string
	Scopes      []string
}

// maxDescription is in characters (clients_description_check).
const maxDescription = 200

var clientID = regexp.MustCompile(`^[a-z][a-z0-9-]{2,63}$`)

// Check says what is wrong with a client to be made.
func (n NewClient) Check() error {
	switch {
	case !clientID.MatchString(n.ID):
		return errors.New("the id must be 3 to 64 of a-z, 0-9 and -, and begin with a letter")
	case n.ID == firstParty || n.ID == ownIdentity:
		return fmt.Errorf("the id %s is latchkey's own", n.ID)
	case len([]rune(n.Description)) > maxDescription:
		return fmt.Errorf("the description may have %d characters", maxDescription)
	case len(n.Scopes) == 0:
		return errors.New("at least one scope is needed")
	}
	for _, scope := range n.Scopes {
		if !slices.Contains(ClientScopes, scope) {
			return fmt.Errorf("the scope %q is none that a client may have: %v", scope, ClientScopes)
		}
	}
	return nil
}

// Create makes a client and returns its secret, which is stored nowhere. It
// returns ErrClientExists where the id was ever used.
func (c *Clients) Create(ctx context.Context, n NewClient) (config.Secret, error) {
	if err := n.Check(); err != nil {
		return "", err
	}
	secret, event := newClientSecret(), c.newID()
	made, err := c.queries.InsertClient(ctx, authdb.InsertClientParams{
		ID: n.ID, Description: n.Description, Scopes: distinct(n.Scopes), SecretHash: hashOf(secret),
		EventID: event, OccurredAt: audit.TimeOf(event), Actor: c.actor,
	})
	switch {
	case err != nil:
		return "", err
	case made == 0:
		return "", ErrClientExists
	}
	return secret, nil
}

// distinct are the scopes in the order that tokens have them.
func distinct(scopes []string) []string {
	scopes = slices.Clone(scopes)
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// List gives the live clients, or all of them, by id.
func (c *Clients) List(ctx context.Context, revokedToo bool) ([]authdb.ListClientsRow, error) {
	return c.queries.ListClients(ctx, revokedToo)
}

// Find gives one client, dead or alive, or ErrNoClient. There are few.
func (c *Clients) Find(ctx context.Context, id string) (authdb.ListClientsRow, error) {
	all, err := c.List(ctx, true)
	if err != nil {
		return authdb.ListClientsRow{}, err
	}
	at := slices.IndexFunc(all, func(row authdb.ListClientsRow) bool { return row.ID == id })
	if at < 0 {
		return authdb.ListClientsRow{}, ErrNoClient
	}
	return all[at], nil
}

// Rotation is how a client's secret is to be replaced.
type Rotation struct {
	Grace time.Duration // for so long the secret before stays good; 0: not at all
	// Again replaces the newest secret while the one before the last rotation
	// still stands, which stays so for the grace.
	Again bool
}

// May returns why a rotation would be refused: ErrClientRevoked or
// ErrClientRotating.
func (r Rotation) May(row authdb.ListClientsRow) error {
	switch {
	case row.RevokedAt != nil:
		return ErrClientRevoked
	case row.PreviousStands && r.Grace > 0 && !r.Again:
		return ErrClientRotating
	}
	return nil
}

// RotateSecret gives a client another secret. It returns until when the one
// before is good, nil for not at all; or ErrNoClient, ErrClientRevoked,
// ErrClientRotating.
func (c *Clients) RotateSecret(ctx context.Context, id string, r Rotation) (config.Secret, *time.Time, error) {
	secret, event := newClientSecret(), c.newID()
	until, err := c.queries.RotateClientSecret(ctx, authdb.RotateClientSecretParams{
		ID: id, SecretHash: hashOf(secret), Grace: r.Grace, Again: r.Again,
		EventID: event, OccurredAt: audit.TimeOf(event), Actor: c.actor,
	})
	if !postgres.IsNoRows(err) {
		return secret, until, err
	}
	row, err := c.Find(ctx, id)
	if err == nil {
		if err = r.May(row); err == nil { // the grace ended between the two looks
			err = ErrClientRotating
		}
	}
	return "", nil, err
}

// Revoke ends a client for good: it gets no more tokens, and introspection
// calls those that it has inactive. It reports false where it had ended before,
// and returns ErrNoClient.
func (c *Clients) Revoke(ctx context.Context, id string) (bool, error) {
	event := c.newID()
	revoked, err := c.queries.RevokeClient(ctx, authdb.RevokeClientParams{
		ID: id, EventID: event, OccurredAt: audit.TimeOf(event), Actor: c.actor,
	})
	if err != nil || revoked > 0 {
		return revoked > 0, err
	}
	_, err = c.Find(ctx, id)
	return false, err
}

// Secrets are 256 random bits behind a prefix by which scanners of source code
// find one that was committed.
const (
	secretPrefix = "lks_"
	secretSize   = 32
)

func newClientSecret() config.Secret {
	random := make([]byte, secretSize)
	_, _ = rand.Read(random) // it never fails (crypto/rand, Go 1.24)
	return config.Secret(secretPrefix + base64.RawURLEncoding.EncodeToString(random))
}

// hashOf is what is stored of a secret. It has all the entropy that a hash can
// hold, so that a slow one would protect nothing more.
func hashOf(secret config.Secret) []byte {
	sum := sha256.Sum256([]byte(secret.Reveal()))
	return sum[:]
}
