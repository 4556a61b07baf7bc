package typescript_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

var block = regexp.MustCompile("(?s)```ts\n(.*?)```")

// readme writes each program of the README into the project, to be compiled
// with it. What the first one makes, the others find there.
func (c *consumer) readme() {
	c.t.Helper()
	blocks := block.FindAllStringSubmatch(read(c.t, "README.md"), -1)
	if len(blocks) < 4 {
		c.t.Fatalf("README.md has %d programs", len(blocks))
	}
	for i, b := range blocks {
		given := "export {};\ndeclare const id: string, password: string;\n"
		if !strings.Contains(b[1], "const users =") {
			given += `declare const users: import("@latchkey/client").UsersClient;` + "\n"
		}
		write(c.t, filepath.Join(c.dir, fmt.Sprintf("readme%d.ts", i)), given+b[1])
	}
}
