package result

import (
	"math"
	"slices"
)

// Spread is what several rounds have of one figure. It is zero where no round
// has any.
type Spread struct{ Least, Median, Most float64 }

// Half is half of the way from the least to the most, in percent of the median.
func (s Spread) Half() float64 {
	if s.Median == 0 {
		return 0
	}
	return 100 * (s.Most - s.Least) / 2 / s.Median
}

// Figures are what the rounds of an operation come to.
type Figures struct {
	Rate               Spread // requests per second
	P50, P95, P99, Max Spread // milliseconds
	Server, Postgres   Spread // microseconds of CPU per request
	CPU                Spread // of both, together in each round
	Requests, Errors   int64  // of all rounds
}

// Figures gives the median, least and most over the rounds. A round without a
// request has a rate, but neither latency nor CPU.
func (o Operation) Figures() Figures {
	var f Figures
	for _, r := range o.Rounds {
		f.Requests += r.Requests
		f.Errors += r.Errors
	}
	f.Rate = spread(o.Rounds, func(r Round) (float64, bool) { return float64(r.Requests) / r.Seconds, r.Seconds > 0 })
	f.P50 = answered(o.Rounds, func(r Round) float64 { return r.Latency.P50 })
	f.P95 = answered(o.Rounds, func(r Round) float64 { return r.Latency.P95 })
	f.P99 = answered(o.Rounds, func(r Round) float64 { return r.Latency.P99 })
	f.Max = answered(o.Rounds, func(r Round) float64 { return r.Latency.Max })
	f.Server = answered(o.Rounds, Round.Server)
	f.Postgres = answered(o.Rounds, Round.Postgres)
	f.CPU = answered(o.Rounds, func(r Round) float64 { return r.Server() + r.Postgres() })
	return f
}

// Server is the CPU of all but PostgreSQL: of the services, or of the floor.
func (r Round) Server() float64 {
	var sum float64
	for user, used := range r.CPU {
		if user != "postgres" {
			sum += used
		}
	}
	return sum
}

// Postgres is the CPU of PostgreSQL.
func (r Round) Postgres() float64 { return r.CPU["postgres"] }

func answered(rounds []Round, figure func(Round) float64) Spread {
	return spread(rounds, func(r Round) (float64, bool) { return figure(r), r.Requests > 0 })
}

func spread(rounds []Round, figure func(Round) (float64, bool)) Spread {
	var list []float64
	for _, r := range rounds {
		if x, ok := figure(r); ok {
			list = append(list, x)
		}
	}
	return SpreadOf(list)
}

// SpreadOf is the spread of a list, without what is no number in it.
func SpreadOf(list []float64) Spread {
	list = slices.DeleteFunc(slices.Clone(list), func(x float64) bool { return !finite(x) })
	if len(list) == 0 {
		return Spread{}
	}
	slices.Sort(list)
	middle := len(list) / 2
	median := list[middle]
	if len(list)%2 == 0 {
		median = (list[middle-1] + list[middle]) / 2
	}
	return Spread{list[0], median, list[len(list)-1]}
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// IsFloor tells whether the operation is what others are held against.
func (o Operation) IsFloor() bool { return o.Variant == "floor" || o.Variant == "empty" }

// Ratio is how many times the median CPU of its floor an operation takes; 0
// where there is no floor, or where that takes nothing.
type Ratio struct{ Server, Postgres float64 }

// Ratio holds an operation against the floor of the same name and concurrency.
func (r *Run) Ratio(o Operation) Ratio {
	if o.IsFloor() {
		return Ratio{}
	}
	for _, floor := range r.Operations {
		if floor.IsFloor() && floor.Name == o.Name && floor.Concurrency == o.Concurrency {
			own, least := o.Figures(), floor.Figures()
			return Ratio{times(own.Server, least.Server), times(own.Postgres, least.Postgres)}
		}
	}
	return Ratio{}
}

func times(own, least Spread) float64 {
	if least.Median == 0 {
		return 0
	}
	return own.Median / least.Median
}

// Margin is how far inside its bound a target is; negative where it is missed.
func (t Target) Margin() float64 {
	if t.Least {
		return t.Measured - t.Bound
	}
	return t.Bound - t.Measured
}

// Missed are the targets that are not met.
func (r *Run) Missed() []Target {
	return slices.DeleteFunc(slices.Clone(r.Targets), Target.Met)
}

// besides is what one kind of others sees, quiet and stormy.
type besides struct {
	Name          string
	Quiet, Stormy Paced
}

// Times is how many times the quiet 99th percentile the stormy one is; 0 where
// nothing was quiet.
func (b besides) Times() float64 {
	if b.Quiet.Latency.P99 == 0 {
		return 0
	}
	return b.Stormy.Latency.P99 / b.Quiet.Latency.P99
}

// Besides is what others see of a storm.
func (s Storm) Besides() []besides {
	return []besides{{"refresh", s.Quiet.Refresh, s.Stormy.Refresh}, {"look-up", s.Quiet.LookUp, s.Stormy.LookUp}}
}

// group is all operations of one name, by concurrency, floors after the others.
type group struct {
	Name       string
	Operations []Operation
}

func (r *Run) groups() []group {
	var all []group
	for _, o := range r.Operations {
		i := slices.IndexFunc(all, func(g group) bool { return g.Name == o.Name })
		if i < 0 {
			i, all = len(all), append(all, group{Name: o.Name})
		}
		all[i].Operations = append(all[i].Operations, o)
	}
	for _, g := range all {
		slices.SortStableFunc(g.Operations, func(a, b Operation) int {
			if a.Concurrency != b.Concurrency {
				return a.Concurrency - b.Concurrency
			}
			return rank(a) - rank(b)
		})
	}
	return all
}

func rank(o Operation) int {
	if o.IsFloor() {
		return 1
	}
	return 0
}
