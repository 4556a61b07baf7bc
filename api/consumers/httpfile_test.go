package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// httpFile is a .http file, read as editors do.
type httpFile struct {
	variables map[string]string
	requests  map[string]string // by name: from the request line on
}

var (
	fileVariable = regexp.MustCompile(`(?m)^@(\S+) = (.*)$`)
	comment      = regexp.MustCompile(`(?m)^#.*\n`)
	placeholder  = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

func readHTTPFile(t *testing.T, name string) *httpFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "gen/collections", name))
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), "\n###")
	f := &httpFile{variables: map[string]string{}, requests: map[string]string{}}
	for _, found := range fileVariable.FindAllStringSubmatch(head, -1) {
		f.variables[found[1]] = found[2]
	}
	for part := range strings.SplitSeq(rest, "\n###") {
		_, after, found := strings.Cut(part, "\n# @name ")
		request, _, _ := strings.Cut(after, "\n")
		if !found || f.requests[request] != "" {
			t.Errorf("%s: a request without a name of its own: %s", name, part)
		}
		f.requests[request] = strings.TrimSpace(comment.ReplaceAllString(strings.TrimPrefix(after, request+"\n"), ""))
	}
	return f
}

// send sends a request of the file, with its variables, and holds the answer to
// the specification. What an answer gives to go on with becomes a variable.
func (f *httpFile) send(t *testing.T, c *apitest.Client, name string, status int) apitest.Response {
	t.Helper()
	text := placeholder.ReplaceAllStringFunc(f.requests[name], func(use string) string {
		value, known := f.variables[strings.Trim(use, "{}")]
		if !known {
			t.Errorf("%s: %s has no value", name, use)
		}
		return value
	})
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, url, _ := strings.Cut(lines[0], " ")
	path, ours := strings.CutPrefix(url, c.URL)
	if !ours {
		t.Fatalf("%s goes to %s", name, url)
	}
	r := apitest.Request{Method: method, Path: path, Header: http.Header{}}
	if body != "" {
		r.Body = body
	}
	for _, line := range lines[1:] {
		key, value, _ := strings.Cut(line, ": ")
		if user, password, basic := strings.Cut(strings.TrimPrefix(value, "Basic "), " "); basic && strings.HasPrefix(value, "Basic ") {
			with := &http.Request{Header: http.Header{}}
			with.SetBasicAuth(user, password)
			value = with.Header.Get("Authorization")
		}
		r.Header.Set(key, value)
	}
	answer := c.Do(t, r).Is(status)
	var got map[string]any
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
		answer.JSON(&got)
	}
	for _, kept := range []string{"access_token", "refresh_token"} {
		if value, ok := got[kept].(string); ok {
			f.variables[kept] = value
		}
	}
	return answer
}
