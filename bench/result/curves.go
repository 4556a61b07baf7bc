package result

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The field of a chart of curves, in SVG's units.
const (
	fieldLeft, fieldRight  = 44.0, 346.0
	fieldTop, fieldBottom  = 8.0, 176.0
	curvesHeight, curveGap = 208.0, 34.0
)

// curves is latency over concurrency, in ms on a logarithmic axis: 64 connections
// wait for about 64 times as long as one.
type curves struct {
	Title     string
	Height    float64
	X, Y      []tick
	Curves    []curve
	low, high float64 // logarithms
	columns   []int   // concurrencies
}

// curve is one percentile of one variant.
type curve struct {
	Class string // "p50" or "p99"
	Pale  bool
	Line  string // the points of a polyline
	Spots []spot
}

// spot is a median and, where rounds differ, how far they reach.
type spot struct{ X, Y, Top, Bottom float64 }

// latencies draws the 50th and 99th percentiles of a group. It is nil where
// nothing was answered.
func latencies(g group) *curves {
	c := &curves{Title: g.Name, Height: curvesHeight}
	least, most := math.Inf(1), 0.0
	for _, o := range g.Operations {
		for _, s := range []Spread{o.Figures().P50, o.Figures().P99} {
			if s.Least > 0 {
				least, most = min(least, s.Least), max(most, s.Most)
				c.columns = append(c.columns, o.Concurrency)
			}
		}
	}
	if most == 0 {
		return nil
	}
	slices.Sort(c.columns)
	c.columns = slices.Compact(c.columns)
	c.frame(least, most)
	for _, variant := range variants(g) {
		c.add(g, variant, "p50", func(f Figures) Spread { return f.P50 })
		c.add(g, variant, "p99", func(f Figures) Spread { return f.P99 })
	}
	return c
}

func variants(g group) (names []string) {
	for _, o := range g.Operations {
		if !slices.Contains(names, o.Variant) {
			names = append(names, o.Variant)
		}
	}
	return names
}

// frame fits the field to the figures and marks its axes: at 1, 2 and 5 of each
// power of ten, or at the powers alone where that is too many.
func (c *curves) frame(least, most float64) {
	c.low, c.high = math.Log10(least/1.15), math.Log10(most*1.15)
	if narrow := 0.8 - (c.high - c.low); narrow > 0 { // two marks at least
		c.low, c.high = c.low-narrow/2, c.high+narrow/2
	}
	steps := []float64{1, 2, 5}
	if c.high-c.low > 2.5 {
		steps = []float64{1}
	}
	for power := math.Floor(c.low); power <= c.high; power++ {
		for _, step := range steps {
			if x := step * math.Pow(10, power); math.Log10(x) >= c.low && math.Log10(x) <= c.high {
				c.Y = append(c.Y, tick{c.y(x), short(x)})
			}
		}
	}
	for _, n := range c.columns {
		c.X = append(c.X, tick{c.x(n), fmt.Sprint(n)})
	}
}

func (c *curves) x(concurrency int) float64 {
	if len(c.columns) == 1 {
		return (fieldLeft + fieldRight) / 2
	}
	i := slices.Index(c.columns, concurrency)
	return rounded(fieldLeft + curveGap + float64(i)*(fieldRight-fieldLeft-2*curveGap)/float64(len(c.columns)-1))
}

func (c *curves) y(ms float64) float64 {
	return rounded(fieldBottom - (math.Log10(ms)-c.low)/(c.high-c.low)*(fieldBottom-fieldTop))
}

func (c *curves) add(g group, variant, class string, figure func(Figures) Spread) {
	drawn := curve{Class: class}
	var line []string
	for _, o := range g.Operations {
		s := figure(o.Figures())
		if o.Variant != variant || s.Least <= 0 {
			continue
		}
		drawn.Pale = o.IsFloor()
		at := spot{c.x(o.Concurrency), c.y(s.Median), c.y(s.Most), c.y(s.Least)}
		drawn.Spots = append(drawn.Spots, at)
		line = append(line, fmt.Sprintf("%g,%g", at.X, at.Y))
	}
	drawn.Line = strings.Join(line, " ")
	c.Curves = append(c.Curves, drawn)
}
