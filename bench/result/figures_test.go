package result

import (
	"math"
	"slices"
	"testing"
)

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list []float64
		want Spread
	}{
		"none":             {nil, Spread{}},
		"one":              {[]float64{3}, Spread{3, 3, 3}},
		"odd, in disorder": {[]float64{9, 1, 4}, Spread{1, 4, 9}},
		"even":             {[]float64{4, 1, 9, 2}, Spread{1, 3, 9}},
		"no number":        {[]float64{math.NaN(), 2, math.Inf(1)}, Spread{2, 2, 2}},
	} {
		if got := SpreadOf(c.list); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func round(requests int64, p99, server, postgres float64) Round {
	return Round{Requests: requests, Errors: 1, Seconds: 2, Latency: Latency{P50: p99 / 2, P99: p99, Max: 3 * p99},
		CPU: map[string]float64{"auth": server / 4, "users": server * 3 / 4, "postgres": postgres}}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	o := Operation{Rounds: []Round{round(100, 5, 40, 8), round(200, 3, 60, 2), {Seconds: 2, Errors: 7}, round(60, 9, 50, 9)}}
	f := o.Figures()
	for name, c := range map[string]struct{ got, want Spread }{
		"rate, with the round that has no request": {f.Rate, Spread{0, 40, 100}},
		"p50":                              {f.P50, Spread{1.5, 2.5, 4.5}},
		"p99":                              {f.P99, Spread{3, 5, 9}},
		"max":                              {f.Max, Spread{9, 15, 27}},
		"server":                           {f.Server, Spread{40, 50, 60}},
		"postgres":                         {f.Postgres, Spread{2, 8, 9}},
		"both, as they were in each round": {f.CPU, Spread{48, 59, 62}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if f.Requests != 360 || f.Errors != 10 {
		t.Errorf("%d requests, %d errors", f.Requests, f.Errors)
	}
	if got := f.Server.Half(); got != 20 {
		t.Errorf("half is %v", got)
	}
	if empty := (Operation{}).Figures(); empty != (Figures{}) {
		t.Errorf("no round: %v", empty)
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	own := Operation{Name: "a", Variant: "latchkey", Concurrency: 8, Rounds: []Round{round(1, 1, 60, 9)}}
	floor := Operation{Name: "a", Variant: "floor", Concurrency: 8, Rounds: []Round{round(1, 1, 40, 6)}}
	elsewhere, other, idle := floor, floor, floor
	elsewhere.Concurrency, other.Name, idle.Rounds = 64, "b", nil
	for name, c := range map[string]struct {
		of   Operation
		held []Operation
		want Ratio
	}{
		"floor":                {own, []Operation{elsewhere, other, own, floor}, Ratio{1.5, 1.5}},
		"none at so many":      {own, []Operation{elsewhere, other, own}, Ratio{}},
		"a floor that is idle": {own, []Operation{idle}, Ratio{}},
		"the floor itself":     {floor, []Operation{floor}, Ratio{}},
	} {
		run := Run{Operations: c.held}
		if got := run.Ratio(c.of); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	run := Run{Operations: []Operation{
		{Name: "b", Variant: "floor", Concurrency: 64}, {Name: "b", Variant: "latchkey", Concurrency: 64},
		{Name: "a", Variant: "latchkey", Concurrency: 1}, {Name: "b", Variant: "empty", Concurrency: 1}, {Name: "b", Variant: "latchkey", Concurrency: 1},
	}}
	var got []string
	for _, g := range run.groups() {
		for _, o := range g.Operations {
			got = append(got, g.Name+" "+o.Variant+" "+count(int64(o.Concurrency)))
		}
	}
	if want := []string{"b latchkey 1", "b empty 1", "b latchkey 64", "b floor 64", "a latchkey 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		target Target
		want   string
	}{
		{Target{Bound: 1.6, Measured: 1.2, Unit: "×"}, "≤ 1.6 × met 0.4 × (25 %)"},
		{Target{Bound: 1840, Measured: 1932, Unit: "µs"}, "≤ 1,840 µs MISSED 92 µs (5 %)"},
		{Target{Bound: 97, Measured: 96.5, Unit: "%", Least: true}, "≥ 97 % MISSED 0.5 %"},
		{Target{Bound: 97, Measured: 98, Unit: "%", Least: true}, "≥ 97 % met 1 %"},
		{Target{Bound: 3, Measured: 3}, "≤ 3 met 0 (0 %)"},
		{Target{Bound: 0, Measured: 2}, "≤ 0 MISSED 2"},
		{Target{Bound: 3, Measured: math.NaN(), Unit: "ms"}, "≤ 3 ms MISSED –"},
	} {
		if got := bound(c.target) + " " + verdict(c.target) + " " + margin(c.target); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if inside := c.target.Margin() >= 0; inside != c.target.Met() {
			t.Errorf("%s: %v inside", c.want, c.target.Margin())
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]string{
		0: "0", 0.0123: "0.012", 0.5: "0.50", 9.994: "9.99", 9.996: "10.0", 12.34: "12.3", 99.96: "100", 999.6: "1,000",
		1234567: "1,234,567", -1234: "-1,234", -0.25: "-0.25", math.Inf(1): "–",
	} {
		if got := number(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
}
