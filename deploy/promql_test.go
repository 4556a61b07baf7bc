package deploy_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// measured are the labels that each metric has, and the bounds of its buckets
// as a scrape writes them, where there are any.
type measured map[string]struct{ labels, bounds []string }

// keywords stand where a metric could, and are none.
var keywords = []string{"and", "or", "unless", "bool", "offset"}

// grouping is followed by labels in parentheses.
var grouping = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}

var tokens = regexp.MustCompile(`"(?:\\.|[^"\\])*"|\[[^\]]*\]|[a-zA-Z_:][a-zA-Z0-9_:]*|[0-9][0-9a-z.]*|[=!<>]=|[=!]~|\S`)

// selector is a metric as an expression names it.
type selector struct {
	metric   string
	matchers map[string]string // label → value
}

// expression is PromQL so far as names are concerned; promtool reads the rest.
type expression []string

func tokenize(expr string) expression { return tokens.FindAllString(expr, -1) }

func (e expression) at(i int) string {
	if i < len(e) {
		return e[i]
	}
	return ""
}

// end is where the parenthesis closes that opens at i.
func (e expression) end(i int) int {
	for depth := 0; i < len(e); i++ {
		switch e[i] {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(e)
}

var identifier = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)

// selectors are the metrics that are named.
func (e expression) selectors() []selector {
	var found []selector
	for i := 0; i < len(e); i++ {
		switch name := e[i]; {
		case !identifier.MatchString(name) || slices.Contains(keywords, name):
		case slices.Contains(grouping, name):
			i = e.end(i + 1)
		case e.at(i+1) == "(" || slices.Contains([]string{"by", "without"}, e.at(i+1)): // a function
		default:
			s := selector{name, map[string]string{}}
			if e.at(i+1) == "{" {
				for i += 2; i < len(e) && e[i] != "}"; i++ {
					if strings.ContainsAny(e.at(i+1), "=~") {
						s.matchers[e[i]] = strings.ReplaceAll(strings.Trim(e.at(i+2), `"`), `\\`, `\`)
						i += 2
					}
				}
			}
			found = append(found, s)
		}
	}
	return found
}

// groups are the lists of labels of a clause, each with the metrics that it is
// about: those of the argument after by, for the other clauses all.
func (e expression) groups(clauses ...string) (labels []string, about [][]selector) {
	for i, word := range e {
		if !slices.Contains(clauses, word) || e.at(i+1) != "(" {
			continue
		}
		end := e.end(i + 1)
		of := e.selectors()
		if word == "by" {
			of = nil // unless the argument follows
			if e.at(end+1) == "(" {
				of = e[end+1 : e.end(end+1)].selectors()
			}
		}
		for _, label := range e[i+2 : end] {
			if label != "," {
				labels, about = append(labels, label), append(about, of)
			}
		}
	}
	return labels, about
}

// faults are what an expression names and is not measured.
func (m measured) faults(expr string, operations []string) []string {
	var wrong []string
	e := tokenize(expr)
	for _, s := range e.selectors() {
		known, ok := m[s.metric]
		if !ok {
			wrong = append(wrong, s.metric+" is not measured")
			continue
		}
		for label, value := range s.matchers {
			matches := regexp.MustCompile("^(?:" + value + ")$").MatchString
			switch {
			case !slices.Contains(known.labels, label):
				wrong = append(wrong, fmt.Sprintf("%s has no label %s", s.metric, label))
			case label == "le" && !slices.ContainsFunc(known.bounds, matches):
				wrong = append(wrong, fmt.Sprintf("%s has no bucket %s", s.metric, value))
			case label == "operation":
				for one := range strings.SplitSeq(value, "|") {
					if !slices.Contains(operations, one) {
						wrong = append(wrong, one+" is no operation")
					}
				}
			}
		}
	}
	for _, word := range e {
		if word == "without" || word == "ignoring" {
			wrong = append(wrong, word+": name the labels that are kept")
		}
	}
	labels, about := e.groups("by")
	for i, label := range labels {
		if len(about[i]) == 0 {
			wrong = append(wrong, "by ("+label+") is not before what it sums up")
		}
		for _, s := range about[i] {
			if !slices.Contains(m[s.metric].labels, label) {
				wrong = append(wrong, fmt.Sprintf("%s has no label %s to group by", s.metric, label))
			}
		}
	}
	labels, about = e.groups("on", "group_left", "group_right")
	for i, label := range labels {
		if !slices.ContainsFunc(about[i], func(s selector) bool { return slices.Contains(m[s.metric].labels, label) }) {
			wrong = append(wrong, "no metric has the label "+label+" to match on")
		}
	}
	return wrong
}
