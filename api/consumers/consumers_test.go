package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

func documentsOf(t *testing.T) []*document {
	t.Helper()
	documents, err := loadAll(root)
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

// TestPageIsCurrent: the tables are those of the specifications; `make verify`
// looks at gen alone.
func TestPageIsCurrent(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	want, err := withTables(string(text), documentsOf(t))
	if err != nil || want != string(text) {
		t.Errorf("%s is old: make generate. %v", page, err)
	}
	if rows := strings.Count(want, "\n| `"); rows < 30 {
		t.Errorf("the tables have %d rows", rows)
	}
	for _, broken := range []string{"", "<!-- codes -->\n", strings.Replace(want, "<!-- /oauth codes -->", "", 1)} {
		if _, err := withTables(broken, documentsOf(t)); err == nil {
			t.Errorf("no error for a page without a place for a table")
		}
	}
}

// TestPostman holds the collection to what importers of format v2.1 need, and
// every operation to be in it once.
func TestPostman(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "gen/collections/latchkey.postman_collection.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got collection
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Info.Name == "" || got.Info.Schema != "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" {
		t.Errorf("its info is %+v", got.Info)
	}
	known := map[string]bool{}
	for _, v := range got.Variable {
		known["{{"+v.Key+"}}"] = true
	}
	for _, used := range regexp.MustCompile(`\{\{[^{}]*\}\}`).FindAllString(string(text), -1) {
		if !known[used] {
			t.Errorf("%s has no value", used)
		}
	}
	var names, want []string
	for _, item := range requestsIn(t, got.Item) {
		names = append(names, item.Name)
		checkRequest(t, item)
	}
	for _, d := range documentsOf(t) {
		for _, s := range d.samples {
			want = append(want, s.spec.OperationID)
		}
	}
	slices.Sort(names)
	if slices.Sort(want); !slices.Equal(names, want) {
		t.Errorf("it has\n%q, the specifications\n%q", names, want)
	}
}

// requestsIn walks the folders.
func requestsIn(t *testing.T, items []any) []requestItem {
	t.Helper()
	var all []requestItem
	for _, item := range items {
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		var inside folder
		var request requestItem
		if err := json.Unmarshal(text, &inside); err != nil {
			t.Fatal(err)
		}
		if inside.Item != nil {
			all = append(all, requestsIn(t, inside.Item)...)
			continue
		}
		if err := json.Unmarshal(text, &request); err != nil {
			t.Fatal(err)
		}
		all = append(all, request)
	}
	return all
}

func checkRequest(t *testing.T, item requestItem) {
	t.Helper()
	r := item.Request
	if item.Name == "" || r.Method == "" || r.Description == "" || r.Header == nil || item.Response == nil ||
		r.URL.Raw != strings.Join(append(slices.Clone(r.URL.Host), r.URL.Path...), "/") {
		t.Errorf("%s is not whole: %+v", item.Name, r)
	}
	if r.Auth != nil && !slices.Contains([]string{"noauth", "basic"}, r.Auth.Type) {
		t.Errorf("%s: %+v", item.Name, r.Auth)
	}
	switch {
	case r.Body == nil:
	case r.Body.Mode == "raw":
		if !json.Valid([]byte(r.Body.Raw)) || !slices.ContainsFunc(r.Header, func(h keyValue) bool { return h.Key == "Content-Type" }) {
			t.Errorf("%s: its body is %s", item.Name, r.Body.Raw)
		}
	case r.Body.Mode != "urlencoded" || len(r.Body.URLEncoded) == 0:
		t.Errorf("%s: its body is %+v", item.Name, r.Body)
	}
	if signsIn := slices.Contains([]string{"login", "refresh", "issueToken"}, item.Name); signsIn != (len(item.Event) == 1) {
		t.Errorf("%s keeps tokens: %v", item.Name, !signsIn)
	}
}
