package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Where the database is away, a line says so and nothing fails; where it is there,
// the tool's word counts.
func TestVulncheck(t *testing.T) {
	before := scan
	defer func() { scan = before }()
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/index/db.json" {
			http.NotFound(w, r)
		}
	}))
	defer there.Close()
	away := httptest.NewServer(http.NotFoundHandler())
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	defer away.Close()
	for _, c := range []struct {
		db, tool string
		fails    bool
		said     string
	}{
		{closed.URL, "false", false, "SKIPPED"},
		{away.URL, "false", false, "SKIPPED"},
		{there.URL, "false", true, ""},
		{there.URL, "echo", false, "-db " + there.URL},
	} {
		scan = []string{c.tool}
		var out bytes.Buffer
		err := vulncheck(&out, []string{"-db", c.db})
		if (err != nil) != c.fails || !strings.Contains(out.String(), c.said) || strings.Count(out.String(), "\n") > 1 {
			t.Errorf("%s with %s: %v, %q", c.db, c.tool, err, &out)
		}
	}
}
