package result

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/run.txt and testdata/run.bench anew")

func read(t *testing.T) *Run {
	t.Helper()
	run, err := Read("testdata/run.json")
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func form(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has\n%s\nand not\n%s", path, want, got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/run.txt", form(t, read(t).Text))
}

func TestBenchstat(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/run.bench", form(t, read(t).Benchstat))
}

// element is one start tag of the page.
type element struct {
	name       string
	attributes map[string]string
	within     []string
	text       string // up to the next tag
}

// elements reads the page as XML: what is well-formed there is so in HTML.
func elements(t *testing.T, page string) (all []*element) {
	t.Helper()
	var open []string
	for decoder := xml.NewDecoder(strings.NewReader(page)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attributes: map[string]string{}, within: append([]string(nil), open...)}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			all, open = append(all, e), append(open, e.name)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(all) > 0 && all[len(all)-1].text == "" {
				all[len(all)-1].text = string(token)
			}
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	page := form(t, read(t).Page)
	seen := map[string]int{}
	for _, e := range elements(t, page) {
		seen[e.name]++
		if class := e.attributes["class"]; class != "" {
			seen[e.name+"."+class]++
		}
		switch e.name {
		case "th":
			if e.attributes["scope"] == "" {
				t.Errorf("no scope: %q", e.text)
			}
		case "svg":
			if e.attributes["role"] != "img" && e.attributes["aria-hidden"] != "true" || e.attributes["role"] == "img" && e.attributes["aria-label"] == "" {
				t.Errorf("a chart without words: %v", e.attributes)
			}
		case "script", "link", "img", "iframe", "object", "use", "image":
			t.Errorf("<%s>", e.name)
		}
		for _, name := range []string{"href", "src", "style", "onload", "onclick"} {
			if _, there := e.attributes[name]; there {
				t.Errorf("<%s %s>", e.name, name)
			}
		}
	}
	for name, want := range map[string]int{
		"table": 7, "caption": 7, "figure": 12, "polyline": 12,
		"tr.bad": 2, "span.missed": 3, "span.met": 6,
		"circle.dot": 12, "path.whisker": 15, // of 14 operations that were answered, and the legend's
		"path.mark": 4,
	} {
		if seen[name] != want {
			t.Errorf("%d of %s, want %d", seen[name], name, want)
		}
	}
	if found := regexp.MustCompile(`(?i)(https?:)?//|url\(|@import|ZgotmplZ|NaN|Inf`).FindString(page); found != "" {
		t.Errorf("the page has %q", found)
	}
}

func TestPageStaysInItsCharts(t *testing.T) {
	t.Parallel()
	for _, e := range elements(t, form(t, read(t).Page)) {
		for name, most := range map[string]float64{"x": chartWidth, "cx": chartWidth, "cy": curvesHeight} {
			if value, there := e.attributes[name]; there {
				if at, err := strconv.ParseFloat(value, 64); err != nil || at < 0 || at > most {
					t.Errorf("<%s %s=%q>", e.name, name, value)
				}
			}
		}
		if e.name == "rect" && len(e.attributes["x"]) > 0 && e.attributes["height"] == "11" {
			x, _ := strconv.ParseFloat(e.attributes["x"], 64)
			if width, err := strconv.ParseFloat(e.attributes["width"], 64); err != nil || width <= 0 || x+width > chartWidth {
				t.Errorf("a bar from %v on, %q wide", x, e.attributes["width"])
			}
		}
	}
}

// TestWithoutFigures makes every form of runs that have measured nothing, or what
// is no number.
func TestWithoutFigures(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	strange := Latency{nan, inf, nan, nan}
	paced := Paced{Name: "p", Rate: nan, Latency: strange}
	for name, run := range map[string]*Run{
		"nothing": {},
		"no rounds, no requests": {
			Operations: []Operation{{Name: "a", Variant: "floor"}, {Name: "a", Variant: "latchkey", Rounds: []Round{{}, {Seconds: 3, Errors: 2}}}},
			Primitives: []Primitive{{Name: "p"}}, Paced: []Paced{{Name: "p"}}, Storms: []Storm{{}}, Programs: []Program{{Name: "users"}}, Targets: []Target{{Name: "t"}},
		},
		"no numbers": {
			Operations: []Operation{{Name: "a", Variant: "latchkey", Concurrency: 1, Statements: nan, Rounds: []Round{{Requests: 1, Seconds: inf, Latency: strange, CPU: map[string]float64{"users": nan}}}}},
			Primitives: []Primitive{{Name: "p", CPU: nan, Rate: inf}}, Paced: []Paced{paced},
			Storms:   []Storm{{Rate: nan, Quiet: Beside{paced, paced}, Stormy: Beside{paced, paced}, Recover: nan, Logins: Logins{ShedP99: nan, SignedPS: nan}}},
			Programs: []Program{{Name: "users", ColdStart: []float64{nan}, IdleRSS: nan, PeakRSS: inf, Binary: nan}},
			Targets:  []Target{{Name: "t", Bound: nan, Measured: nan, Unit: "ms"}},
		},
	} {
		for kind, write := range map[string]func(io.Writer) error{"text": run.Text, "page": run.Page, "benchstat": run.Benchstat} {
			out := form(t, write)
			if found := regexp.MustCompile(`NaN|[+-]?Inf\b`).FindString(out); found != "" {
				t.Errorf("%s, %s: %s in\n%s", name, kind, found, out)
			}
			if kind == "page" {
				elements(t, out)
			}
		}
	}
}

// TestEscapes has names that are markup.
func TestEscapes(t *testing.T) {
	t.Parallel()
	run := read(t)
	run.Commit, run.Targets[0].Name, run.Operations[0].Name = `</title><b>`, `<i>"&`, `<script>`
	for _, e := range elements(t, form(t, run.Page)) {
		if e.name == "b" || e.name == "i" || e.name == "script" {
			t.Errorf("<%s>", e.name)
		}
	}
}
