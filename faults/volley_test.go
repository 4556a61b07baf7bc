package faults_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// volley are requests, and what came of them.
type volley struct {
	mu    sync.Mutex
	shots map[string][]shot // by what was asked
	wrong map[string]int    // answers that no fault excuses
	also  map[string]int    // a further status that is right, by what was asked
	work  sync.WaitGroup
}

type shot struct {
	status int // 0 where there was no answer
	took   time.Duration
}

func newVolley() *volley { return &volley{shots: map[string][]shot{}, wrong: map[string]int{}} }

// send sends a request. Whatever is broken, the answer is to be what was asked for
// (want) or a 503 as the specification has it: everything else is wrong.
func (v *volley) send(what string, client *apitest.Client, r apitest.Request, want int) apitest.Response {
	began := time.Now()
	answer, err := client.Try(r)
	took := time.Since(began)
	wrong := ""
	switch {
	case err != nil:
		wrong = err.Error()
	case answer.Status == want, answer.Status == v.also[what]:
	case answer.Status != http.StatusServiceUnavailable:
		wrong = fmt.Sprintf("%d %s", answer.Status, answer.Body)
	case answer.Header.Get("Retry-After") == "":
		wrong = "503 without Retry-After"
	default:
		if err := client.Check(r, answer); err != nil {
			wrong = fmt.Sprintf("503 %s: %v", answer.Body, err)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.shots[what] = append(v.shots[what], shot{answer.Status, took})
	if wrong != "" {
		v.wrong[what+": "+wrong]++
	}
	return answer
}

// paced calls do so often in a second, whatever becomes of the calls before, for a
// time. await waits for the last of them.
func (v *volley) paced(rate float64, during time.Duration, do func(n int)) {
	began := time.Now()
	for n := 0; ; n++ {
		at := time.Duration(float64(n) / rate * float64(time.Second))
		if at >= during {
			return
		}
		time.Sleep(at - time.Since(began))
		v.work.Go(func() { do(n) })
	}
}

// alongside runs do beside the others.
func (v *volley) alongside(do func()) { v.work.Go(do) }

func (v *volley) await() { v.work.Wait() }

// took are the times of the answers with a status (0: all), the shortest first.
func (v *volley) took(status int, what ...string) (all []time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(what) == 0 {
		what = slices.Collect(maps.Keys(v.shots))
	}
	for _, name := range what {
		for _, s := range v.shots[name] {
			if status == 0 || s.status == status {
				all = append(all, s.took)
			}
		}
	}
	slices.Sort(all)
	return all
}

// part is the part of sorted times that a share of them keep to: 0.99, or 1 for all.
func part(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(float64(len(sorted))*share))]
}

// check fails the test for each answer that is wrong.
func (v *volley) check(t *testing.T) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for wrong, times := range v.wrong {
		t.Errorf("%d times %s", times, wrong)
	}
	for what, shots := range v.shots {
		statuses := map[int]int{}
		for _, s := range shots {
			statuses[s.status]++
		}
		t.Logf("%-20s answered %v", what, statuses)
	}
}
