// Package result is what a run of the benchmark found: the file that is written
// for machines, and what is made of it for people (text, a page, benchstat).
package result

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Run is one run of the benchmark.
type Run struct {
	Began      time.Time   `json:"began"`
	Took       float64     `json:"took_seconds"`
	Machine    Machine     `json:"machine"`
	Commit     string      `json:"commit"`   // with "+" where the tree was changed
	Settings   Settings    `json:"settings"` // what it was asked for
	Primitives []Primitive `json:"primitives"`
	Operations []Operation `json:"operations"`
	Paced      []Paced     `json:"open_loop,omitempty"`
	Storms     []Storm     `json:"storms,omitempty"`
	Programs   []Program   `json:"programs,omitempty"`
	Targets    []Target    `json:"targets"`
}

// Machine is where it ran.
type Machine struct {
	CPU        string `json:"cpu"`
	CPUs       int    `json:"cpus"`
	Go         string `json:"go"`
	PostgreSQL string `json:"postgresql"`
	OS         string `json:"os"`
}

// Settings are the bounds of the run.
type Settings struct {
	Rounds   int     `json:"rounds"`
	Seconds  float64 `json:"round_seconds"`
	Users    int64   `json:"users"`
	Sessions int64   `json:"sessions"`
}

// Primitive is what no implementation can do without, alone on one core.
type Primitive struct {
	Name string  `json:"name"`   // "RSA-2048 signature", "bcrypt cost 12"
	CPU  float64 `json:"cpu_us"` // microseconds of CPU for one
	Rate float64 `json:"rate"`   // per second on all cores
}

// Operation is one kind of request at one concurrency.
type Operation struct {
	Name        string  `json:"name"`    // "GET /users/{user}"
	Variant     string  `json:"variant"` // "latchkey", or the name of what it is held against: "floor", "empty"
	Concurrency int     `json:"concurrency"`
	Rounds      []Round `json:"rounds"`
	// Statements and Commands are SQL statements and transaction commands (BEGIN,
	// COMMIT) of one request, counted apart from the rounds.
	Statements float64 `json:"statements"`
	Commands   float64 `json:"transaction_commands"`
}

// Round is a few seconds of one operation, closed loop: each of the connections
// sends its next request when it has the answer.
type Round struct {
	Requests int64   `json:"requests"`
	Errors   int64   `json:"errors"` // answers that are not the expected status, and broken connections
	Seconds  float64 `json:"seconds"`
	Latency  Latency `json:"latency_ms"`
	// CPU is microseconds of user and system time per request, by who used it:
	// "auth", "users", "floor", "postgres".
	CPU map[string]float64 `json:"cpu_us"`
}

// Latency is in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Paced is an operation at a fixed rate of arrivals (open loop): latency counts
// from when a request was due, so that a stall is seen by all that it delays.
type Paced struct {
	Name    string  `json:"name"`
	Rate    float64 `json:"rate"` // arrivals per second
	Seconds float64 `json:"seconds"`
	Sent    int64   `json:"sent"`
	Errors  int64   `json:"errors"`
	Latency Latency `json:"latency_ms"`
}

// Storm is what ten times the sign-ins that the machine can hash do to others.
type Storm struct {
	Name    string  `json:"name"`       // what a sign-in costs
	Rate    float64 `json:"login_rate"` // sign-ins per second that arrive
	Quiet   Beside  `json:"quiet"`
	Stormy  Beside  `json:"stormy"`
	Logins  Logins  `json:"logins"`
	Recover float64 `json:"recovery_seconds"` // from the storm's end to a sign-in that is not shed
}

// Beside is what others see.
type Beside struct {
	Refresh Paced `json:"refresh"`
	LookUp  Paced `json:"look_up"`
}

// Logins is what became of the storm's sign-ins.
type Logins struct {
	Sent     int64   `json:"sent"`
	Signed   int64   `json:"signed_in"`
	Shed     int64   `json:"shed"` // 503
	Other    int64   `json:"other"`
	ShedP99  float64 `json:"shed_p99_ms"`
	ShedMax  float64 `json:"shed_max_ms"`
	SignedPS float64 `json:"signed_in_per_second"`
}

// Program is what one service takes.
type Program struct {
	Name      string    `json:"name"`
	ColdStart []float64 `json:"cold_start_ms"` // from exec to the first 200 of /readyz, one for each start
	IdleRSS   float64   `json:"idle_rss_mib"`
	PeakRSS   float64   `json:"peak_rss_mib"` // of the whole run
	Binary    float64   `json:"binary_mib"`   // stripped
}

// Target is a promise and what was measured.
type Target struct {
	Name     string  `json:"name"`
	Bound    float64 `json:"bound"`
	Least    bool    `json:"least"` // Bound is the least and not the most
	Measured float64 `json:"measured"`
	Unit     string  `json:"unit"` // "×", "µs", "ms", "MiB", "%", ""
	Note     string  `json:"note,omitempty"`
}

// Met tells whether the promise is kept.
func (t Target) Met() bool {
	if t.Least {
		return t.Measured >= t.Bound
	}
	return t.Measured <= t.Bound
}

// Read reads a run's file.
func Read(path string) (*Run, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var run Run
	if err := json.Unmarshal(text, &run); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &run, nil
}

// Write writes a run's file.
func (r *Run) Write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
