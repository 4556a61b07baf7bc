package httpapi

import (
	"net/http"
	"net/netip"
	"strings"
	"unicode"

	"github.com/latchkey-id/latchkey/token"
)

// Headers by which the auth service tells the users service on whose behalf it
// calls. They are believed from its own identity only.
const (
	HeaderClientAddress   = "Latchkey-Client-Address"
	HeaderClientUserAgent = "Latchkey-Client-User-Agent"
	// OnNobodysBehalf is what it sends for an address when no end user is
	// behind the call; the header makes the token be looked at before limits.
	OnNobodysBehalf = "-"
)

// What both services agree on about tokens.
const (
	// AuthIdentity is the sub and client_id of the auth service's own tokens.
	AuthIdentity = "latchkey-auth"
	// Audience is the aud of every access token.
	Audience = "latchkey"
)

// maxUserAgent bounds what is kept of a User-Agent, in bytes.
const maxUserAgent = 512

// clientAddress finds whose request this is: the peer's, unless the peer is a
// trusted proxy; then the last address in X-Forwarded-For that is not one
// itself. Everything left of that was written by the client and is believed by
// nobody. An address that can't be read ends the walk at the hop before it.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	address := hostAddress(r.RemoteAddr)
	if len(trusted) == 0 {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && within(address, trusted); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = hop.Unmap().WithZone("")
	}
	return address
}

func hostAddress(remote string) netip.Addr {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	return peer.Addr().Unmap().WithZone("")
}

func within(address netip.Addr, prefixes []netip.Prefix) bool {
	for _, prefix := range prefixes {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// network is the unit that limits count: an IPv4 address or an IPv6 /64, which
// is what one subscriber holds.
func network(address netip.Addr) netip.Addr {
	if address.Is6() {
		prefix, err := address.Prefix(64)
		if err == nil {
			return prefix.Addr()
		}
	}
	return address
}

// believeForwarded takes over the client that the auth service names. Only a
// request that carries the header pays for the early look at its token.
func (a *API) believeForwarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		named := r.Header.Get(HeaderClientAddress)
		s := stateOf(r.Context())
		if named != "" && s.op.bearer == bearerRequired {
			if claims, err := a.identify(r, s); err == nil && isAuth(claims) {
				if named == OnNobodysBehalf { // nobody's limit is touched, and no throttle of an address
					s.peer, s.userAgent = netip.Addr{}, ""
				} else if address, err := netip.ParseAddr(named); err == nil {
					s.peer, s.forwarded = address.Unmap().WithZone(""), true
					s.userAgent = cutUserAgent(r.Header.Get(HeaderClientUserAgent))
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// isAuth reports whether claims are the auth service's own: issued to its
// client and not to a session.
func isAuth(claims *token.Claims) bool {
	return claims.ClientID == AuthIdentity && claims.Subject == AuthIdentity && claims.SessionID == ""
}

// cutUserAgent makes a User-Agent fit to be kept and shown: within its size,
// without control characters (C1 too: a terminal obeys them) and line ends.
func cutUserAgent(text string) string {
	if len(text) <= maxUserAgent && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return text // as nearly all are
	}
	text = strings.ToValidUTF8(text, "")
	if len(text) > maxUserAgent {
		text = strings.ToValidUTF8(text[:maxUserAgent], "")
	}
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, text)
}
