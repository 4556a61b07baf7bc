package result

import (
	"io"
	"strings"
	"unicode/utf8"
)

// table is rows of cells under a head, for a terminal: the first column at the
// left, all others at the right.
type table struct {
	rows [][]string // one of a single cell is a heading: it widens no column
	left int        // columns at the right end that are at the left, too
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) widths() []int {
	var widths []int
	for _, row := range t.rows {
		if len(row) == 1 {
			continue
		}
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func (t *table) write(w io.Writer) {
	widths := t.widths()
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			space := ""
			if len(row) > 1 {
				space = strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			}
			if i == 0 || i >= len(widths)-t.left {
				line.WriteString(cell + space)
			} else {
				line.WriteString(space + cell)
			}
		}
		_, _ = io.WriteString(w, strings.TrimRight(line.String(), " ")+"\n")
	}
}
