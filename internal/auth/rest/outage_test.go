package rest_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// The relay as registrations find it: in good health, not there, or there and
// silent.
var relayStates = []string{"up", "down", "hanging"}

// outageRounds times five registrations are made in each state, in turns.
const outageRounds = 12

// Registration does not wait for the relay, and what was queued while it was
// away arrives once it is back: one token for each address, and where a mail
// comes twice it is the same one.
func TestOutageOfTheRelay(t *testing.T) {
	t.Parallel()
	relay := apitest.StartMail(t, apitest.MailOptions{})
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.SMTPURL = config.Secret(relay.URL()) })
	took := map[string][]time.Duration{}
	var addresses []string
	for range outageRounds {
		for _, state := range relayStates {
			relay.Stop() // those that hang are let go
			switch state {
			case "up":
				relay.Accept()
				relay.Start(t)
			case "hanging":
				relay.Hang(apitest.MailGreeting)
				relay.Start(t)
			}
			for range 5 {
				began := time.Now()
				addresses = append(addresses, s.Register(t).Email)
				took[state] = append(took[state], time.Since(began))
			}
		}
	}
	medians := map[string]time.Duration{}
	for state, all := range took {
		medians[state] = slices.Sorted(slices.Values(all))[len(all)/2]
	}
	for _, state := range relayStates {
		ratio := float64(medians[state]) / float64(medians["up"])
		t.Logf("relay %-8s median of %d registrations %s, %.2f of that with the relay up", state, len(took[state]), medians[state].Round(10*time.Microsecond), ratio)
		if ratio >= 2 {
			t.Errorf("with the relay %s a registration takes %.2f times as long", state, ratio)
		}
	}

	relay.Stop()
	relay.Accept()
	relay.Start(t)
	hurryMails(t, s)
	relay.Await(t, len(addresses), time.Minute)
	awaitMailsDone(t, s)
	before := len(relay.Messages())
	again := addresses[0] // sent, and the service killed before it could note it
	execAuth(t, s, `UPDATE auth.river_job SET state = 'available', finalized_at = NULL, scheduled_at = now() WHERE kind = 'mail' AND args->>'to' = $1`, again)
	relay.Await(t, before+1, time.Minute)
	twice := arrived(t, relay.Messages(), addresses)
	t.Logf("%d mails to %d addresses, %d of them twice, with the same token", len(relay.Messages()), len(addresses), twice)
	if twice == 0 {
		t.Error("no mail came twice: nothing was proved")
	}
	s.Auth.Do(t, verify(tokenOf(lastTo(relay.Messages(), again)))).Is(http.StatusNoContent)
}

// hurryMails makes every mail that waits due at once.
func hurryMails(t *testing.T, s *apitest.System) {
	t.Helper()
	_, err := s.AuthDB.Pool.Exec(context.Background(), `UPDATE auth.river_job SET state = 'available', scheduled_at = now()
		WHERE queue = 'mail' AND state IN ('available', 'retryable', 'scheduled')`)
	if err != nil {
		t.Fatal(err)
	}
}

// awaitMailsDone waits until no mail, and no request for one, is on its way.
func awaitMailsDone(t *testing.T, s *apitest.System) {
	t.Helper()
	for began, left := time.Now(), 1; left > 0; time.Sleep(20 * time.Millisecond) {
		err := s.AuthDB.Pool.QueryRow(context.Background(), `SELECT count(*) FROM auth.river_job
			WHERE kind IN ('mail', 'mail_request') AND state IN ('available', 'running', 'retryable', 'scheduled')`).Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%d mails are still on their way", left)
		}
	}
}

// arrived makes sure that each address, and nobody else, has got one link,
// however often, and gives how many got it more than once.
func arrived(t *testing.T, messages []apitest.MailMessage, addresses []string) (twice int) {
	t.Helper()
	got := map[string][]string{}
	for _, message := range messages {
		if len(message.To) != 1 || !message.Encrypted {
			t.Fatalf("a mail to %q, encrypted: %t", message.To, message.Encrypted)
		}
		got[message.To[0]] = append(got[message.To[0]], message.Header.Get("Message-Id")+" "+tokenOf(message))
	}
	if len(got) != len(addresses) {
		t.Errorf("%d addresses got mails, not %d", len(got), len(addresses))
	}
	for _, address := range addresses {
		mails := got[address]
		if len(mails) > 1 {
			twice++
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(mails))); len(distinct) != 1 || strings.HasSuffix(distinct[0], " ") {
			t.Errorf("%s got %d different mails", address, len(distinct))
		}
	}
	return twice
}

// tokenOf is the token of a mail's link, or empty.
func tokenOf(message apitest.MailMessage) string {
	_, token, _ := strings.Cut(message.Text, "#token=")
	token, _, _ = strings.Cut(token, "\n")
	return token
}

func lastTo(messages []apitest.MailMessage, address string) (last apitest.MailMessage) {
	for _, message := range messages {
		if message.To[0] == address {
			last = message
		}
	}
	return last
}

// One address gets ten mails in an hour, whoever asks, and the answer does not
// tell. Others get theirs; an hour later it gets mails again.
func TestS61MailsPerRecipient(t *testing.T) {
	t.Parallel()
	relay := apitest.StartMail(t, apitest.MailOptions{})
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.SMTPURL = config.Secret(relay.URL()) })
	victim, other := s.Register(t), s.Register(t)
	count := func(address string) (n int) {
		for _, message := range relay.Messages() {
			if message.To[0] == address {
				n++
			}
		}
		return n
	}
	forget := func(address string) apitest.Response {
		answer := s.Auth.Post(t, "/auth/password/forgot", "", body{"email": address}).Is(http.StatusAccepted)
		awaitMailsDone(t, s)
		return answer
	}
	var answers []apitest.Response
	for i := range 13 {
		answers = append(answers, forget([]string{victim.Email, strings.ToUpper(victim.Email)}[i%2])) // it is one address
	}
	first, last := answers[0], answers[len(answers)-1]
	if string(first.Body) != string(last.Body) || len(first.Header) != len(last.Header) {
		t.Errorf("the answers differ: %v %s and %v %s", first.Header, first.Body, last.Header, last.Body)
	}
	if got := count(victim.Email); got != 10 {
		t.Errorf("%d mails in the hour, not 10", got)
	}
	token := tokenOf(lastTo(relay.Messages(), victim.Email)) // what is not sent does not void what was
	s.Auth.Do(t, reset(token, newPassword)).Is(http.StatusNoContent)
	awaitMailsDone(t, s)
	if got := count(victim.Email); got != 11 { // a flood of links hides no notice that the password was changed
		t.Errorf("%d mails in the hour, not 11", got)
	}
	forget(other.Email)
	if got := count(other.Email); got != 2 {
		t.Errorf("another address got %d mails, not 2", got)
	}
	execAuth(t, s, "UPDATE auth.mail_recipients SET since = since - interval '1 hour'")
	forget(victim.Email)
	if got := count(victim.Email); got != 12 {
		t.Errorf("after the hour it has %d mails, not 12", got)
	}
	if log := s.Logs.String(); !strings.Contains(log, "had its share") || strings.Contains(log, victim.Email) {
		t.Error("the log does not tell of it, or tells the address")
	}
}
