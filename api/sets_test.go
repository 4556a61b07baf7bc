package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/token"
)

// known reads a schema's x-extensible-enum, sorted.
func known(t *testing.T, path, schema string) []string {
	t.Helper()
	list, ok := load(t, path).Components.Schemas[schema].Value.Extensions["x-extensible-enum"].([]any)
	if !ok {
		t.Fatalf("%s: %s has no x-extensible-enum", path, schema)
	}
	var all []string
	for _, value := range list {
		all = append(all, fmt.Sprint(value))
	}
	return slices.Sorted(slices.Values(all))
}

// TestPasswordReasons holds the open set equal to password.Reasons.
func TestPasswordReasons(t *testing.T) {
	t.Parallel()
	var want []string
	for _, reason := range password.Reasons() {
		want = append(want, string(reason))
	}
	slices.Sort(want)
	for _, path := range []string{"shared.yaml", "../gen/usersapi/openapi.json", "../gen/authapi/openapi.json"} {
		if got := known(t, path, "PasswordReason"); !slices.Equal(got, want) {
			t.Errorf("%s has the reasons %q, want those of internal/password %q", path, got, want)
		}
	}
}

// TestKeyAlgorithms holds the closed set equal to what token verifies and keys
// sign with.
func TestKeyAlgorithms(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"auth.yaml", "../gen/authapi/openapi.json"} {
		var got []string
		for _, algorithm := range load(t, path).Components.Schemas["KeyAlgorithm"].Value.Enum {
			got = append(got, fmt.Sprint(algorithm))
		}
		if want := token.Algorithms(); !slices.Equal(got, want) {
			t.Errorf("%s has the algorithms %q, want those of token %q", path, got, want)
		}
	}
}

// TestPagesHoldWhatMayBeAskedFor: a limit goes as far as a page does.
func TestPagesHoldWhatMayBeAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		pages := 0
		for name, op := range operations(doc) {
			limit := op.Parameters.GetByInAndName(openapi3.ParameterInQuery, "limit")
			if limit == nil {
				continue
			}
			pages++
			page := op.Responses.Status(http.StatusOK).Value.Content["application/json"].Schema.Value.Properties["items"]
			if most := limit.Schema.Value.Max; page == nil || page.Value.MaxItems == nil || most == nil || uint64(*most) != *page.Value.MaxItems {
				t.Errorf("%s: its limit and its page do not end at the same number", name)
			}
		}
		if pages == 0 {
			t.Error("no operation has pages: the walk is broken")
		}
	})
}

// TestAuditEventTypes holds the open sets equal to the names of events in the
// sources: some are written by Go, some by SQL, and no list of them is kept.
func TestAuditEventTypes(t *testing.T) {
	t.Parallel()
	for path, c := range map[string]struct {
		schema  string
		sources []string
	}{
		"users.yaml": {"AuditEventType", []string{"../internal/users/*.go", "../queries/users/*.sql"}},
		"auth.yaml":  {"AuthAuditEventType", []string{"../internal/auth/*.go", "../internal/keyring/*.go", "../queries/auth/*.sql"}},
	} {
		if got, want := known(t, path, c.schema), eventsIn(t, c.sources...); !slices.Equal(got, want) {
			t.Errorf("%s: %s knows\n%q, the sources write\n%q", path, c.schema, got, want)
		}
	}
}

// eventName is how a type of event stands in Go and in SQL, and in no other
// literal but those of notEvents.
var eventName = regexp.MustCompile(`["'](users?|role|credentials|session|login|password|email|key|client|token)\.([a-z_]+)["']`)

// notEvents are lines of the log.
var notEvents = []string{"token.issued"}

// eventsIn finds the types of events in sources, sorted.
func eventsIn(t *testing.T, patterns ...string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range eventName.FindAllSubmatch(text, -1) {
				if name := string(match[1]) + "." + string(match[2]); !slices.Contains(notEvents, name) {
					found[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
