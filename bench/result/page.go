package result

import (
	"bytes"
	_ "embed" // the page's template
	"html/template"
	"io"
	"time"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": number, "measured": measured, "short": short, "count": count, "ratio": ratio, "unit": with,
	"statements": statements, "bound": bound, "margin": margin, "verdict": verdict,
	"spread": SpreadOf,
	"when":   func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") },
}).Parse(pageText))

// view is a run with what the page shows beside its own fields.
type view struct {
	*Run
	Groups                  []group
	CPU                     []*bars
	Latencies               []*curves
	ColdStarts, Memory, Bin *bars
}

// Page writes a run as one HTML page that needs no other file and no script. It
// returns the writer's error.
func (r *Run) Page(w io.Writer) error {
	v := view{Run: r, Groups: r.groups(), ColdStarts: r.coldStarts(), Memory: r.memory(), Bin: r.sizes()}
	for _, g := range v.Groups {
		if b := r.cpuBars(g); b != nil {
			v.CPU = append(v.CPU, b)
		}
		if c := latencies(g); c != nil {
			v.Latencies = append(v.Latencies, c)
		}
	}
	var page bytes.Buffer
	if err := pageTemplate.Execute(&page, v); err != nil {
		return err
	}
	_, err := w.Write(page.Bytes())
	return err
}

// Verdicts counts the targets that are met and those that are not.
func (v view) Verdicts() (counts struct{ Met, Missed int }) {
	counts.Missed = len(v.Missed())
	counts.Met = len(v.Targets) - counts.Missed
	return counts
}

// Figured is an operation with its figures, for a row of the table.
func (v view) Figured(o Operation) (row struct {
	Figures
	Ratio Ratio
}) {
	row.Figures, row.Ratio = o.Figures(), v.Ratio(o)
	return row
}
