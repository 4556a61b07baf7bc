package rest

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// jwksCaching lets verifiers keep the key set for a minute. The key law's
// times are built on it.
const jwksCaching = "public, max-age=60"

func clientOf(ctx context.Context) auth.Client {
	return auth.Client{Address: httpapi.ClientAddress(ctx), UserAgent: httpapi.UserAgent(ctx), RequestID: httpapi.RequestID(ctx)}
}

func grantOf(g auth.Grant) authapi.Grant {
	return authapi.Grant{
		AccessToken:  g.AccessToken,
		TokenType:    authapi.GrantTokenTypeBearer,
		ExpiresIn:    int32(g.ExpiresIn / time.Second),
		RefreshToken: &g.RefreshToken,
		User:         userOf(g.Account),
	}
}

func userOf(a auth.Account) sharedapi.User {
	user := sharedapi.User{
		Id:        a.ID,
		Username:  a.Username,
		Email:     a.Email,
		Verified:  a.Verified,
		Disabled:  a.Disabled,
		Roles:     a.Roles,
		CreatedAt: a.CreatedAt,
		UpdatedAt: a.UpdatedAt,
		DeletedAt: nullable.NewNullNullable[time.Time](),
		Version:   a.Version,
	}
	if a.DeletedAt != nil {
		user.DeletedAt = nullable.NewNullableWithValue(*a.DeletedAt)
	}
	return user
}

func accountOf(u sharedapi.User, epoch int64) auth.Account {
	account := auth.Account{
		ID:        u.Id,
		Username:  u.Username,
		Email:     u.Email,
		Verified:  u.Verified,
		Disabled:  u.Disabled,
		Roles:     u.Roles,
		CreatedAt: u.CreatedAt,
		UpdatedAt: u.UpdatedAt,
		Version:   u.Version,
		Epoch:     epoch,
	}
	if deleted, err := u.DeletedAt.Get(); err == nil {
		account.DeletedAt = &deleted
	}
	return account
}

// keySet is the 200 of GetJwks: bytes that the ring keeps ready, so that a
// fetch costs no encoding.
type keySet struct {
	body []byte
	etag string
}

// VisitGetJwksResponse writes it, as the generated type would.
func (k keySet) VisitGetJwksResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", jwksCaching)
	w.Header().Set("ETag", k.etag)
	_, err := w.Write(k.body)
	return err
}

// matches reports whether If-None-Match names the tag; the comparison is the
// weak one (RFC 9110, section 13.1.2).
func matches(ifNoneMatch *string, etag string) bool {
	if ifNoneMatch == nil {
		return false
	}
	for tag := range strings.SplitSeq(*ifNoneMatch, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == etag {
			return true
		}
	}
	return false
}

func sessionListOf(rows []authdb.ListSessionsRow, caller *token.Claims) authapi.SessionList {
	list := authapi.SessionList{Items: make([]authapi.Session, 0, len(rows))}
	for _, row := range rows {
		list.Items = append(list.Items, authapi.Session{
			Id:         row.ID,
			CreatedAt:  row.CreatedAt.UTC(),
			LastUsedAt: row.RotatedAt.UTC(),
			ExpiresAt:  row.ExpiresAt.UTC(),
			Address:    row.Address.String(),
			UserAgent:  row.UserAgent,
			Current:    row.ID.String() == caller.SessionID,
		})
	}
	return list
}

func auditFilterOf(p authapi.ListAuthAuditEventsParams) audit.Filter {
	return audit.Filter{
		User: p.UserId, Type: orElse(p.Type, ""), Since: orElse(p.Since, time.Time{}), Until: orElse(p.Until, time.Time{}),
	}
}

// orElse is a parameter's value, or its default where it was not sent.
func orElse[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func clientGrantOf(g auth.ClientGrant) authapi.ClientGrant {
	return authapi.ClientGrant{
		AccessToken: g.AccessToken, TokenType: authapi.ClientGrantTokenTypeBearer, ExpiresIn: int32(g.ExpiresIn / time.Second), Scope: g.Scope,
	}
}

// introspectionOf says that a token is inactive, and nothing more, where
// nothing is known of it.
func introspectionOf(found *auth.Introspection) authapi.Introspection {
	switch {
	case found == nil:
		return authapi.Introspection{}
	case found.Refresh != nil:
		r, user, session := found.Refresh, found.Refresh.User.String(), found.Refresh.Session.String()
		return authapi.Introspection{
			Active: true, ClientId: &r.ClientID, Sub: &user, Sid: &session, Iss: &r.Issuer, Exp: secondsOf(r.ExpiresAt),
		}
	}
	c, audience, kind := found.Access, strings.Join(found.Access.Audience, " "), authapi.IntrospectionTokenTypeBearer
	out := authapi.Introspection{
		Active: true, ClientId: &c.ClientID, Sub: &c.Subject, Aud: &audience, Iss: &c.Issuer, Jti: &c.ID,
		Exp: secondsOf(c.ExpiresAt), Iat: secondsOf(c.IssuedAt), TokenType: &kind, Scope: present(c.Scope), Sid: present(c.SessionID),
	}
	if len(c.Roles) > 0 {
		out.Roles = &c.Roles
	}
	return out
}

func secondsOf(t time.Time) *int64 {
	seconds := t.Unix()
	return &seconds
}

// present is a member that is not there where it would be empty.
func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
