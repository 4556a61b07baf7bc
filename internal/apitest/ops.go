package apitest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metrics are those of one service at one moment, by name.
type Metrics map[string]*dto.MetricFamily

// Scrape asks an ops listener for its metrics, in Prometheus's text.
func Scrape(t testing.TB, opsURL string) Metrics {
	t.Helper()
	text := ScrapeText(t, opsURL, "")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	found, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("the metrics of %s do not parse: %v", opsURL, err)
	}
	return found
}

// ScrapeText asks for the metrics in a media type; empty is Prometheus's text.
func ScrapeText(t testing.TB, opsURL, accept string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, opsURL+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s/metrics answers %d: %v\n%s", opsURL, answer.StatusCode, err, text)
	}
	return string(text)
}

// Sum adds up the values of the series that have all the labels, given as
// name=value: a counter's or a gauge's value, a histogram's count.
func (m Metrics) Sum(name string, labels ...string) float64 {
	sum := 0.0
	for _, metric := range m[name].GetMetric() {
		if !hasLabels(metric, labels) {
			continue
		}
		switch {
		case metric.Histogram != nil:
			sum += float64(metric.Histogram.GetSampleCount())
		case metric.Counter != nil:
			sum += metric.Counter.GetValue()
		default:
			sum += metric.Gauge.GetValue()
		}
	}
	return sum
}

func hasLabels(metric *dto.Metric, labels []string) bool {
	for _, want := range labels {
		found := false
		for _, pair := range metric.Label {
			found = found || pair.GetName()+"="+pair.GetValue() == want
		}
		if !found {
			return false
		}
	}
	return true
}
