package faults_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	soakRate = 30.0 // requests per second
	// What a service may have more after the load than before, and what the line
	// through the second half of a soak may rise by, in all: a leak of one
	// goroutine or descriptor for each hundred requests would be 45 in five minutes.
	flatCount = 10
	// A Go heap breathes: its resident set differs by a few MiB between two looks.
	flatMemory = 6.0 // MiB
)

// A mixed load at a rate that leaves the machine room: what a service holds does
// not grow.
func TestF20Soak(t *testing.T) {
	s := start(t, apitest.Deploy(t, "ACCESS_TTL=1m"))
	during := faults.Soak(5*time.Second, 5*time.Minute)
	m := mix(t, s)
	warm := newVolley() // connections, caches
	m.load(warm, time.Second)
	warm.await()
	services := []*held{{name: "users", pid: s.users.PID(), ops: s.usersOps}, {name: "auth", pid: s.auth.PID(), ops: s.authOps}}
	time.Sleep(500 * time.Millisecond)
	for _, h := range services {
		h.look(t, 0)
	}
	before := []sample{services[0].samples[0], services[1].samples[0]}

	v, began := newVolley(), time.Now()
	v.alongside(func() { m.load(v, during) })
	for at := time.Duration(0); at < during; at = time.Since(began) {
		time.Sleep(max(100*time.Millisecond, during/300))
		for _, h := range services {
			h.look(t, time.Since(began))
		}
	}
	v.await()
	v.check(t)
	faults.Figure(t, "requests", len(v.took(0)))
	faults.None(t, "refused", len(v.took(http.StatusServiceUnavailable)))
	s.Auth.CloseIdle()
	s.Users.CloseIdle()
	for i, h := range services {
		after := h.afterwards(t, before[i])
		faults.Figure(t, h.name+"_goroutines", fmt.Sprintf("%.0f before, %.0f after", before[i].goroutines, after.goroutines))
		faults.Figure(t, h.name+"_descriptors", fmt.Sprintf("%.0f before, %.0f after", before[i].descriptors, after.descriptors))
		faults.Figure(t, h.name+"_memory", fmt.Sprintf("%.1f MiB before, %.1f after", before[i].memory, after.memory))
		if faults.Length(false, true) {
			for what, rise := range h.rises() {
				bound := map[bool]float64{true: flatMemory, false: flatCount}[what == "memory"]
				faults.Within(t, h.name+"_"+what+"_rise_in_the_second_half", rise, bound)
			}
		}
	}
	s.neverRestarted(t)
}

// mixed are the requests of a soak.
type mixed struct {
	*running
	person   apitest.User
	sessions *bystanding // the person's, and the admin's

	mu      sync.Mutex
	admin   string // an access token
	renewed time.Time
}

func mix(t *testing.T, s *running) *mixed {
	t.Helper()
	person, admin := s.Person(t), s.Login(t, apitest.AdminUsername, apitest.AdminPassword)
	return &mixed{
		running: s, person: person.User, admin: admin.AccessToken, renewed: time.Now(),
		sessions: &bystanding{auth: s.Auth, all: []*bystander{{token: person.RefreshToken}, {token: admin.RefreshToken}}},
	}
}

// token is the admin's, and a new one in time.
func (m *mixed) token(v *volley) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if time.Since(m.renewed) > 20*time.Second {
		m.admin, m.renewed = m.sessions.once(v, 1).AccessToken, time.Now()
	}
	return m.admin
}

func (m *mixed) load(v *volley, during time.Duration) {
	v.paced(soakRate, during, func(n int) {
		switch n % 30 {
		case 0:
			v.send("sign-in", m.Auth, login(m.person), http.StatusOK)
		case 10:
			name := apitest.Name()
			r := post("/auth/register", "", apitest.Body{"username": name, "email": name + "@example.com", "password": apitest.Password})
			r.Header = http.Header{"Idempotency-Key": {name}}
			v.send("registration", m.Auth, r, http.StatusCreated)
		case 15:
			v.send("wrong password", m.Auth, post("/auth/login", "", apitest.Body{"login": apitest.Name(), "password": "a guess"}), http.StatusUnauthorized)
		case 20:
			v.send("reset asked for", m.Auth, post("/auth/password/forgot", "", apitest.Body{"email": m.person.Email}), http.StatusAccepted)
		case 5, 25:
			v.send("forged token", m.Users, get("/users", "e30.e30."+apitest.Name()), http.StatusUnauthorized)
		default:
			m.often(v, n)
		}
	})
}

// often are the requests of which there are many.
func (m *mixed) often(v *volley, n int) {
	admin := m.token(v)
	switch n % 4 {
	case 0:
		m.sessions.once(v, 0)
	case 1:
		v.send("look-up", m.Users, get("/users/"+m.person.ID, admin), http.StatusOK)
	case 2:
		v.send("list", m.Users, get("/users?limit=20", admin), http.StatusOK)
	case 3:
		v.send("account", m.Users, account(admin), http.StatusCreated)
	}
}

// sample is what a process holds at a moment; memory is the resident set, in MiB.
type sample struct {
	at                              float64 // seconds
	memory, goroutines, descriptors float64
}

// held is a service with its samples.
type held struct {
	name    string
	pid     int
	ops     string
	samples []sample
}

func (h *held) look(t *testing.T, at time.Duration) sample {
	t.Helper()
	s := sample{at: at.Seconds(), goroutines: apitest.Scrape(t, h.ops).Sum("go_goroutines")}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.pid))
	if err != nil {
		apitest.Missing(t, "/proc: "+err.Error())
	}
	for line := range strings.Lines(string(status)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f kB", &kib); n == 1 {
			s.memory = kib / 1024
		}
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", h.pid))
	if err != nil {
		t.Fatal(err)
	}
	s.descriptors = float64(len(open))
	h.samples = append(h.samples, s)
	return s
}

// afterwards waits until a service holds no more than before.
func (h *held) afterwards(t *testing.T, before sample) (last sample) {
	t.Helper()
	settle(t, h.name+" gives back what it took for the load", startLimit, func() bool {
		last = h.look(t, 0)
		h.samples = h.samples[:len(h.samples)-1]
		return last.goroutines < before.goroutines+flatCount && last.descriptors < before.descriptors+flatCount
	})
	return last
}

// rises are how much the lines through the second half of the samples rise, from
// its first sample to its last.
func (h *held) rises() map[string]float64 {
	second := h.samples[len(h.samples)/2:]
	return map[string]float64{
		"memory":      rise(second, func(s sample) float64 { return s.memory }),
		"goroutines":  rise(second, func(s sample) float64 { return s.goroutines }),
		"descriptors": rise(second, func(s sample) float64 { return s.descriptors }),
	}
}

// rise fits a line by least squares.
func rise(samples []sample, of func(sample) float64) float64 {
	n := float64(len(samples))
	var x, y, xx, xy float64
	for _, s := range samples {
		x, y, xx, xy = x+s.at, y+of(s), xx+s.at*s.at, xy+s.at*of(s)
	}
	slope := (n*xy - x*y) / (n*xx - x*x)
	return slope * (samples[len(samples)-1].at - samples[0].at)
}

func TestRise(t *testing.T) {
	t.Parallel()
	var samples []sample
	for i := range 11 {
		samples = append(samples, sample{at: float64(10 + i), memory: 50 + 0.5*float64(i) + []float64{0.1, -0.1}[i%2]})
	}
	if got := rise(samples, func(s sample) float64 { return s.memory }); got < 4.8 || got > 5.2 {
		t.Errorf("a line that rises by 5 is said to rise by %v", got)
	}
}
