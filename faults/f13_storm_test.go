package faults_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const (
	stormFactor = 10 // times the sign-ins that the machine can hash
	bystanders  = 16 // sessions that are refreshed beside it
	refreshRate = 40.0
)

// Ten times the sign-ins that the cores can hash: refreshes go on, the sign-ins that
// find no room are told so at once, and when it is over it is over.
func TestF13SignInStorm(t *testing.T) {
	s := start(t, apitest.Deploy(t, "HASH_QUEUE=500ms", "HASH_NICE=on"))
	var people []apitest.User
	for range faults.Length(24, 64) { // of whom none tries more than five times at once, and is throttled
		people = append(people, s.Register(t))
	}
	sessions := &bystanding{auth: s.Auth}
	for i := range bystanders {
		sessions.all = append(sessions.all, &bystander{token: s.Login(t, people[i%len(people)].Username, apitest.Password).RefreshToken})
	}
	during := faults.Length(2*time.Second, 20*time.Second)
	capacity := s.capacity(people, faults.Length(time.Second, 5*time.Second))

	quiet := newVolley()
	sessions.refresh(quiet, during)
	quiet.await()
	storm, beside := newVolley(), newVolley()
	storm.alongside(func() {
		storm.paced(stormFactor*capacity, during+time.Second, func(n int) {
			storm.send("sign-in", s.Auth, login(people[n%len(people)]), http.StatusOK)
		})
	})
	time.Sleep(time.Second) // until the queue is full
	sessions.refresh(beside, during)
	beside.await()
	storm.await()
	over := settle(t, "the storm is over", time.Minute, func() bool {
		answer, err := s.Auth.Try(login(people[0]))
		return err == nil && answer.Status == http.StatusOK
	})

	sent, refused := len(storm.took(0)), storm.took(http.StatusServiceUnavailable)
	faults.Figure(t, "sign-ins_per_second_sent", float64(sent)/(during+time.Second).Seconds())
	faults.Figure(t, "signed_in_per_second", float64(len(storm.took(http.StatusOK)))/(during+time.Second).Seconds())
	faults.Within(t, "refused_p99", part(refused, 0.99), 600*time.Millisecond)
	faults.Within(t, "over_after", over, 5*time.Second)
	good, all := len(beside.took(http.StatusOK)), len(beside.took(0))
	faults.Figure(t, "refreshes", all)
	if float64(good) < 0.999*float64(all) {
		t.Errorf("%d of %d refreshes succeeded", good, all)
	}
	faults.None(t, "refreshes_failed", all-good)
	if len(refused) < sent/2 {
		t.Errorf("%d of %d sign-ins were refused: that is no storm", len(refused), sent)
	}
	before, amid := part(quiet.took(http.StatusOK), 0.99), part(beside.took(http.StatusOK), 0.99)
	faults.Figure(t, "refresh_p99_quiet", before)
	faults.Figure(t, "refresh_p99_in_the_storm", amid)
	ratio := float64(amid) / float64(before)
	if faults.Length(false, true) && ownPriorities(t) {
		faults.Within(t, "refresh_p99_ratio", ratio, 2)
	} else {
		faults.Figure(t, "refresh_p99_ratio", ratio)
	}
	quiet.check(t)
	beside.check(t)
	storm.check(t)
}

// capacity is how many sign-ins in a second the services can do.
func (r *running) capacity(people []apitest.User, during time.Duration) float64 {
	var done atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for i := range 4 {
		all.Go(func() {
			for time.Since(began) < during {
				if answer, err := r.Auth.Try(login(people[i])); err == nil && answer.Status == http.StatusOK {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return float64(done.Load()) / time.Since(began).Seconds()
}

// ownPriorities says whether the kernel weighs hashing, which stands behind all
// else, against PostgreSQL's processes: not where each session has its share
// (docs/deploy.md, hashing beside other services).
func ownPriorities(t *testing.T) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/kernel/sched_autogroup_enabled")
	if err == nil && strings.TrimSpace(string(text)) == "1" {
		t.Log("kernel.sched_autogroup_enabled is 1: the ratio is not held to its bound")
		return false
	}
	return true
}

// bystanding are sessions that are refreshed, each by one client.
type bystanding struct {
	auth *apitest.Client
	all  []*bystander
}

type bystander struct {
	mu    sync.Mutex
	token string
}

// refresh refreshes the sessions in turn, at a rate.
func (b *bystanding) refresh(v *volley, during time.Duration) {
	v.paced(refreshRate, during, func(n int) { b.once(v, n) })
}

// once refreshes one session, and gives what the answer says.
func (b *bystanding) once(v *volley, n int) (grant apitest.Grant) {
	one := b.all[n%len(b.all)]
	one.mu.Lock()
	defer one.mu.Unlock()
	answer := v.send("refresh", b.auth, post("/auth/refresh", "", apitest.Body{"refresh_token": one.token}), http.StatusOK)
	if answer.Status == http.StatusOK && answer.Decode(&grant) == nil {
		one.token = grant.RefreshToken
	}
	return grant
}
