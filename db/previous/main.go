// Command previous records the queries that a release runs, with the newest
// migration that it knows, in db/<schema>/previous.sql. A test holds every later
// schema to them: while a release rolls out, and after it is rolled back, those
// queries run on the schema of the next.
//
//	go run ./db/previous v1.2.0              # both schemas
//	go run ./db/previous users=REV auth=REV  # or each from a revision of its own
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"slices"
	"strconv"
	"strings"
)

func main() {
	for _, arg := range os.Args[1:] {
		schemas, revision := []string{"users", "auth"}, arg
		if schema, at, ok := strings.Cut(arg, "="); ok {
			schemas, revision = []string{schema}, at
		}
		for _, schema := range schemas {
			if err := record(schema, revision); err != nil {
				fmt.Fprintf(os.Stderr, "previous: %s at %s: %v\n", schema, revision, err)
				os.Exit(1)
			}
		}
	}
}

func record(schema, revision string) error {
	commit, err := git("rev-parse", "--verify", revision+"^{commit}")
	if err != nil {
		return err
	}
	commit = strings.TrimSpace(commit)
	migrations, err := list(commit, "db/"+schema+"/migrations", ".sql")
	if err != nil {
		return err
	}
	sources, err := list(commit, "gen/"+schema+"db", ".sql.go")
	if err != nil {
		return err
	}
	level, _, _ := strings.Cut(path.Base(migrations[len(migrations)-1]), "_")
	var out strings.Builder
	fmt.Fprintf(&out, "-- What the release before runs on schema %s. `make previous REF=…` writes it.\n-- revision: %s\n-- level: %s\n", schema, commit, level)
	for _, source := range sources {
		text, err := git("show", commit+":"+source)
		if err != nil {
			return err
		}
		queries, err := queries(text)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		for _, query := range queries {
			out.WriteString("\n" + strings.TrimSpace(query) + "\n")
		}
	}
	return os.WriteFile("db/"+schema+"/previous.sql", []byte(out.String()), 0o644)
}

// list names the files of a directory, sorted; at least one must be there.
func list(commit, dir, suffix string) ([]string, error) {
	out, err := git("ls-tree", "--name-only", commit, dir+"/")
	if err != nil {
		return nil, err
	}
	files := slices.DeleteFunc(strings.Fields(out), func(name string) bool { return !strings.HasSuffix(name, suffix) })
	if len(files) == 0 {
		return nil, fmt.Errorf("no %s in %s", suffix, dir)
	}
	slices.Sort(files)
	return files, nil
}

// queries are the constants of sqlc's that hold SQL as pgx gets it.
func queries(source string) (all []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if value, unquoted := strconv.Unquote(literal.Value); unquoted == nil && strings.HasPrefix(value, "-- name: ") {
			all = append(all, value)
		}
		return true
	})
	return all, nil
}

func git(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	return string(out), err
}
