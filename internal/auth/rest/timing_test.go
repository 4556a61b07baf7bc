//go:build timing

package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// How many tries each kind of address gets, and by how much medians may differ.
const (
	timingTries  = 1000
	timingSpread = 0.05
)

// Whose an address is does not change how long the answer takes. It measures,
// so it runs alone and without the race detector:
//
//	go test -tags timing -run TestS54Timed -count=1 -v ./internal/auth/rest
func TestS54TimedMailDoors(t *testing.T) {
	noLimit := config.RateLimit{Requests: 1 << 30, Window: time.Hour} // each known one is written to each time
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.RecipientLimit = noLimit })
	addresses := addressesOfEachKind(t, s)
	kinds := []string{"known", "verified", "disabled", "deleted", "unknown"}
	for _, path := range mailDoors {
		took := map[string][]time.Duration{}
		for try := range timingTries + 20 {
			for i := range kinds {
				kind := kinds[(i+try)%len(kinds)] // each follows each other
				request := apitest.Request{Method: http.MethodPost, Path: path, Body: body{"email": addresses[kind]}}
				began := time.Now()
				answer, err := s.Auth.Try(request)
				if try >= 20 { // the first ones warm up
					took[kind] = append(took[kind], time.Since(began))
				}
				if err != nil || answer.Status != http.StatusAccepted {
					t.Fatalf("%s: %d, %v", path, answer.Status, err)
				}
			}
		}
		low, high := time.Duration(1<<62), time.Duration(0)
		for _, kind := range kinds {
			slices.Sort(took[kind])
			median := took[kind][timingTries/2]
			low, high = min(low, median), max(high, median)
			t.Logf("%-22s %-9s median %7.3f ms of %d", path, kind, float64(median.Microseconds())/1000, timingTries)
		}
		spread := float64(high-low) / float64(low)
		t.Attr(strings.ReplaceAll(strings.TrimPrefix(path, "/auth/"), "/", "_")+"_medians_differ_by", fmt.Sprintf("%.2f %%", 100*spread))
		if spread > timingSpread {
			t.Errorf("%s: medians differ by %.1f %%", path, 100*spread)
		}
	}
}
