package apitest

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// No answer that either document declares has a member for a hash; the closed
// schemas refuse what is not declared (TestEveryLieIsNoticed).
func TestS66NoAnswerHasAMemberForAHash(t *testing.T) {
	t.Parallel()
	answers := 0
	for _, service := range []string{"auth", "users"} {
		for _, o := range Operations(service) {
			for status, response := range o.Spec.Responses.Map() {
				for _, media := range response.Value.Content {
					answers++
					if at := memberLike(media.Schema, "", map[*openapi3.Schema]bool{}); at != "" {
						t.Errorf("%s, %s: %s", o.ID, status, at)
					}
				}
			}
		}
	}
	if answers < 200 {
		t.Errorf("%d answers were looked at", answers)
	}
}

// memberLike finds a member whose name speaks of a hash or of a password.
func memberLike(ref *openapi3.SchemaRef, at string, seen map[*openapi3.Schema]bool) string {
	if ref == nil || seen[ref.Value] {
		return ""
	}
	seen[ref.Value] = true
	for name, member := range ref.Value.Properties {
		if lower := strings.ToLower(name); strings.Contains(lower, "hash") || strings.Contains(lower, "password") {
			return at + "/" + name
		}
		if found := memberLike(member, at+"/"+name, seen); found != "" {
			return found
		}
	}
	parts := append(append(append(openapi3.SchemaRefs{ref.Value.Items}, ref.Value.AllOf...), ref.Value.OneOf...), ref.Value.AnyOf...)
	for _, part := range parts {
		if found := memberLike(part, at, seen); found != "" {
			return found
		}
	}
	return ""
}

// The client of all tests looks for hashes in every answer.
func TestS66AHashInAnAnswerIsNoticed(t *testing.T) {
	t.Parallel()
	for _, hash := range []string{
		"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$2a$04$x", "$2y$10$x", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA",
	} {
		for _, c := range []told{
			answer("GET", "/users/ada", 200, media, user(Body{"username": hash}), etag, `"1"`),
			answer("GET", "/nothing", 404, mediaProblem, problem(Body{"detail": "no " + hash})),
		} {
			if err := usersSpec().check(c.request, c.response); err == nil || !strings.Contains(err.Error(), "a hash") {
				t.Errorf("%s in the answer to %s: %v", hash, c.request.Path, err)
			}
		}
	}
}
