package httpapi_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The picture in docs/architecture.md has the middleware in its order.
func TestThePictureOfTheChain(t *testing.T) {
	t.Parallel()
	code, err := os.ReadFile("chain.go")
	page, errPage := os.ReadFile("../../docs/architecture.md")
	if err != nil || errPage != nil {
		t.Fatal(err, errPage)
	}
	var links, drawn []string
	for _, m := range regexp.MustCompile(`(?m)^\t\t\{"([^"]+)", `).FindAllSubmatch(code, -1) {
		links = append(links, string(m[1]))
	}
	_, picture, _ := strings.Cut(string(page), "flowchart TD\n")
	picture, _, _ = strings.Cut(picture, "  head --> operation\n")
	for _, m := range regexp.MustCompile(`\w\["([^"]+)"\]`).FindAllStringSubmatch(picture, -1) {
		drawn = append(drawn, m[1])
	}
	drawn = slices.DeleteFunc(drawn, func(name string) bool { return name == "every request" || name == "what has a route" })
	if len(links) < 15 || !slices.Equal(links, drawn) {
		t.Errorf("chain.go has\n%q, the picture\n%q", links, drawn)
	}
}
