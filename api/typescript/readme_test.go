package typescript_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

var block = regexp.MustCompile("(?s)```ts\n(.*?)```")

// readme writes each program of the README, and of the page for consumers, into
// the project, to be compiled with it. What the first one makes, the others find
// there.
func (c *consumer) readme() {
	c.t.Helper()
	for page, atLeast := range map[string]int{"README.md": 4, filepath.Join("..", "..", "docs", "consumers.md"): 1} {
		blocks := block.FindAllStringSubmatch(read(c.t, page), -1)
		if len(blocks) < atLeast {
			c.t.Fatalf("%s has %d programs", page, len(blocks))
		}
		for i, b := range blocks {
			given := "export {};\ndeclare const id: string, password: string;\n"
			if !strings.Contains(b[1], "const users =") {
				given += `declare const users: import("@latchkey/client").UsersClient;` + "\n"
			}
			name := strings.TrimSuffix(strings.ToLower(filepath.Base(page)), ".md")
			write(c.t, filepath.Join(c.dir, fmt.Sprintf("%s%d.ts", name, i)), given+b[1])
		}
	}
}
