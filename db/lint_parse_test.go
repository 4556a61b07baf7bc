package db_test

import (
	"regexp"
	"strings"
)

// statement is one SQL statement in words: its comments gone, each literal and
// each body empty, all in capitals, with one blank between any two.
type statement string

// section is one half of a migration file.
type section struct {
	options    string // what stands behind -- migrate:up
	text       string
	statements []statement
}

var direction = regexp.MustCompile(`(?m)^--\s*migrate:(up|down)([^\n]*)$`)

// sections cuts a file as dbmate does. What is missing is empty.
func sections(file string) (up, down section) {
	found := direction.FindAllStringSubmatchIndex(file, -1)
	for i, at := range found {
		end := len(file)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		s := section{options: strings.TrimSpace(file[at[4]:at[5]]), text: file[at[1]:end]}
		s.statements = split(s.text)
		if file[at[2]:at[3]] == "up" {
			up = s
		} else {
			down = s
		}
	}
	return up, down
}

// pieces are what a semicolon or a keyword may stand in: comments, literals, and
// bodies in dollars, of the two tags that are in use (RE2 has no references back).
var pieces = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\$\$.*?\$\$|\$body\$.*?\$body\$`)

var blanks = regexp.MustCompile(`\s+`)

// around puts brackets and commas apart from words, so that words are words.
var around = strings.NewReplacer("(", " ( ", ")", " ) ", ",", " , ")

func split(sql string) (all []statement) {
	bare := pieces.ReplaceAllStringFunc(sql, func(piece string) string {
		if strings.HasPrefix(piece, "--") || strings.HasPrefix(piece, "/*") {
			return " "
		}
		return " '' "
	})
	for one := range strings.SplitSeq(bare, ";") {
		one = strings.TrimSpace(blanks.ReplaceAllString(around.Replace(strings.ToUpper(one)), " "))
		if one != "" {
			all = append(all, statement(one))
		}
	}
	return all
}

// actions cuts ALTER TABLE … at the commas between its actions.
func (s statement) actions() (table string, all []string) {
	rest, ok := strings.CutPrefix(string(s), "ALTER TABLE ")
	if !ok {
		return "", nil
	}
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "IF EXISTS "), "ONLY ")
	table, rest, _ = strings.Cut(rest, " ")
	depth, action := 0, []string{}
	for _, word := range strings.Fields(rest) {
		switch {
		case word == "(":
			depth++
		case word == ")":
			depth--
		case word == "," && depth == 0:
			all, action = append(all, strings.Join(action, " ")), nil
			continue
		}
		action = append(action, word)
	}
	return table, append(all, strings.Join(action, " "))
}
