package db_test

import (
	"regexp"
	"slices"
	"strings"
)

// What a migration must not do to a table that is in use, by the names that
// docs/migrations.md explains them under.
const (
	noDown         = "down section"
	alone          = "concurrently alone"
	resumable      = "if not exists"
	indexBlocks    = "index blocks"
	notNull        = "not null"
	scansTable     = "scan under lock"
	validateApart  = "validate apart"
	rewritesTable  = "rewrite"
	needsContract  = "contract"
	allRowsAtOnce  = "rows in batches"
	unknownToRules = "unknown"
)

// contract says which release was the first that does without what goes.
var contract = regexp.MustCompile(`(?m)^-- contract: v?\d+(\.\d+)+\b`)

// creates finds what a file makes by itself and so may treat as it likes.
var creates = regexp.MustCompile(`^CREATE TABLE (?:IF NOT EXISTS )?(\S+)`)

// lint gives the rules that a file breaks, sorted, each once.
func lint(file string) []string {
	up, down := sections(file)
	l := &linter{own: map[string]bool{}, contract: contract.MatchString(up.text), found: map[string]bool{}}
	for _, s := range up.statements {
		if made := creates.FindStringSubmatch(string(s)); made != nil {
			l.own[made[1]] = true
		}
	}
	l.breaks(noDown, len(up.statements) == 0 || len(down.statements) == 0)
	l.shape(up)
	l.shape(down)
	for _, s := range up.statements {
		l.check(s, up)
	}
	var all []string
	for rule := range l.found {
		all = append(all, rule)
	}
	slices.Sort(all)
	return all
}

type linter struct {
	own      map[string]bool // tables that the file itself makes
	contract bool
	found    map[string]bool
}

func (l *linter) breaks(rule string, broken bool) {
	if broken {
		l.found[rule] = true
	}
}

func has(s, words string) bool { return strings.Contains(" "+s+" ", " "+words+" ") }

// shape: what runs without a transaction is one statement that can be begun
// again, CONCURRENTLY or a block that commits by itself.
func (l *linter) shape(s section) {
	bare := strings.Contains(s.options, "transaction:false")
	for _, one := range s.statements {
		text := string(one)
		concurrent := has(text, "CONCURRENTLY")
		l.breaks(alone, concurrent && (!bare || len(s.statements) != 1))
		l.breaks(alone, bare && !concurrent && (len(s.statements) != 1 || !strings.HasPrefix(text, "DO ")))
		l.breaks(resumable, concurrent && !has(text, "IF NOT EXISTS") && !has(text, "IF EXISTS"))
	}
}

var (
	onTable = regexp.MustCompile(`^CREATE (?:UNIQUE )?INDEX .*? ?ON (?:ONLY )?(\S+)`)
	rows    = regexp.MustCompile(`^(?:UPDATE|DELETE FROM) (?:ONLY )?(\S+)`)
	// harmless holds no lock that matters, or on nothing that is in use.
	harmless = regexp.MustCompile(`^(?:CREATE (?:TABLE|SEQUENCE|TYPE|DOMAIN|EXTENSION|SCHEMA|(?:OR REPLACE )?(?:VIEW|FUNCTION|PROCEDURE|TRIGGER))|COMMENT ON|GRANT|INSERT INTO|DO|ALTER DEFAULT PRIVILEGES) `)
	// goes takes away what the release before may use.
	goes = regexp.MustCompile(`^(?:DROP (?:TABLE|VIEW|FUNCTION|PROCEDURE|SEQUENCE|TYPE|DOMAIN|TRIGGER|SCHEMA)|TRUNCATE|REVOKE|ALTER (?:VIEW|FUNCTION|SEQUENCE|TYPE|DOMAIN|INDEX) .* RENAME) ?`)
)

// ownOnly are rights that PUBLIC has on a function by default and that are
// taken away where it is made.
var ownOnly = regexp.MustCompile(`^REVOKE ALL ON (?:FUNCTION|PROCEDURE) .* FROM PUBLIC$`)

