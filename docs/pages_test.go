// Package docs_test holds the pages to what a reader's click and GitHub's
// renderer would find.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are all that are ours to read: docs, and those in the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "decisions/*.md", "../*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all[path] = string(text)
		}
	}
	return all
}

var (
	fenced  = regexp.MustCompile("(?ms)^```.*?^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors are the fragments that GitHub gives a page's headings.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, h := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		all[strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")] = true
	}
	return all
}

// Each link to a file of the repository leads to one, and to a heading that is
// there.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	all := pages(t)
	count := 0
	for page, text := range all {
		for _, l := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(l[1], "://") {
				continue
			}
			count++
			path, fragment, _ := strings.Cut(l[1], "#")
			target := filepath.Join(filepath.Dir(page), path)
			if path == "" {
				target = page
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", page, l[1])
				continue
			}
			if to, ours := all[target]; ours && fragment != "" && !anchors(to)[fragment] {
				t.Errorf("%s links to %s, which has no such heading", page, l[1])
			}
		}
	}
	if count < 50 {
		t.Errorf("%d links were found", count)
	}
}

// Every page is reached from the README or from the index of its folder.
func TestPagesAreReached(t *testing.T) {
	t.Parallel()
	all := pages(t)
	for page := range all {
		index, name := "../README.md", "docs/"+page
		if folder, file := filepath.Split(page); folder == "decisions/" && file != "README.md" {
			index, name = "decisions/README.md", file
		}
		if !strings.HasPrefix(page, "../") && !strings.Contains(all[index], "("+name) {
			t.Errorf("%s does not link to %s", index, name)
		}
	}
}

// Tests that docs/security.md names as proof are there.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	declared := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, d := range declaration.FindAllStringSubmatch(string(text), -1) {
			declared[d[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(pages(t)["security.md"], -1)
	for _, n := range named {
		if !declared[n[1]] {
			t.Errorf("security.md names %s, which is no test", n[1])
		}
	}
	if len(named) < 40 {
		t.Errorf("%d tests are named", len(named))
	}
}
