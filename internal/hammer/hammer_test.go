package hammer_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/hammer"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// seed and others are those of every run of `make test`.
const (
	seed   = 6
	others = 8 // requests for each operation beside those at its bounds
)

// TestServicesAcceptWhatTheirDocumentsAccept is the short run. Its end shows
// that a run finds things: told lies about the services, it says so.
func TestServicesAcceptWhatTheirDocumentsAccept(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, hammer.Quick)
	h := hammer.New(t, s)
	began := time.Now()
	for _, f := range h.Short(t, seed, others) {
		t.Error(f)
	}
	t.Logf("%d requests in %s", h.Sent(), time.Since(began).Round(time.Millisecond))
	for name, l := range lies {
		t.Run(name, func(t *testing.T) { l.isFoundOut(t, h) })
	}
}

// lie is a document that says something else than the service does.
type lie struct {
	service, operation string
	tell               func(doc node)
}

// node is a part of a document.
type node map[string]any

func (n node) at(path ...string) node {
	for _, step := range path {
		n = n[step].(map[string]any)
	}
	return n
}

func (n node) schema(name string) node { return n.at("components", "schemas", name) }

var lies = map[string]lie{
	"a string longer by one": {"users", "createUser", func(doc node) { doc.schema("Username")["maxLength"] = 33 }},
	"a number larger by one": {"users", "listUsers", func(doc node) {
		doc.at("paths", "/users", "get")["parameters"].([]any)[0].(map[string]any)["schema"].(map[string]any)["maximum"] = 201
	}},
	"an array longer by one":    {"users", "updateUser", func(doc node) { doc.schema("RoleNames")["maxItems"] = 63 }},
	"a member that is not read": {"users", "createUser", func(doc node) { delete(doc.schema("NewUser").at("properties"), "verified") }},
	"a member less is asked for": {"auth", "changePassword", func(doc node) {
		doc.schema("PasswordChange")["required"] = []any{"new_password"}
	}},
	"a parameter that is not known": {"users", "listUsers", func(doc node) {
		get := doc.at("paths", "/users", "get")
		get["parameters"] = get["parameters"].([]any)[1:]
	}},
	"a value more in an enum": {"auth", "login", func(doc node) {
		doc.schema("Login").at("properties", "transport")["enum"] = []any{"body", "cookie", "BODY"}
	}},
	"a pattern with one more":    {"users", "putRole", func(doc node) { doc.schema("RoleName")["pattern"] = "^[a-z0-9 ][a-z0-9_ -]*$" }},
	"nobody needs a token":       {"users", "listRoles", func(doc node) { doc.at("paths", "/roles", "get")["security"] = []any{} }},
	"anybody has the right":      {"users", "listRoles", func(doc node) { doc.at("paths", "/roles", "get", "x-access")["self"] = true }},
	"another type in an answer":  {"users", "getUser", func(doc node) { doc.schema("User").at("properties", "version")["type"] = "string" }},
	"a status that is not there": {"users", "getUser", func(doc node) { delete(doc.at("paths", "/users/{user}", "get", "responses"), "404") }},
	"a form's value shorter":     {"auth", "issueToken", func(doc node) { doc.schema("TokenRequest").at("properties", "scope")["maxLength"] = 1023 }},
}

func (l lie) isFoundOut(t *testing.T, h *hammer.Hammer) {
	var doc node
	text := map[string][]byte{"auth": authapi.SpecJSON, "users": usersapi.SpecJSON}[l.service]
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	l.tell(doc)
	lied, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	before := h.Sent()
	defer h.Believe(t, l.service, lied)()
	for number := range 600 {
		found := h.Round(t, seed, number, l.operation)
		if len(found) == 0 {
			continue
		}
		if text := found[0].String(); !strings.Contains(text, "SEED=6") || !strings.Contains(text, "curl ") {
			t.Errorf("it can't be made again from this: %s", text)
		}
		return
	}
	t.Errorf("%d requests, and nobody found out", h.Sent()-before)
}
