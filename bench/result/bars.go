package result

import (
	"fmt"
	"math"
)

// The measures of a chart in SVG's units, which are pixels on a phone.
const (
	chartWidth = 360.0
	barPitch   = 37.0 // from one bar to the next: a line of text, and the bar
	barTop     = 16.0
	barHeight  = 11.0
	axisHeight = 20.0
)

// bars is a chart of horizontal bars or dots on one axis that begins at 0.
type bars struct {
	Title, Unit string
	Height      float64
	Axis        float64 // y of the axis
	Rows        []bar
	Ticks       []tick
	scale       float64 // SVG's units for one of what is shown
}

// bar is one row: parts one after another, or dots.
type bar struct {
	Label, Value string
	Pale         bool // it is what others are held against
	Y            float64
	Parts        []stretch
	Whisker      *stretch
	Dots         []float64
	Mark         *float64
}

// stretch is from X on, W wide.
type stretch struct {
	X, W  float64
	Class string
}

// End is where it ends.
func (s stretch) End() float64 { return rounded(s.X + s.W) }

// tick is a number at an axis.
type tick struct {
	At   float64
	Text string
}

func newBars(title, unit string, most float64) *bars {
	b := &bars{Title: title, Unit: unit}
	if most <= 0 || !finite(most) {
		most = 1
	}
	b.scale = (chartWidth - 12) / most
	step := stepFor(most / 4)
	for x := 0.0; x <= most; x += step {
		b.Ticks = append(b.Ticks, tick{b.at(x), short(x)})
	}
	return b
}

// stepFor is the least of 1, 2, 5, 10, 20 … that is not below x.
func stepFor(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range []float64{1, 2, 5} {
		if step*power >= x {
			return step * power
		}
	}
	return 10 * power
}

// at is the place of a figure. It leaves half a dot's room at both ends.
func (b *bars) at(x float64) float64 {
	if !finite(x) {
		x = 0
	}
	return rounded(6 + x*b.scale)
}

// add puts a row at the end. The parts' figures follow on each other.
func (b *bars) add(row bar, parts ...part) {
	row.Y = float64(len(b.Rows)) * barPitch
	end := 0.0
	for _, p := range parts {
		if p.size > 0 {
			row.Parts = append(row.Parts, stretch{b.at(end), rounded(p.size * b.scale), p.class})
			end += p.size
		}
	}
	b.Rows = append(b.Rows, row)
	b.Axis = float64(len(b.Rows))*barPitch + 2
	b.Height = b.Axis + axisHeight
}

// part is a figure and how it looks.
type part struct {
	size  float64
	class string
}

// whisker reaches from the least to the most of several rounds.
func (b *bars) whisker(s Spread) *stretch {
	if s.Least == s.Most {
		return nil
	}
	return &stretch{X: b.at(s.Least), W: rounded((s.Most - s.Least) * b.scale)}
}

func rounded(x float64) float64 { return math.Round(x*10) / 10 }

// cpuBars shows what each operation of a group takes, beside its floor. It is nil
// where nothing was answered.
func (r *Run) cpuBars(g group) *bars {
	most := 0.0
	for _, o := range g.Operations {
		most = max(most, o.Figures().CPU.Most)
	}
	if most == 0 {
		return nil
	}
	unit, per := "µs", 1.0
	if most >= 10_000 {
		unit, per = "ms", 1000.0
	}
	b := newBars(g.Name, unit, most/per)
	for _, o := range g.Operations {
		f := o.Figures()
		if f.CPU.Most == 0 {
			continue
		}
		value := number(f.Server.Median / per)
		if f.Postgres.Median > 0 {
			value += " + " + number(f.Postgres.Median/per)
		}
		value += " " + unit
		if x := r.Ratio(o); x.Server > 0 {
			value += ", " + ratio(x.Server)
		}
		b.add(bar{
			Label: fmt.Sprintf("%s, %s", o.Variant, connections(o.Concurrency)), Value: value, Pale: o.IsFloor(),
			Whisker: b.whisker(Spread{f.CPU.Least / per, f.CPU.Median / per, f.CPU.Most / per}),
		}, part{f.Server.Median / per, "server"}, part{f.Postgres.Median / per, "postgres"})
	}
	return b
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return count(int64(n)) + " connections"
}

// Bars shows the 99th percentiles of what others see, quiet and stormy, with a
// mark at twice the quiet one.
func (s Storm) Bars() *bars {
	most := 0.0
	for _, x := range s.Besides() {
		most = max(most, 2*x.Quiet.Latency.P99, x.Stormy.Latency.P99)
	}
	b := newBars("p99 beside the storm, "+s.Name, "ms", most)
	for _, x := range s.Besides() {
		quiet, stormy, mark := x.Quiet.Latency.P99, x.Stormy.Latency.P99, b.at(2*x.Quiet.Latency.P99)
		b.add(bar{Label: x.Name + ", quiet", Value: with(quiet, "ms"), Pale: true}, part{quiet, "server"})
		b.add(bar{Label: x.Name + ", stormy", Value: with(stormy, "ms") + ", " + ratio(x.Times()), Mark: &mark}, part{stormy, "p99"})
	}
	return b
}

// coldStarts shows each start as a dot, and a mark at the median.
func (r *Run) coldStarts() *bars {
	most := 0.0
	for _, p := range r.Programs {
		most = max(most, SpreadOf(p.ColdStart).Most)
	}
	if most == 0 {
		return nil
	}
	b := newBars("Cold start", "ms", most)
	for _, p := range r.Programs {
		s := SpreadOf(p.ColdStart)
		row := bar{Label: p.Name, Value: "–"}
		if s.Most > 0 {
			mark := b.at(s.Median)
			row.Mark, row.Value = &mark, with(s.Median, "ms")+", "+short(s.Least)+" to "+short(s.Most)
		}
		for _, start := range p.ColdStart {
			row.Dots = append(row.Dots, b.at(start))
		}
		b.add(row)
	}
	return b
}

// memory shows what each program holds idle, and at the most.
func (r *Run) memory() *bars {
	most := 0.0
	for _, p := range r.Programs {
		most = max(most, p.IdleRSS, p.PeakRSS)
	}
	if most == 0 {
		return nil
	}
	b := newBars("Memory, resident", "MiB", most)
	for _, p := range r.Programs {
		b.add(bar{Label: p.Name, Value: number(p.IdleRSS) + " idle, " + with(p.PeakRSS, "MiB at the most")},
			part{p.IdleRSS, "server"}, part{p.PeakRSS - p.IdleRSS, "peak"})
	}
	return b
}

// sizes shows the programs' files.
func (r *Run) sizes() *bars {
	most := 0.0
	for _, p := range r.Programs {
		most = max(most, p.Binary)
	}
	if most == 0 {
		return nil
	}
	b := newBars("Binary, stripped", "MiB", most)
	for _, p := range r.Programs {
		b.add(bar{Label: p.Name, Value: with(p.Binary, "MiB")}, part{p.Binary, "server"})
	}
	return b
}
