package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// GrantClientCredentials is the one grant of the token endpoint (RFC 6749,
// section 4.4).
const GrantClientCredentials = "client_credentials"

// Faults of what clients ask for.
var (
	// ErrInvalidClient is the same for an unknown client, a revoked one and a
	// wrong secret.
	ErrInvalidClient = fault.New(fault.Unauthenticated, fault.CodeInvalidClient, "The client could not be authenticated.")
	// ErrUnsupportedGrant is any grant but GrantClientCredentials.
	ErrUnsupportedGrant = fault.New(fault.Invalid, fault.CodeUnsupportedGrantType, "The one grant_type here is client_credentials.")
	// ErrInvalidScope is a scope that the client may not have, or none at all.
	ErrInvalidScope = fault.New(fault.Invalid, fault.CodeInvalidScope, "The client may not have a scope that was asked for.")
	// ErrNotTheClients is a token that was issued to another client.
	ErrNotTheClients = fault.New(fault.Invalid, fault.CodeInvalidGrant, "The token was issued to another client.")
)

// ClientCredentials are what a client says of itself: who it is, and its proof
// (empty where there is none).
type ClientCredentials struct {
	ID     string
	Secret config.Secret
}

// ClientGrant is what a client gets (RFC 6749, section 5.1).
type ClientGrant struct {
	AccessToken string
	ExpiresIn   time.Duration
	Scope       string
}

// authenticated is a client that has proved itself.
type authenticated struct {
	id     string
	scopes []string
}

// noHash is compared with where there is no client, so that the work is the
// same. It is the SHA-256 of nothing that anybody knows.
var noHash = hashOf(newClientSecret())

// authenticate finds out whether the client is who it says: one statement. It
// returns ErrInvalidClient, after the same work whatever is wrong, or the
// database's fault.
func (s *Service) authenticate(ctx context.Context, c ClientCredentials) (authenticated, error) {
	presented := hashOf(c.Secret)
	row, err := s.queries.UseClient(ctx, authdb.UseClientParams{ID: c.ID, PresentedHash: presented})
	unknown := postgres.IsNoRows(err)
	if err != nil && !unknown {
		return authenticated{}, postgres.Fault(err)
	}
	if unknown {
		row.SecretHash, row.OtherHash = noHash, noHash
	}
	fits := subtle.ConstantTimeCompare(presented, row.SecretHash) | subtle.ConstantTimeCompare(presented, row.OtherHash)
	switch {
	case unknown:
		s.refused.Add("", 1) // what it calls itself may be anything, a secret too
		return authenticated{}, ErrInvalidClient.Because(errors.New("no such client"))
	case fits != 1:
		s.refused.Add(c.ID, 1)
		return authenticated{}, ErrInvalidClient.Because(fmt.Errorf("not the secret of the client %s", c.ID))
	case !row.Live:
		s.refused.Add(c.ID, 1)
		return authenticated{}, ErrInvalidClient.Because(fmt.Errorf("the client %s has been revoked", c.ID))
	}
	return authenticated{id: c.ID, scopes: row.Scopes}, nil
}

// ClientToken gives a client an access token for itself, with the scopes that
// it asks for, or all of its own: one statement. There is no refresh token: the
// client asks again.
func (s *Service) ClientToken(ctx context.Context, c ClientCredentials, grant, scope string, from Client) (ClientGrant, error) {
	if grant != GrantClientCredentials {
		return ClientGrant{}, ErrUnsupportedGrant
	}
	client, err := s.authenticate(ctx, c)
	if err != nil {
		return ClientGrant{}, err
	}
	if scope, err = client.narrow(scope); err != nil {
		return ClientGrant{}, err
	}
	id := s.newID().String()
	access, err := s.sign(token.Claims{Subject: client.id, ClientID: client.id, ID: id, Scope: scope})
	if err != nil {
		return ClientGrant{}, err
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "token.issued", slog.String("client_id", client.id), slog.String("scope", scope),
		slog.String("jti", id), slog.String("request_id", from.RequestID))
	return ClientGrant{AccessToken: access, ExpiresIn: s.lives.Access, Scope: scope}, nil
}

// narrow gives the scopes of a token, in the order of the client's own: those
// asked for, parted by one space (RFC 6749, section 3.3), or all.
func (a authenticated) narrow(asked string) (string, error) {
	if asked == "" {
		return strings.Join(a.scopes, " "), nil
	}
	wanted := strings.Split(asked, " ")
	for _, scope := range wanted {
		if !slices.Contains(a.scopes, scope) {
			return "", ErrInvalidScope
		}
	}
	return strings.Join(distinct(wanted), " "), nil
}
