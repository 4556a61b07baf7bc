package token

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Claims is what an access token says (RFC 9068, section 2.2). Times have the
// resolution of a second once minted. The claims that Verify returns belong to
// the caller, who may change them.
type Claims struct {
	Issuer        string    // iss: the auth service's PUBLIC_URL
	Subject       string    // sub: the user's id, or the client's; never reused
	Audience      []string  // aud: whom the token is for
	ExpiresAt     time.Time // exp
	IssuedAt      time.Time // iat
	NotBefore     time.Time // nbf: zero where absent
	ID            string    // jti: unique to the token
	SessionID     string    // sid: empty for a service's own token
	ClientID      string    // client_id: which application asked
	Roles         []string  // roles: as they were when the token was minted
	Scope         string    // scope: names parted by spaces (RFC 8693, section 4.2)
	EmailVerified bool      // email_verified
}

// HasScope says whether s is among the token's scopes.
func (c *Claims) HasScope(s string) bool {
	for have := range strings.SplitSeq(c.Scope, " ") {
		if have == s && s != "" {
			return true
		}
	}
	return false
}

// HasRole says whether the subject held role r when the token was minted.
func (c *Claims) HasRole(r string) bool { return slices.Contains(c.Roles, r) }

// Scopes gives the scopes one by one.
func (c *Claims) Scopes() []string { return strings.Fields(c.Scope) }

// MarshalJSON writes the claims under their registered names, as Mint does.
func (c Claims) MarshalJSON() ([]byte, error) { return json.Marshal(c.wire()) }

// clone gives a copy that shares nothing with c.
func (c *Claims) clone() *Claims {
	d := *c
	d.Audience, d.Roles = slices.Clone(c.Audience), slices.Clone(c.Roles)
	return &d
}

// wireClaims has the order and names of the payload.
type wireClaims struct {
	Issuer        string   `json:"iss"`
	Subject       string   `json:"sub"`
	Audience      audience `json:"aud"`
	ExpiresAt     int64    `json:"exp"`
	IssuedAt      int64    `json:"iat"`
	NotBefore     int64    `json:"nbf,omitempty"`
	ID            string   `json:"jti"`
	SessionID     string   `json:"sid,omitempty"`
	ClientID      string   `json:"client_id"`
	Roles         []string `json:"roles,omitempty"`
	Scope         string   `json:"scope,omitempty"`
	EmailVerified bool     `json:"email_verified,omitempty"`
}

// audience is a string where there is one (RFC 7519, section 4.1.3).
type audience []string

func (a audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

func (c *Claims) wire() wireClaims {
	w := wireClaims{
		Issuer: c.Issuer, Subject: c.Subject, Audience: c.Audience,
		ExpiresAt: c.ExpiresAt.Unix(), IssuedAt: c.IssuedAt.Unix(),
		ID: c.ID, SessionID: c.SessionID, ClientID: c.ClientID,
		Roles: c.Roles, Scope: c.Scope, EmailVerified: c.EmailVerified,
	}
	if !c.NotBefore.IsZero() {
		w.NotBefore = c.NotBefore.Unix()
	}
	return w
}

// complete says what is missing for a verifier to accept the claims.
func (c *Claims) complete() error {
	switch {
	case c.Issuer == "" || c.Subject == "" || c.ID == "" || c.ClientID == "":
		return errors.New("iss, sub, jti and client_id are required")
	case len(c.Audience) == 0 || slices.Contains(c.Audience, ""):
		return errors.New("aud is required")
	case c.ExpiresAt.Unix() <= 0 || c.IssuedAt.Unix() <= 0 || c.ExpiresAt.Unix() > latestDate:
		return errors.New("exp and iat are required")
	case !c.NotBefore.IsZero() && c.NotBefore.Unix() <= 0:
		return errors.New("nbf lies before 1970")
	}
	return nil
}

// parseClaims reads a payload. Claims that it does not know are passed over
// (RFC 7519, section 4); those it knows must be of their type.
func parseClaims(payload []byte) (*Claims, error) {
	o, err := decodeObject(payload)
	if err != nil {
		return nil, err
	}
	m := &members{of: o}
	c := &Claims{
		Issuer: m.text("iss"), Subject: m.text("sub"),
		ExpiresAt: m.date("exp"), IssuedAt: m.date("iat"), NotBefore: m.optionalDate("nbf"),
		ID: m.text("jti"), SessionID: m.optionalText("sid"), ClientID: m.text("client_id"),
		Roles: m.list("roles"), Scope: m.optionalText("scope"), EmailVerified: m.flag("email_verified"),
	}
	if one, ok := o["aud"].(string); ok {
		c.Audience = []string{one}
	} else {
		c.Audience = m.list("aud")
	}
	return c, m.err
}
