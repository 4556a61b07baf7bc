//go:build unix

package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL whose SQL the queries may use.
const oldestMajor = 14

// versioned are the places where packages put PostgreSQL by major version.
var versioned = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // postgresql.org's RPMs
	"/usr/libexec/postgresql*",           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew, Apple silicon
	"/usr/local/opt/postgresql@*/bin",    // Homebrew, Intel
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/local/pgsql*/bin", // from source
}

var (
	versionOutput = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)
	versionInPath = regexp.MustCompile(`(?:postgresql/|postgresql@|pgsql-|postgresql)(\d+)(?:/bin)?$`)
)

// programs is a directory with initdb and postgres of one major version.
type programs struct {
	dir   string
	major int
}

// findPrograms looks in PGBIN, PATH, pg_config --bindir and the versioned
// places, newest first, for programs that accept accepts. Only those that user
// a may execute count. PGBIN, when set, is the only place.
func findPrograms(ctx context.Context, a account, accept func(major int) bool) (programs, error) {
	pgbin := os.Getenv("PGBIN")
	for _, places := range []func(context.Context) []string{
		func(context.Context) []string { return nonEmpty(pgbin) }, onPath, fromPgConfig, fromVersioned,
	} {
		for _, dir := range places(ctx) {
			if p, ok := inspect(ctx, dir, a); ok && accept(p.major) {
				return p, nil
			}
		}
		if pgbin != "" {
			return programs{}, fmt.Errorf("PGBIN=%s holds no PostgreSQL that fits: %w", pgbin, ErrNoBinaries)
		}
	}
	return programs{}, ErrNoBinaries
}

func nonEmpty(dir string) []string {
	if dir == "" {
		return nil
	}
	return []string{dir}
}

func onPath(context.Context) []string {
	path, err := exec.LookPath("postgres")
	if err != nil {
		return nil
	}
	// A link in /usr/bin leads to where initdb is as well.
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return nil
	}
	return []string{filepath.Dir(path)}
}

func fromPgConfig(ctx context.Context) []string {
	out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output()
	if err != nil {
		return nil
	}
	return nonEmpty(strings.TrimSpace(string(out)))
}

func fromVersioned(context.Context) []string {
	var dirs []string
	for _, pattern := range versioned {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		dirs = append(dirs, found...)
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return majorInPath(b) - majorInPath(a) })
	return dirs
}

// majorInPath reads the version off a versioned place, 0 when it does not say.
func majorInPath(dir string) int {
	m := versionInPath.FindStringSubmatch(dir)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(m[1])
	return major
}

// inspect tells which version dir holds. It asks the program itself only where
// the path does not tell, to save a start the 5 ms.
func inspect(ctx context.Context, dir string, a account) (programs, bool) {
	server := filepath.Join(dir, "postgres")
	for _, program := range []string{server, filepath.Join(dir, "initdb")} {
		info, err := os.Stat(program)
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 || !a.reaches(program) {
			return programs{}, false
		}
	}
	major := majorInPath(dir)
	if major == 0 {
		out, err := exec.CommandContext(ctx, server, "--version").Output()
		m := versionOutput.FindSubmatch(out)
		if err != nil || m == nil {
			return programs{}, false
		}
		major, _ = strconv.Atoi(string(m[1]))
	}
	return programs{dir: dir, major: major}, true
}
