package client_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Who imports the clients gets what JSON and UUIDs need, and no router, no
// database and no server of ours.
func TestTheClientsBringNoServer(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}",
		"github.com/latchkey-id/latchkey/client", "github.com/latchkey-id/latchkey/gen/usersclient").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(out))
	slices.Sort(got)
	want := []string{
		"github.com/apapsch/go-jsonmerge/v2",
		"github.com/google/uuid",
		"github.com/latchkey-id/latchkey/client",
		"github.com/latchkey-id/latchkey/gen/authclient",
		"github.com/latchkey-id/latchkey/gen/sharedapi",
		"github.com/latchkey-id/latchkey/gen/usersclient",
		"github.com/oapi-codegen/nullable",
		"github.com/oapi-codegen/runtime",
		"github.com/oapi-codegen/runtime/types",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the clients bring\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
