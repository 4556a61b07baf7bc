package main

import (
	_ "embed"
	"html/template"
	"regexp"
	"strings"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{"markdown": markdown, "words": words}).Parse(pageText))

// view is what the page shows.
type view struct {
	Title   string
	Results []result
}

// Good counts the lines that hold or are argued.
func (v view) Good() (n int) {
	for _, r := range v.Results {
		if r.Verdict == holds || r.Verdict == argued {
			n++
		}
	}
	return n
}

var code = regexp.MustCompile("`([^`]+)`")

// markdown shows the only mark that the tables' cells have: code.
func markdown(text string) template.HTML {
	return template.HTML(code.ReplaceAllString(template.HTMLEscapeString(text), "<code>$1</code>"))
}

func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
