package doctor

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Sample is what one ops listener showed at one moment.
type Sample struct {
	families map[string]*dto.MetricFamily
	// At is when it was asked, by this machine's clock; Clock is the service's
	// own, from the Date of its answer, in whole seconds.
	At, Clock time.Time
}

// maxScrape bounds what is read of a listener, in bytes.
const maxScrape = 64 << 20

// Scrape asks an ops listener, such as http://127.0.0.1:9080, for its metrics.
func Scrape(ctx context.Context, client *http.Client, ops string) (Sample, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, ops+"/metrics", nil)
	if err != nil {
		return Sample{}, err
	}
	at := time.Now()
	answer, err := client.Do(request)
	if err != nil {
		return Sample{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return Sample{}, fmt.Errorf("%s/metrics answers %d", ops, answer.StatusCode)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(answer.Body, maxScrape))
	if err != nil {
		return Sample{}, fmt.Errorf("%s/metrics: %w", ops, err)
	}
	clock, _ := http.ParseTime(answer.Header.Get("Date"))
	return Sample{families: families, At: at, Clock: clock}, nil
}

// Service tells which service it is, by its build information; empty where it
// is none of ours.
func (s Sample) Service() string {
	for _, m := range s.families["latchkey_build_info"].GetMetric() {
		return label(m, "service")
	}
	return ""
}

// Instance is one process between two scrapes.
type Instance struct {
	Ops           string // where it was asked
	Service       string // auth or users
	Before, After Sample
}

func label(m *dto.Metric, name string) string {
	for _, pair := range m.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

// fits reports whether a series has the labels, given as name, value pairs.
func fits(m *dto.Metric, labels []string) bool {
	for i := 0; i+1 < len(labels); i += 2 {
		if label(m, labels[i]) != labels[i+1] {
			return false
		}
	}
	return true
}

// value adds up the gauges or counters that have the labels.
func (s Sample) value(name string, labels ...string) (sum float64) {
	for _, m := range s.families[name].GetMetric() {
		if fits(m, labels) {
			sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
		}
	}
	return sum
}

// has reports whether there is such a series.
func (s Sample) has(name string, labels ...string) bool {
	return slices.ContainsFunc(s.families[name].GetMetric(), func(m *dto.Metric) bool { return fits(m, labels) })
}

// Times are observations of a histogram between two scrapes.
type Times struct {
	Count   float64
	Sum     float64 // seconds
	buckets map[float64]float64
}

// Mean is in seconds, 0 where nothing was observed.
func (t Times) Mean() float64 {
	if t.Count == 0 {
		return 0
	}
	return t.Sum / t.Count
}

// Quantile is the upper bound, in seconds, of the bucket that the quantile lies
// in; the greatest bound for what lies above.
func (t Times) Quantile(q float64) float64 {
	bounds := slices.Sorted(maps.Keys(t.buckets))
	for _, bound := range bounds {
		if t.buckets[bound] >= q*t.Count {
			return bound
		}
	}
	if len(bounds) == 0 {
		return 0
	}
	return bounds[len(bounds)-1]
}

func (t *Times) add(m *dto.Metric, sign float64) {
	h := m.GetHistogram()
	t.Count += sign * float64(h.GetSampleCount())
	t.Sum += sign * h.GetSampleSum()
	for _, b := range h.GetBucket() {
		if bound := b.GetUpperBound(); bound < 1e300 {
			t.buckets[bound] += sign * float64(b.GetCumulativeCount())
		}
	}
}

// restarted says that the process is not the one of the first scrape: its
// counters began anew, and count whole.
func (i Instance) restarted() bool {
	const name = "process_start_time_seconds"
	return i.Before.value(name) != i.After.value(name)
}

// times gives the observations between the scrapes, by the value of a label;
// by is empty for all in one.
func (i Instance) times(name, by string, labels ...string) map[string]Times {
	all := map[string]Times{}
	take := func(s Sample, sign float64) {
		for _, m := range s.families[name].GetMetric() {
			if !fits(m, labels) {
				continue
			}
			key := label(m, by)
			t, ok := all[key]
			if !ok {
				t.buckets = map[float64]float64{}
			}
			t.add(m, sign)
			all[key] = t
		}
	}
	take(i.After, 1)
	if !i.restarted() {
		take(i.Before, -1)
	}
	maps.DeleteFunc(all, func(_ string, t Times) bool { return t.Count < 1 })
	return all
}

func (i Instance) allTimes(name string, labels ...string) Times {
	return i.times(name, "", labels...)[""]
}

// count gives what counters grew by between the scrapes.
func (i Instance) count(name string, labels ...string) float64 {
	after := i.After.value(name, labels...)
	if i.restarted() {
		return after
	}
	return after - i.Before.value(name, labels...)
}

// Window is the time between the scrapes.
func (i Instance) Window() time.Duration { return i.After.At.Sub(i.Before.At) }

// Named is what happened under a name.
type Named struct {
	Name string
	Times
}

// slowest sorts by the time spent in all, the most first, and gives so many.
func slowest(all map[string]Times, most int) []Named {
	var sorted []Named
	for name, t := range all {
		sorted = append(sorted, Named{name, t})
	}
	slices.SortFunc(sorted, func(a, b Named) int {
		return cmp.Or(cmp.Compare(b.Sum, a.Sum), cmp.Compare(a.Name, b.Name))
	})
	return sorted[:min(most, len(sorted))]
}
