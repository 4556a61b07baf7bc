package judge

import (
	"net/http"
	"slices"
	"strings"
)

// access is the extension x-access: who may call.
type access struct {
	Scopes, Roles         []string
	Self, Person, Expired bool
}

// admits judges the bearer token by the operation alone.
func (op *operation) admits(r Request) *refusal {
	sent := len(r.Header.Values("Authorization")) > 0
	if !op.bearer || !sent && op.anonymous {
		return nil
	}
	return op.access.admits(r.Bearer)
}

func (x access) admits(s Standing) *refusal {
	switch {
	case !s.Valid && (!s.Expired || !x.Expired), x.Person && !s.Person:
		return refuse(http.StatusUnauthorized, "no valid bearer token of the kind that is asked for")
	case x.Person, x.Self && s.Person, slices.ContainsFunc(x.Roles, func(role string) bool { return slices.Contains(s.Roles, role) }):
		return nil
	case slices.ContainsFunc(x.Scopes, s.holds):
		return nil
	}
	return refuse(http.StatusForbidden, "the caller has no right to it")
}

// holds reports whether a scope counts: credentials:* does for the auth service's own
// identity only.
func (s Standing) holds(scope string) bool {
	return slices.Contains(s.Scopes, scope) && (s.Auth || !strings.HasPrefix(scope, "credentials:"))
}

// Admits reports whether a caller of this standing may call an operation. One
// that asks for no bearer token admits all.
func (j *Judge) Admits(operation string, s Standing) bool {
	for _, op := range j.operations {
		if op.id == operation {
			return !op.bearer || op.access.admits(s) == nil
		}
	}
	return false
}
