package users

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/password"
)

// importMembers are a line's members, or a CSV file's columns.
var importMembers = []string{"id", "username", "email", "password_hash", "verified", "disabled", "roles", "created_at"}

// importLine is a line as it is read.
type importLine struct {
	ID           *uuid.UUID
	Username     string
	Email        string
	PasswordHash *string
	Verified     bool
	Disabled     bool
	Roles        []string // nil means ["user"]
	CreatedAt    *time.Time
}

// member gives where a member's value belongs, or nil.
func (l *importLine) member(name string) any {
	switch name {
	case "id":
		return &l.ID
	case "username":
		return &l.Username
	case "email":
		return &l.Email
	case "password_hash":
		return &l.PasswordHash
	case "verified":
		return &l.Verified
	case "disabled":
		return &l.Disabled
	case "roles":
		return &l.Roles
	case "created_at":
		return &l.CreatedAt
	}
	return nil
}

var errNotObject = errors.New("is not one JSON object")

// parseJSON is strict where encoding/json is not: about unknown members, their
// case, and members that are there twice.
func parseJSON(text []byte) (importLine, error) {
	var in importLine
	d := json.NewDecoder(bytes.NewReader(text))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return in, errNotObject
	}
	seen := make([]string, 0, len(importMembers))
	for d.More() {
		token, err := d.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return in, errNotObject
		}
		into := in.member(name)
		if into == nil {
			return in, fmt.Errorf("%.40q: is no member of an account", name)
		}
		if slices.Contains(seen, name) {
			return in, fmt.Errorf("%s: is there twice", name)
		}
		seen = append(seen, name)
		if d.Decode(into) != nil { // whose text could hold the value
			return in, fmt.Errorf("%s: is not of its type", name)
		}
	}
	if _, err := d.Token(); err != nil {
		return in, errNotObject
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return in, errNotObject
	}
	return in, nil
}

// setText sets a member from a CSV field. An empty one is as if not there.
func (l *importLine) setText(name, value string) error {
	if value == "" {
		return nil
	}
	var err error
	value = strings.Clone(value) // the record is one string
	switch into := l.member(name).(type) {
	case *string:
		*into = value
	case **string:
		*into = &value
	case *bool:
		*into, err = strconv.ParseBool(value)
	case *[]string:
		*into = strings.Fields(value)
	case **uuid.UUID:
		var id uuid.UUID
		id, err = uuid.Parse(value)
		*into = &id
	case **time.Time:
		var at time.Time
		at, err = time.Parse(time.RFC3339, value)
		*into = &at
	}
	if err != nil {
		return fmt.Errorf("%s: is not of its type", name)
	}
	return nil
}

// importRow is a line that passed every rule that needs no other account.
type importRow struct {
	line      int64
	id        uuid.UUID
	username  string
	email     string
	hash      *string
	verified  bool
	disabled  bool
	roles     []string
	createdAt *time.Time
}

// lineCheck holds lines to the rules of the domain.
type lineCheck struct {
	roles       []string
	allowAdmins bool
	newID       func() uuid.UUID
	latest      time.Time
}

func newLineCheck(s *Service, roles []usersdb.Role, allowAdmins bool) *lineCheck {
	c := &lineCheck{allowAdmins: allowAdmins, newID: s.newID}
	for _, role := range roles {
		c.roles = append(c.roles, role.Name)
	}
	c.latest = audit.TimeOf(s.newID()).Add(time.Minute) // clocks differ
	return c
}

var defaultRoles = []string{RoleUser}

func (c *lineCheck) row(in importLine) (row importRow, err error) {
	row = importRow{hash: in.PasswordHash, verified: in.Verified, disabled: in.Disabled, roles: in.Roles, createdAt: in.CreatedAt}
	if row.username, err = newUsername(in.Username); err != nil {
		return row, fmt.Errorf("username: %w", err)
	}
	if row.email, err = foldEmail(in.Email); err != nil {
		return row, fmt.Errorf("email: %w", err)
	}
	if in.PasswordHash != nil && password.ParseHash(*in.PasswordHash) != nil {
		return row, errors.New("password_hash: must be bcrypt of cost 4 to 14 or argon2id with m ≤ 65536, t ≤ 4, p ≤ 4")
	}
	if in.CreatedAt != nil && (in.CreatedAt.Year() < 1970 || in.CreatedAt.After(c.latest)) {
		return row, errors.New("created_at: is before 1970 or in the future")
	}
	if row.roles, err = c.checkRoles(in.Roles); err != nil {
		return row, err
	}
	row.id, err = c.idOf(in)
	return row, err
}

func (c *lineCheck) checkRoles(roles []string) ([]string, error) {
	if roles == nil {
		return defaultRoles, nil
	}
	for i, role := range roles {
		switch {
		case !slices.Contains(c.roles, role):
			return nil, fmt.Errorf("roles: there is no role %.40q", role)
		case slices.Contains(roles[:i], role):
			return nil, fmt.Errorf("roles: %s is there twice", role)
		case role == RoleAdmin && !c.allowAdmins:
			return nil, errors.New("roles: granting admin needs --allow-admins")
		}
	}
	return roles, nil
}

// idOf takes the line's id, or makes one of the time that the account was made
// at: lists are in the order of ids.
func (c *lineCheck) idOf(in importLine) (uuid.UUID, error) {
	if in.ID != nil {
		if *in.ID == uuid.Nil || *in.ID == uuid.Max {
			return uuid.Nil, errors.New("id: is not a UUID of an account")
		}
		return *in.ID, nil
	}
	id := c.newID()
	if in.CreatedAt != nil {
		at := audit.FirstAt(*in.CreatedAt)
		copy(id[:6], at[:6])
	}
	return id, nil
}
