package main_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/faults"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

// The relay is away, and the service is killed while mails wait, and again
// while they are being sent: none is lost, one that is refused for good is a
// dead letter, and the others arrive all the same.
func TestF09KilledWhileTheRelayIsAway(t *testing.T) {
	t.Parallel()
	relay := apitest.StartMail(t, apitest.MailOptions{User: "latchkey", Password: "a relay's password"})
	relay.Stop()
	d := apitest.Deploy(t, "SMTP_URL="+relay.URL(), "MAIL_FROM=latchkey@example.com")
	d.RunUsers(t, d.UsersAddr).AwaitReady(t, d.UsersAddr, refusalLimit)
	run := func() *apitest.Process {
		auth := d.RunAuth(t, d.AuthAddr)
		auth.AwaitReady(t, d.AuthAddr, refusalLimit)
		return auth
	}
	auth := run()
	var addresses []string
	register := func(n int) {
		for range n {
			addresses = append(addresses, d.Register(t).Email)
		}
	}
	register(6)
	auth.Kill() // while mails wait
	auth = run()
	register(6)
	relay.Hang(apitest.MailBody)
	relay.Start(t)
	owner := super(t, d)
	retryNow(t, owner)
	relay.AwaitCommand(t, "DATA", 1, time.Minute)
	auth.Kill() // while the relay has a mail and has not said that it took it
	relay.Stop()
	refused := addresses[0]
	relay.Accept()
	relay.RefuseRecipient(refused, "550 5.1.1 no such mailbox")

	run()
	register(3)
	relay.Start(t)
	abandoned := retryNow(t, owner)
	t.Logf("%d mails were being sent when the service was killed", abandoned)
	if abandoned == 0 {
		t.Error("none was being sent: nothing was proved")
	}
	checkArrived(t, relay.Await(t, len(addresses)-1, time.Minute), slices.DeleteFunc(slices.Clone(addresses), func(a string) bool { return a == refused }))
	checkDeadLetter(t, d, owner, relay, refused)
}

// retryNow makes every mail due that waits, and lets those of a killed service
// be two minutes older than they are, and its leadership over: the rescue of
// stuck jobs comes after that. It gives how many were being sent.
func retryNow(t *testing.T, owner *pgx.Conn) (running int) {
	t.Helper()
	for _, sql := range []string{
		"UPDATE auth.river_leader SET expires_at = now()",
		"UPDATE auth.river_job SET state = 'available', scheduled_at = now() WHERE queue = 'mail' AND state IN ('available', 'retryable')",
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	done, err := owner.Exec(t.Context(), "UPDATE auth.river_job SET attempted_at = attempted_at - interval '2 minutes' WHERE queue = 'mail' AND state = 'running'")
	if err != nil {
		t.Fatal(err)
	}
	return int(done.RowsAffected())
}

// checkArrived expects one link for each address, and where it came twice, the
// same mail.
func checkArrived(t *testing.T, messages []apitest.MailMessage, addresses []string) {
	t.Helper()
	got := map[string][]string{}
	for _, message := range messages {
		_, token, _ := strings.Cut(message.Text, "#token=")
		token, _, _ = strings.Cut(token, "\n")
		if token == "" || !message.Authenticated {
			t.Fatalf("a mail without a link, or not authenticated:\n%s", message.Raw)
		}
		got[message.To[0]] = append(got[message.To[0]], message.Header.Get("Message-Id")+" "+token)
	}
	if len(got) != len(addresses) {
		t.Errorf("%d addresses got mails, not %d", len(got), len(addresses))
	}
	for _, address := range addresses {
		if distinct := slices.Compact(slices.Sorted(slices.Values(got[address]))); len(distinct) != 1 {
			t.Errorf("%s got %d different mails", address, len(distinct))
		}
	}
	faults.Figure(t, "mails", fmt.Sprintf("%d to %d addresses", len(messages), len(addresses)))
}

// checkDeadLetter finds the refused mail, and has it sent after all.
func checkDeadLetter(t *testing.T, d *apitest.Deployment, owner *pgx.Conn, relay *apitest.MailServer, address string) {
	t.Helper()
	var id int64
	for began, state := time.Now(), ""; state != "cancelled"; time.Sleep(10 * time.Millisecond) {
		if err := owner.QueryRow(t.Context(), "SELECT id, state::text FROM auth.river_job WHERE kind = 'mail' AND args->>'to' = $1", address).Scan(&id, &state); err != nil {
			t.Fatal(err)
		}
		if time.Since(began) > commandLimit {
			t.Fatalf("the refused mail is %s", state)
		}
	}
	out := mailCommand(t, d.AuthDB, 3, "list", "--exit-code", "--recipients").Stdout
	wantWords(t, out.String(), strconv.FormatInt(id, 10), "cancelled", address, "550")
	if lines := out.Lines(); len(lines) != 2 { // the head, and it alone
		t.Errorf("dead letters:\n%s", out)
	}
	relay.Accept()
	before := len(relay.Messages())
	mailCommand(t, d.AuthDB, 0, "retry", strconv.FormatInt(id, 10))
	messages := relay.Await(t, before+1, time.Minute)
	_, token, _ := strings.Cut(messages[before].Text, "#token=")
	token, _, _ = strings.Cut(token, "\n")
	d.Auth.Post(t, "/auth/email/verify", "", apitest.Body{"token": token}).Is(http.StatusNoContent)
}
