package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Undoable is a migration that is applied and can be undone.
type Undoable struct {
	File string
	SQL  string // its down section, without the line that begins it
}

// PlanUndo lists what undoing so many files would undo, the newest first; or,
// where steps is 0, all that is newer than the version to, which must be known
// (0 is older than all). It changes nothing. What m.After has applied stays. A
// version in the database that m does not know is an error: only who brought
// it knows what of the others it stands on.
func PlanUndo(ctx context.Context, m Migrations, steps int, to string) ([]Undoable, error) {
	s, err := openSession(ctx, m)
	if err != nil {
		return nil, err
	}
	defer s.close()
	files, err := s.applied(ctx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(files)
	switch {
	case steps > len(files):
		return nil, fmt.Errorf("schema %s has %d migrations applied, not %d", m.Schema, len(files), steps)
	case steps > 0:
		files = files[:steps]
	case to == "0": // all
	default:
		at := slices.IndexFunc(files, func(file string) bool { return version(file) == to })
		if at < 0 {
			return nil, fmt.Errorf("schema %s has no migration %s applied", m.Schema, to)
		}
		files = files[:at]
	}
	var plan []Undoable
	for _, file := range files {
		sql, err := s.undoing(file)
		if err != nil {
			return nil, err
		}
		plan = append(plan, Undoable{File: file, SQL: sql})
	}
	return plan, nil
}

// Undo undoes a plan under the lock of Migrate, and gives how many of it; that
// is not zero with an error too. When the plan does not begin at the newest
// migration any more, another has been there in between and nothing is undone.
func Undo(ctx context.Context, m Migrations, plan []Undoable) (undone int, err error) {
	s, err := openSession(ctx, m)
	if err != nil {
		return 0, err
	}
	defer s.close()
	if err := s.lock(ctx); err != nil {
		return 0, err
	}
	for _, one := range plan {
		files, err := s.applied(ctx)
		if err != nil {
			return undone, err
		}
		if len(files) == 0 || files[len(files)-1] != one.File {
			return undone, fmt.Errorf("%s is not the newest migration of schema %s any more", one.File, m.Schema)
		}
		if err := s.down(ctx, one.File); err != nil {
			return undone, err
		}
		undone++
	}
	return undone, nil
}

// applied lists the files that are applied, the oldest first.
func (s *session) applied(ctx context.Context) ([]string, error) {
	names, err := migrationNames(s.FS)
	if err != nil {
		return nil, err
	}
	versions, err := appliedVersions(ctx, s.pool, s.Schema)
	if err != nil {
		return nil, fmt.Errorf("read the migrations of schema %s: %w", s.Schema, err)
	}
	if strangers := unknown(versions, names, version); len(strangers) > 0 {
		return nil, fmt.Errorf("the %s database has the migration %s, which this latchkey does not know: undo it with the release that brought it", s.Schema, strangers[0].Name)
	}
	return slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(versions, version(name)) }), nil
}

var comment = regexp.MustCompile(`(?m)^\s*--.*$`)

// undoing gives a file's down section, which must do something: dbmate would
// take an empty one for done.
func (s *session) undoing(file string) (string, error) {
	parsed, err := s.parse(file)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(comment.ReplaceAllString(parsed.Down, "")) == "" {
		return "", fmt.Errorf("migration %s: %w", file, errors.New("its down section is empty: it cannot be undone"))
	}
	_, sql, _ := strings.Cut(parsed.Down, "\n")
	return strings.TrimSpace(sql), nil
}
