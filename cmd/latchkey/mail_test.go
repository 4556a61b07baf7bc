package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// mailCommand runs `latchkey mail …` to its end.
func mailCommand(t *testing.T, db dbtest.DB, code int, args ...string) *apitest.Process {
	t.Helper()
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: append([]string{"mail"}, args...), Env: []string{"AUTH_DATABASE_URL=" + db.URL}})
	if got := p.Wait(t, commandLimit); got != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", args, got, code, p.Stdout, p.Stderr)
	}
	return p
}

// welcome is a mail that the server refuses.
type welcome struct {
	To    string `json:"to"`
	Token string `json:"token"`
}

func (welcome) Kind() string { return "welcome" }

type refusing struct{ river.WorkerDefaults[welcome] }

func (refusing) Work(_ context.Context, job *river.Job[welcome]) error {
	return river.JobCancel(errors.New("550 5.1.1 <" + job.Args.To + ">\x1b[2J\nno such mailbox"))
}

// enqueue commits a mail.
func enqueue(t *testing.T, db dbtest.DB, at time.Time) int64 {
	t.Helper()
	client, err := jobs.New(t.Context(), jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	err = postgres.InTx(t.Context(), db.Pool, func(tx pgx.Tx) error {
		result, err := client.InsertTx(t.Context(), tx, welcome{To: "ada@example.com", Token: "canary"},
			&river.InsertOpts{Queue: jobs.MailQueue, MaxAttempts: 5, ScheduledAt: at})
		if err == nil {
			id = result.Job.ID
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// work lets the mail server refuse what is due, until none waits.
func work(t *testing.T, db dbtest.DB) {
	t.Helper()
	w := river.NewWorkers()
	river.AddWorker(w, refusing{})
	client, err := jobs.New(t.Context(), jobs.Options{
		URL: db.URL, Workers: w, Queues: map[string]jobs.Queue{jobs.MailQueue: {Workers: 1, PollInterval: 10 * time.Millisecond}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), commandLimit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- client.Run(ctx) }()
	for left := 1; left > 0 && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		err := db.Pool.QueryRow(ctx, "SELECT count(*) FROM auth.river_job WHERE state IN ('available', 'running')").Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestMail(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	mailCommand(t, db, 0, "list", "--exit-code")
	dead, alsoDead := enqueue(t, db, time.Time{}), enqueue(t, db, time.Time{})
	work(t, db)
	waits := enqueue(t, db, time.Now().Add(time.Hour))

	out := mailCommand(t, db, 3, "list", "--exit-code").Stdout
	wantWords(t, out.String(), fmt.Sprint(dead), "welcome", "cancelled", "1/5", "<[address]> [2J no such mailbox")
	if text := out.String(); len(out.Lines()) != 3 || strings.Contains(text, "ada@") || strings.Contains(text, "canary") || strings.Contains(text, "\x1b") {
		t.Errorf("dead mails:\n%q", text)
	}
	out = mailCommand(t, db, 0, "list", "--json", "--recipients", "--state", "waiting").Stdout
	var mail jobs.Job
	if err := json.Unmarshal([]byte(out.String()), &mail); err != nil {
		t.Fatal(err)
	}
	if mail.ID != waits || mail.State != "scheduled" || mail.Recipient != "ada@example.com" || mail.NextTry == nil || mail.Attempt != 0 {
		t.Errorf("waiting: %s", out)
	}
	wantWords(t, mailCommand(t, db, 0, "list", "--recipients").Stdout.String(), "TO", "550 5.1.1 <ada@example.com>")
	if lines := mailCommand(t, db, 0, "list", "--state", "all", "--limit", "2", "--json").Stdout.Lines(); len(lines) != 2 {
		t.Errorf("%d lines", len(lines))
	}

	p := mailCommand(t, db, 3, "retry", fmt.Sprint(dead), "999")
	wantWords(t, p.Stdout.String(), "1 mails will be sent again")
	wantWords(t, p.Stderr.String(), "mail 999: there is no such job")
	wantWords(t, mailCommand(t, db, 0, "retry", "--all").Stdout.String(), "1 mails will be sent again")
	mailCommand(t, db, 0, "list", "--exit-code")
	wantWords(t, mailCommand(t, db, 3, "drop", fmt.Sprint(waits), "999").Stdout.String(), "1 mails removed")
	for _, id := range []int64{dead, alsoDead, waits} {
		var left string
		err := db.Pool.QueryRow(t.Context(), "SELECT coalesce(max(state::text), '') FROM auth.river_job WHERE id = $1", id).Scan(&left)
		want := "available"
		if id == waits {
			want = ""
		}
		if err != nil || left != want {
			t.Errorf("mail %d is %q, want %q (%v)", id, left, want, err)
		}
	}
}

func TestMailRefuses(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"retry"}, "name the mails, or give --all"},
		{[]string{"retry", "1", "--all"}, "name the mails, or give --all"},
		{[]string{"list", "--limit", "0"}, "--limit: must be 1 to 10000"},
	} {
		wantWords(t, mailCommand(t, db, 1, c.args...).Stderr.String(), c.want)
	}
	p := apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"mail", "list"}})
	if code := p.Wait(t, commandLimit); code != 1 {
		t.Errorf("exit code %d", code)
	}
	wantWords(t, p.Stderr.String(), "DATABASE_URL")
}
