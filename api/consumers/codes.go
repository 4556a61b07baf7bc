package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// errorKind is an entry of x-errors: what a code comes with, and means.
type errorKind struct {
	Status []int  `json:"status"`
	Title  string `json:"title"`
	Again  bool   `json:"again"`
	Advice string `json:"advice"`
}

// table is a table of error codes in the page.
type table struct {
	marker string // of the comments around it
	schema string // whose enum has the codes, and whose x-errors says what they mean
	lists  string // the extension in which an operation lists its own
}

var tables = []table{
	{"codes", "ProblemCode", "x-error-codes"},
	{"oauth codes", "OAuthErrorCode", "x-oauth-errors"},
}

// withTables is the page with its tables as the documents have them now.
func withTables(text string, documents []*document) (string, error) {
	for _, t := range tables {
		before, rest, found := strings.Cut(text, "<!-- "+t.marker+" -->\n")
		_, after, closed := strings.Cut(rest, "<!-- /"+t.marker+" -->")
		if !found || !closed {
			return "", fmt.Errorf("no <!-- %s --> and <!-- /%s -->", t.marker, t.marker)
		}
		made, err := t.render(documents)
		if err != nil {
			return "", err
		}
		text = before + "<!-- " + t.marker + " -->\n" + made + "<!-- /" + t.marker + " -->" + after
	}
	return text, nil
}

func (t table) render(documents []*document) (string, error) {
	var out strings.Builder
	out.WriteString("| code | status | again? | meaning, and what to do | operations |\n|---|---|---|---|---|\n")
	schema := documents[0].doc.Components.Schemas[t.schema].Value
	var kinds map[string]errorKind
	text, err := json.Marshal(schema.Extensions["x-errors"])
	if err == nil {
		err = json.Unmarshal(text, &kinds)
	}
	if err != nil {
		return "", fmt.Errorf("%s: x-errors: %w", t.schema, err)
	}
	for _, value := range schema.Enum {
		code := fmt.Sprint(value)
		kind, ok := kinds[code]
		if !ok {
			return "", fmt.Errorf("%s: x-errors lacks %s", t.schema, code)
		}
		meaning := kind.Advice
		if kind.Title != "" {
			meaning = "**" + kind.Title + ".** " + meaning
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", code, strings.Trim(fmt.Sprint(kind.Status), "[]"), yes(kind.Again), meaning, t.operations(documents, code))
	}
	return out.String(), nil
}

func yes(again bool) string {
	if again {
		return "yes, after `Retry-After`"
	}
	return "no"
}

// operations says which operations may answer with a code. Where that is most
// of a service's, it names the others.
func (t table) operations(documents []*document, code string) string {
	var parts []string
	for _, d := range documents {
		var with, without []string
		for _, s := range d.samples {
			list := words(s.spec.Extensions, t.lists)
			switch {
			case list == nil: // its errors are of the other kind
			case slices.Contains(list, code):
				with = append(with, "`"+s.spec.OperationID+"`")
			default:
				without = append(without, "`"+s.spec.OperationID+"`")
			}
		}
		switch {
		case len(with) == 0:
		case len(without) == 0:
			parts = append(parts, d.name+": all")
		case len(without) < len(with):
			parts = append(parts, d.name+": all but "+strings.Join(without, ", "))
		default:
			parts = append(parts, d.name+": "+strings.Join(with, ", "))
		}
	}
	if parts == nil {
		return "none lists it: the path does not know the method"
	}
	return strings.Join(parts, "; ")
}