func (l *linter) check(s statement, in section) {
	text := string(s)
	switch {
	case strings.HasPrefix(text, "ALTER TABLE "):
		table, actions := s.actions()
		for _, action := range actions {
			if !l.own[table] {
				l.action(action, in)
			}
		}
	case onTable.MatchString(text):
		l.breaks(indexBlocks, !has(text, "CONCURRENTLY") && !l.own[onTable.FindStringSubmatch(text)[1]])
	case strings.HasPrefix(text, "DROP INDEX "):
		l.breaks(indexBlocks, !has(text, "CONCURRENTLY"))
	case rows.MatchString(text):
		l.breaks(allRowsAtOnce, !l.own[rows.FindStringSubmatch(text)[1]])
	case ownOnly.MatchString(text), harmless.MatchString(text):
	case goes.MatchString(text):
		l.breaks(needsContract, !l.contract)
	default:
		l.breaks(unknownToRules, true)
	}
}

var (
	// constant is a default that is the same for all rows: it is kept once. A
	// function's is computed, and written, for each.
	constant  = regexp.MustCompile(`\bDEFAULT (?:''|-?[0-9.]+|TRUE|FALSE|NULL|NOW \( \)|CURRENT_TIMESTAMP)(?:::[A-Z0-9_\[\]]+)?(?: |$)`)
	rewriting = regexp.MustCompile(`\b(?:SMALLSERIAL|BIGSERIAL|SERIAL|GENERATED)\b`)
	changes   = regexp.MustCompile(`^ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE `)
	dropsCol  = regexp.MustCompile(`^DROP (?:COLUMN )?\S+`)
	// loosens lets more pass than before, and scans nothing.
	loosens = regexp.MustCompile(`^(?:ALTER (?:COLUMN )?\S+ (?:SET DEFAULT|DROP NOT NULL|SET STATISTICS) ?|DROP CONSTRAINT |SET \( |RESET \( )`)
)

// action checks what is done to a table that an earlier file made. What no
// rule knows is refused: it may rewrite the table.
func (l *linter) action(a string, in section) {
	switch {
	case strings.HasPrefix(a, "ADD COLUMN "), strings.HasPrefix(a, "ADD ") && !addsConstraint(a):
		l.addColumn(a)
	case addsConstraint(a):
		l.breaks(scansTable, !strings.HasSuffix(a, " NOT VALID") && !has(a, "USING INDEX"))
		// The release before writes rows, too; it must have kept to it, unless
		// the file only puts a wider one in the place of one of that name.
		name := strings.Fields(strings.TrimPrefix(a, "ADD CONSTRAINT "))[0]
		l.breaks(needsContract, !l.contract && !in.does("DROP CONSTRAINT "+name))
	case strings.HasPrefix(a, "VALIDATE CONSTRAINT "):
		l.breaks(validateApart, in.does("ADD CONSTRAINT"))
	case has(a, "SET NOT NULL"):
		l.breaks(notNull, true)
	case changes.MatchString(a):
		l.breaks(rewritesTable, true)
	case loosens.MatchString(a):
	case has(a, "DROP DEFAULT"), strings.HasPrefix(a, "RENAME "), dropsCol.MatchString(a):
		l.breaks(needsContract, !l.contract)
	default:
		l.breaks(unknownToRules, true)
	}
}

func addsConstraint(a string) bool {
	return slices.ContainsFunc([]string{"CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY KEY", "FOREIGN KEY", "EXCLUDE"}, func(kind string) bool {
		return strings.HasPrefix(a, "ADD "+kind+" ")
	})
}

func (l *linter) addColumn(a string) {
	defaulted := has(a, "DEFAULT")
	l.breaks(rewritesTable, defaulted && !constant.MatchString(a) || rewriting.MatchString(a))
	l.breaks(notNull, has(a, "NOT NULL") && !defaulted)
	for _, inline := range []string{"CHECK", "REFERENCES", "UNIQUE", "PRIMARY KEY", "CONSTRAINT"} {
		l.breaks(scansTable, has(a, inline))
	}
}

// does says whether any statement of the section has the words.
func (s section) does(words string) bool {
	return slices.ContainsFunc(s.statements, func(one statement) bool { return has(string(one), words) })
}
