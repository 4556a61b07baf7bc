package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// balancedLoad is what clients do all the while, and what came of it. A client
// sends each request once: what fails, failed.
type balancedLoad struct {
	b      *balanced
	client *http.Client

	mu         sync.Mutex
	answered   map[string]int // by what was asked
	failed     []string
	registered []string // addresses
	reached    chan struct{}
}

// want sends a request and decodes the answer, unless into is nil. It reports
// whether the status was the wanted one.
func (l *balancedLoad) want(what string, status int, method, url, token string, body, into any) bool {
	err := l.send(status, method, url, token, body, into)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failed = append(l.failed, what+": "+err.Error())
		return false
	}
	l.answered[what]++
	select {
	case l.reached <- struct{}{}:
	default:
	}
	return true
}

func (l *balancedLoad) send(status int, method, url, token string, body, into any) error {
	var text io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = io.NopCloser(bytes.NewReader(encoded)) // net/http can't send it again
	}
	request, err := http.NewRequest(method, url, text)
	if err != nil {
		return err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := l.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != status {
		return fmt.Errorf("answered %d %s", answer.StatusCode, got)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(got, into)
}

// clients are one of each kind, and what each does again and again.
func (l *balancedLoad) clients(t *testing.T) []func() {
	auth, users := l.b.Auth.URL, l.b.Users.URL
	id, admin := l.b.Login(t, apitest.AdminUsername, apitest.AdminPassword).User.ID, l.b.Admin(t)
	person := l.b.Register(t)
	grant := l.b.Login(t, person.Username, apitest.Password)
	l.registered = append(l.registered, person.Email)
	login := apitest.Body{"login": person.Username, "password": apitest.Password}
	lookUp := func() {
		l.want("look-up", http.StatusOK, http.MethodGet, users+"/users/"+id, admin, nil, nil)
	}
	refresh := func() {
		l.want("refresh", http.StatusOK, http.MethodPost, auth+"/auth/refresh", "", apitest.Body{"refresh_token": grant.RefreshToken}, &grant)
		l.want("me", http.StatusOK, http.MethodGet, auth+"/auth/me", grant.AccessToken, nil, nil)
	}
	signIn := func() { l.want("login", http.StatusOK, http.MethodPost, auth+"/auth/login", "", login, nil) }
	register := func() {
		name := apitest.Name()
		address := name + "@example.com"
		if l.want("registration", http.StatusCreated, http.MethodPost, auth+"/auth/register", "",
			apitest.Body{"username": name, "email": address, "password": apitest.Password}, nil) {
			l.mu.Lock()
			l.registered = append(l.registered, address)
			l.mu.Unlock()
		}
	}
	return []func(){lookUp, lookUp, refresh, signIn, register}
}

func (l *balancedLoad) count() (all int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.answered {
		all += n
	}
	return all
}

// await waits for n more answers.
func (l *balancedLoad) await(t *testing.T, n int) {
	t.Helper()
	late := time.After(30 * time.Second)
	for want := l.count() + n; l.count() < want; {
		select {
		case <-l.reached:
		case <-late:
			t.Fatalf("%d answers do not come about; failed: %.10q", n, l.failed)
		}
	}
}

// Two instances of each service behind HAProxy, under load: one of each is told
// to stop at once; then all four are restarted, one after another. No request
// fails, and every registration gets its mail.
//
// Not in parallel: it is a load, and takes times.
func TestF11BalancedRestarts(t *testing.T) {
	relay := apitest.StartMail(t, apitest.MailOptions{TLS: apitest.MailNoTLS})
	b := deployBalanced(t, "SMTP_URL="+relay.URL(), "MAIL_FROM=latchkey@example.com", "DRAIN_DELAY=2s")
	l := &balancedLoad{
		b: b, client: &http.Client{Transport: &http.Transport{}, Timeout: drainLimit},
		answered: map[string]int{}, reached: make(chan struct{}, 1),
	}
	stop := goOn(l.clients(t)...)
	l.await(t, 100)
	began := l.count()
	b.stopAtOnce(t, "auth1", "users1")
	l.await(t, 50) // by the two that are left
	during := l.count() - began
	for _, name := range []string{"users1", "auth1"} {
		b.start(t, name)
		b.awaitUp(t, name)
	}
	for _, name := range []string{"auth1", "auth2", "users1", "users2"} { // a rolling restart
		b.stopAtOnce(t, name)
		b.start(t, name)
		b.awaitUp(t, name)
	}
	l.await(t, 50)
	stop()
	t.Logf("%d requests answered, %d of them around the first stop: %v; %d failed", l.count(), during, l.answered, len(l.failed))
	for i, failure := range l.failed {
		if i < 10 {
			t.Error(failure)
		}
	}
	faults.Figure(t, "answered", l.count())
	if faults.None(t, "failed", len(l.failed)); len(l.failed) > 0 {
		t.Logf("the balancer wrote:\n%s", b.process.Stderr)
	}
	l.checkMails(t, relay)
}

// stopAtOnce sends SIGTERM to all of them and waits for their ends.
func (b *balanced) stopAtOnce(t *testing.T, names ...string) {
	t.Helper()
	began := time.Now()
	for _, name := range names {
		b.instances[name].Signal(syscall.SIGTERM)
	}
	for _, name := range names {
		code := b.instances[name].Wait(t, drainLimit+5*time.Second)
		took := time.Since(began)
		t.Logf("%s: exit code %d after %s", name, code, took.Round(time.Millisecond))
		if code != 0 || took > drainLimit {
			t.Errorf("%s: exit code %d after %s\n%s", name, code, took, b.instances[name].Stderr)
		}
	}
}

// checkMails waits for the mail of every registration.
func (l *balancedLoad) checkMails(t *testing.T, relay *apitest.MailServer) {
	t.Helper()
	got := map[string]int{}
	for began := time.Now(); time.Since(began) < refusalLimit; time.Sleep(50 * time.Millisecond) {
		clear(got)
		for _, message := range relay.Messages() {
			for _, to := range message.To {
				got[to]++
			}
		}
		if !slices.ContainsFunc(l.registered, func(address string) bool { return got[address] == 0 }) {
			break
		}
	}
	var lost, twice []string
	for _, address := range l.registered {
		switch {
		case got[address] == 0:
			lost = append(lost, address)
		case got[address] > 1: // allowed: a mail is sent at least once
			twice = append(twice, address)
		}
	}
	t.Logf("%d registered, %d mails, %d lost, %d got more than one", len(l.registered), len(relay.Messages()), len(lost), len(twice))
	faults.Figure(t, "mails", len(relay.Messages()))
	if faults.None(t, "mails_lost", len(lost)); len(lost) > 0 {
		t.Logf("lost: %s", strings.Join(lost, " "))
	}
}

// What only the auth service calls is reached by nobody else, and what the
// balancer answers itself is a problem like any other.
func TestBalancerAnswers(t *testing.T) {
	t.Parallel()
	b := deployBalanced(t)
	admin := b.Admin(t)
	person := b.Register(t)
	credentials := apitest.Body{"login": person.Username, "password": apitest.Password}
	const told = "auth service alone" // by the balancer, and not by users, which refuses the admin's token too
	for _, answer := range []apitest.Response{
		b.Users.Post(t, "/credentials/verify", admin, credentials), b.Users.Get(t, "/users/"+person.ID+"/security", admin),
	} {
		if problem := answer.Problem(http.StatusForbidden, "forbidden"); !strings.Contains(problem.Detail, told) {
			t.Errorf("it got past the balancer: %s", answer.Body)
		}
	}
	inside := apitest.NewUsersClient("http://" + b.internal)
	if problem := inside.Get(t, "/users/"+person.ID+"/security", admin).Problem(http.StatusForbidden, "forbidden"); strings.Contains(problem.Detail, told) {
		t.Error("the auth service's own way in is closed")
	}
	for _, path := range []string{"/users/" + person.ID + "/%73ecurity", "//users/" + person.ID + "/security", "/users/" + person.ID + "/security/", "/./users/" + person.ID + "/security"} {
		answer, err := b.Users.Try(apitest.Request{Method: http.MethodGet, Path: path, Token: admin})
		if err != nil || answer.Status != http.StatusNotFound {
			t.Errorf("%s answers %d, %v", path, answer.Status, err)
		}
	}
	b.instances["users1"].Kill()
	b.instances["users2"].Kill()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		servers, err := b.servers()
		if err == nil && servers["users1"].status == "DOWN" && servers["users2"].status == "DOWN" {
			break
		}
		if time.Since(began) > refusalLimit {
			t.Fatalf("never down: %v, %v", servers, err)
		}
	}
	answer := b.Users.Get(t, "/users/"+person.ID, admin)
	answer.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
	if answer.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	b.Auth.Post(t, "/auth/login", "", credentials).Problem(http.StatusServiceUnavailable, "dependency_unavailable")
}
