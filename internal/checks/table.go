package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// check is a line of a table: what is promised, and on whose word.
type check struct {
	// ID is a letter and a number, without leading zeros: S7, F11.
	ID string `json:"id"`
	// Promise says what is done and what must come of it, in Markdown.
	Promise string `json:"promise"`
	// Source is where it is asked for: ASVS, NIST SP 800-63B-4, an RFC.
	Source string `json:"source,omitempty"`
	// Argued says why the check does not apply, where it does not.
	Argued string `json:"argued,omitempty"`
}

// row is a line of a Markdown table whose first cell is a check's name.
var row = regexp.MustCompile(`^\| *([SF]\d+) *\|(.*)\|\s*$`)

// readTable reads the checks of a page: tables of three or four columns, the
// check, the promise, the source, and why it does not apply.
func readTable(path string) ([]check, error) {
	page, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []check
	for line := range strings.Lines(string(page)) {
		found := row.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if found == nil {
			continue
		}
		cells := strings.Split(strings.ReplaceAll(found[2], `\|`, "\x00"), "|")
		for i, cell := range cells {
			cells[i] = strings.ReplaceAll(strings.TrimSpace(cell), "\x00", "|")
		}
		if len(cells) < 2 || len(cells) > 3 {
			return nil, fmt.Errorf("%s: %s has %d cells", path, found[1], len(cells)+1)
		}
		c := check{ID: found[1], Promise: cells[0], Source: cells[1]}
		if len(cells) == 3 {
			c.Argued = cells[2]
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no line that begins with a check", path)
	}
	return all, nil
}

// names are the checks at the beginning of a test's name.
var (
	names = regexp.MustCompile(`^Test((?:[SF]\d+)+)`)
	name  = regexp.MustCompile(`[SF]\d+`)
)

// checksOf gives the checks that a test is of, by its name: S7 of TestS07Held.
func checksOf(test string) (ids []string) {
	found := names.FindStringSubmatch(test)
	if found == nil {
		return nil
	}
	for _, id := range name.FindAllString(found[1], -1) {
		n, err := strconv.Atoi(id[1:])
		if err != nil {
			continue // more digits than a number has
		}
		ids = append(ids, id[:1]+strconv.Itoa(n))
	}
	return ids
}
