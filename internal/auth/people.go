package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/person"
)

// PersonData is what this service keeps about a person. No salt, no hash and no
// token is in it.
type PersonData struct {
	Sessions    []PersonSession `json:"sessions"`
	Tokens      []PersonToken   `json:"one_time_tokens"`
	Begun       []PersonIntent  `json:"begun"` // changes whose outcome is not known yet
	Jobs        []jobs.Record   `json:"jobs"`
	KeptAnswers []person.Answer `json:"kept_answers"`
	Events      []audit.Record  `json:"events"`
}

// PersonSession is a session, ended or not.
type PersonSession struct {
	ID        uuid.UUID  `json:"id"`
	CreatedAt time.Time  `json:"created_at"`
	RotatedAt time.Time  `json:"rotated_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	EndedAt   *time.Time `json:"ended_at"`
	EndReason *string    `json:"end_reason"`
	Address   netip.Addr `json:"address"`
	UserAgent string     `json:"user_agent"`
}

// PersonToken is what a mailed link was for.
type PersonToken struct {
	Purpose         string     `json:"purpose"`
	Username        string     `json:"username"`
	Address         string     `json:"address"`
	PreviousAddress *string    `json:"previous_address"`
	CreatedAt       time.Time  `json:"created_at"`
	ExpiresAt       time.Time  `json:"expires_at"`
	UsedAt          *time.Time `json:"used_at"`
}

// PersonIntent is what was begun.
type PersonIntent struct {
	Kind          string      `json:"kind"`
	Username      string      `json:"username"`
	Email         string      `json:"email"`
	PreviousEmail string      `json:"previous_email"`
	Address       *netip.Addr `json:"address"`
	UserAgent     string      `json:"user_agent"`
	RequestID     string      `json:"request_id"`
	CreatedAt     time.Time   `json:"created_at"`
}

// PersonNames gives the usernames and addresses that this service knows of an
// account, beside others that the caller knows.
func PersonNames(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID, others []string) ([]string, error) {
	names, err := authdb.New(pool).NamesOfPerson(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("find a person's names: %w", err)
	}
	names = append(names, others...)
	slices.Sort(names)
	return slices.Compact(names), nil
}

// ExportPerson gives what is kept about an account, and under names that it has
// or had.
func ExportPerson(ctx context.Context, pool *pgxpool.Pool, id uuid.UUID, names []string) (PersonData, error) {
	q := authdb.New(pool)
	d := PersonData{Sessions: []PersonSession{}, Tokens: []PersonToken{}, Begun: []PersonIntent{}, KeptAnswers: []person.Answer{}}
	sessions, err1 := q.SessionsOfPerson(ctx, id)
	tokens, err2 := q.TokensOfPerson(ctx, id)
	intents, err3 := q.IntentsOfPerson(ctx, authdb.IntentsOfPersonParams{UserID: id, Names: names})
	answers, err4 := q.AnswersOfPerson(ctx, person.Words(id, names))
	events, err5 := q.EventsOfPerson(ctx, id)
	work, err6 := jobs.OfPerson(ctx, pool, jobs.Person{ID: id, Names: names})
	for _, row := range sessions {
		d.Sessions = append(d.Sessions, PersonSession(row))
	}
	for _, row := range tokens {
		d.Tokens = append(d.Tokens, PersonToken(row))
	}
	for _, row := range intents {
		d.Begun = append(d.Begun, PersonIntent(row))
	}
	for _, row := range answers {
		d.KeptAnswers = append(d.KeptAnswers, person.Answer(row))
	}
	d.Events, d.Jobs = audit.Export(id, events), slices.Concat([]jobs.Record{}, work)
	return d, errors.Join(err1, err2, err3, err4, err5, err6)
}
