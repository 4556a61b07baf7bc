package rest

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"

	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/users"
)

func userOf(a usersdb.Account) sharedapi.User {
	return sharedapi.User{
		Id:        a.ID,
		Username:  a.Username,
		Email:     a.Email,
		Verified:  a.Verified,
		Disabled:  a.Disabled,
		Roles:     a.Roles,
		CreatedAt: a.CreatedAt.UTC(),
		UpdatedAt: a.UpdatedAt.UTC(),
		DeletedAt: nullableTime(a.DeletedAt),
		Version:   a.Version,
	}
}

func nullableTime(t *time.Time) nullable.Nullable[time.Time] {
	if t == nil {
		return nullable.NewNullNullable[time.Time]()
	}
	return nullable.NewNullableWithValue(t.UTC())
}

func pageOf(p users.Page) usersapi.UserPage {
	page := usersapi.UserPage{Items: make([]sharedapi.User, 0, len(p.Items)), NextCursor: nullable.NewNullNullable[string]()}
	for _, account := range p.Items {
		page.Items = append(page.Items, userOf(account))
	}
	if p.Next != "" {
		page.NextCursor = nullable.NewNullableWithValue(p.Next)
	}
	return page
}

// actorOf is the caller as the domain and its audit know them.
func actorOf(ctx context.Context) users.Actor {
	return users.Actor{
		Claims: httpapi.Caller(ctx), Address: httpapi.ClientAddress(ctx),
		UserAgent: httpapi.UserAgent(ctx), RequestID: httpapi.RequestID(ctx),
		ForOwner: httpapi.Granted(ctx, users.ScopeOwner),
	}
}

func auditFilterOf(p usersapi.ListAuditEventsParams) audit.Filter {
	return audit.Filter{
		User: p.UserId, Type: orElse(p.Type, ""), Since: orElse(p.Since, time.Time{}), Until: orElse(p.Until, time.Time{}),
	}
}

func filterOf(p usersapi.ListUsersParams) users.Filter {
	return users.Filter{
		Prefix: orElse(p.Q, ""), Role: orElse(p.Role, ""), Verified: p.Verified, Disabled: p.Disabled,
		IncludeDeleted: orElse(p.IncludeDeleted, false),
	}
}

// orElse is a parameter's value, or its default where it was not sent.
func orElse[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

func roleListOf(rows []usersdb.Role) usersapi.RoleList {
	list := usersapi.RoleList{Items: make([]usersapi.Role, 0, len(rows))}
	for _, row := range rows {
		list.Items = append(list.Items, usersapi.Role{Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC()})
	}
	return list
}

func verifiedOf(c usersdb.Credential) usersapi.VerifiedCredentials {
	return usersapi.VerifiedCredentials{
		CredentialEpoch: c.CredentialEpoch,
		User: userOf(usersdb.Account{
			ID: c.ID, Username: c.Username, Email: c.Email, Verified: c.Verified, Disabled: c.Disabled, Roles: c.Roles,
			CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, DeletedAt: c.DeletedAt, Version: c.Version,
		}),
	}
}

func securityOf(r usersdb.GetSecurityRow) usersapi.UserSecurity {
	return usersapi.UserSecurity{
		Roles: r.Roles, Verified: r.Verified, Disabled: r.Disabled, Deleted: r.DeletedAt != nil, CredentialEpoch: r.CredentialEpoch,
		User: userOf(usersdb.Account{
			ID: r.ID, Username: r.Username, Email: r.Email, Verified: r.Verified, Disabled: r.Disabled, Roles: r.Roles,
			CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, DeletedAt: r.DeletedAt, Version: r.Version,
		}),
	}
}

func newAccountOf(b *usersapi.NewUser) users.NewAccount {
	in := users.NewAccount{Username: b.Username, Email: b.Email, Password: b.Password, PasswordHash: b.PasswordHash}
	if b.Verified != nil {
		in.Verified = *b.Verified
	}
	if b.Roles != nil {
		in.Roles = *b.Roles
	}
	return in
}

func patchOf(b *usersapi.UserPatch) users.Patch {
	return users.Patch{
		Username: b.Username, Email: b.Email, Password: b.Password, PasswordHash: b.PasswordHash,
		Verified: b.Verified, Disabled: b.Disabled, Roles: b.Roles,
	}
}

func credentialsPatchOf(b *usersapi.CredentialsPatch) users.CredentialsPatch {
	return users.CredentialsPatch{Password: b.Password, Email: b.Email, Username: b.Username, Verified: b.Verified}
}

// etagOf quotes the version: a strong validator (RFC 9110, section 8.8.3).
func etagOf(a usersdb.Account) string { return strconv.Quote(strconv.FormatInt(a.Version, 10)) }

// preconditionOf reads If-Match. Weak tags never match: the comparison is the
// strong one (RFC 9110, section 13.1.1). Validation has checked the syntax.
func preconditionOf(ifMatch *string) users.Precondition {
	if ifMatch == nil || *ifMatch == "*" {
		return func(usersdb.LockUserRow) error { return nil }
	}
	return func(now usersdb.LockUserRow) error {
		want := strconv.Quote(strconv.FormatInt(now.Version, 10))
		for tag := range strings.SplitSeq(*ifMatch, ",") {
			if strings.Trim(tag, " \t") == want {
				return nil
			}
		}
		return users.ErrVersionMismatch
	}
}
