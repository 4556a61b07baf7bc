package rest

import (
	"context"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// newMail says how mails are written and sent: over SMTP, or into the
// development mailbox where no relay is set.
func newMail(c config.Auth, parts Parts) (auth.Mail, error) {
	templates, err := mail.LoadTemplates(c.MailTemplates)
	if err != nil {
		return auth.Mail{}, fmt.Errorf("auth: MAIL_TEMPLATES: %w", err)
	}
	from, err := netmail.ParseAddress(c.MailFrom)
	if err != nil {
		return auth.Mail{}, fmt.Errorf("auth: MAIL_FROM: %w", err)
	}
	m := auth.Mail{
		Templates: templates, Domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:],
		Limit: auth.MailLimit{Most: int32(c.RecipientLimit.Requests), Window: c.RecipientLimit.Window},
	}
	if c.SMTPURL != "" {
		m.Sender, err = mail.NewSMTP(c.SMTPURL.Reveal(), c.MailFrom)
		if err != nil {
			return auth.Mail{}, fmt.Errorf("auth: SMTP_URL: %w", err)
		}
		return m, nil
	}
	if c.Env != config.Development {
		parts.Log.Warn("SMTP_URL is not set: mails are kept in a folder and sent to nobody", slog.String("folder", c.Mailbox()))
	}
	m.Sender = mail.NewMailbox(c.Mailbox(), c.MailFrom, parts.MailKept)
	return m, nil
}

// How jobs are worked off. Mails wait for a relay at growing distances.
const (
	mailWorkers  = 4
	otherWorkers = 8
	firstWait    = time.Second
	longestWait  = 15 * time.Minute

	maintainKeysEvery = time.Minute
)

// openJobs makes the client that works off what the service queues, on a pool
// of its own: a flood of mails takes no connection from requests.
func openJobs(ctx context.Context, c config.Auth, service *auth.Service, parts Parts, watched *observe.Service) (*jobs.Client, error) {
	client, err := jobs.New(ctx, jobs.Options{
		URL: c.Database().Reveal(), Workers: service.Workers(), Log: parts.Log, Now: parts.Now,
		Metrics: watched.Metrics, Tracer: watched.SQL("jobs", nil),
		Queues:      map[string]jobs.Queue{jobs.MailQueue: {Workers: mailWorkers}, river.QueueDefault: {Workers: otherWorkers}},
		Periodic:    []*river.PeriodicJob{maintainKeys()},
		RetryPolicy: jobs.Backoff(firstWait, longestWait),
	})
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return client, nil
}

// maintainKeys has the instance that leads look after the key ring. One that
// fails is not tried again: the next comes soon.
func maintainKeys() *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(maintainKeysEvery),
		func() (river.JobArgs, *river.InsertOpts) {
			return auth.MaintainKeysArgs{}, &river.InsertOpts{MaxAttempts: 1}
		},
		&river.PeriodicJobOpts{ID: auth.MaintainKeysArgs{}.Kind(), RunOnStart: true})
}
