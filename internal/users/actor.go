package users

import (
	"net/netip"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/token"
)

// Actor is who does something: the token's claims, and from where.
type Actor struct {
	*token.Claims
	Address   netip.Addr // the end user's, as far as it is known
	UserAgent string
	RequestID string
	// ForOwner says that it is the auth service, which has asked for the
	// password or a token, and does what the account's owner wants done.
	ForOwner bool
}

// system is what happens on nobody's behalf: the part of us that did it.
func system(part string) Actor { return Actor{Claims: &token.Claims{Subject: part}} }

// audited is the actor in the audit's words. Only a sign-in has a session,
// only a client an id of its own.
func (a Actor) audited() audit.Actor {
	kind := audit.KindSystem
	switch {
	case a.SessionID != "":
		kind = audit.KindPerson
	case a.ClientID != "":
		kind = audit.KindService
	}
	return audit.Actor{Kind: kind, ID: a.Subject, Address: a.Address, UserAgent: a.UserAgent, RequestID: a.RequestID}
}
