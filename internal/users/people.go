package users

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/email"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/person"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// operator is who the audit says it was where an operator purges somebody by
// command: `system people`, which may do what an admin may.
func operator() Actor {
	return Actor{Claims: &token.Claims{Subject: "people", Roles: []string{RoleAdmin}}}
}

// FindPerson finds an account, deleted or not, by id, username or address. It
// returns fault.ErrNotFound.
func (s *Service) FindPerson(ctx context.Context, word string) (usersdb.Account, error) {
	p := usersdb.FindPersonParams{}
	if id, err := uuid.Parse(word); err == nil {
		p.ID = &id
	} else if folded, err := email.Fold(word); err == nil {
		p.Name = folded
	} else if folded, err := foldUsername(word); err == nil {
		p.Name = folded
	}
	account, err := s.queries.FindPerson(ctx, p)
	if postgres.IsNoRows(err) {
		return account, fault.ErrNotFound
	}
	return account, postgres.Fault(err)
}

// PersonNames gives the usernames and addresses that an account has or had, as
// far as the audit has not been pruned.
func (s *Service) PersonNames(ctx context.Context, id uuid.UUID) ([]string, error) {
	names, err := s.queries.NamesOfPerson(ctx, id)
	return names, postgres.Fault(err)
}

// PersonData is what this service keeps about a person, beside the account. No
// hash is in it.
type PersonData struct {
	Networks      []PersonNetwork  `json:"networks"`
	FailedSignIns []PersonThrottle `json:"failed_sign_ins"`
	KeptAnswers   []person.Answer  `json:"kept_answers"`
	Events        []audit.Record   `json:"events"`
}

// PersonNetwork is from where somebody has signed in.
type PersonNetwork struct {
	Network netip.Addr `json:"network"`
	SeenAt  time.Time  `json:"seen_at"`
}

// PersonThrottle is a counter of failed sign-ins.
type PersonThrottle struct {
	Failures int32     `json:"failures"`
	NextAt   time.Time `json:"next_at"`
}

// ExportPerson gives what is kept about a person, who may be purged already.
func (s *Service) ExportPerson(ctx context.Context, id uuid.UUID, names []string) (PersonData, error) {
	d := PersonData{Networks: []PersonNetwork{}, FailedSignIns: []PersonThrottle{}, KeptAnswers: []person.Answer{}}
	networks, err1 := s.queries.NetworksOfPerson(ctx, id)
	throttles, err2 := s.queries.ThrottlesOfPerson(ctx, id)
	answers, err3 := s.queries.AnswersOfPerson(ctx, person.Words(id, names))
	events, err4 := s.queries.EventsOfPerson(ctx, id)
	for _, row := range networks {
		d.Networks = append(d.Networks, PersonNetwork(row))
	}
	for _, row := range throttles {
		d.FailedSignIns = append(d.FailedSignIns, PersonThrottle(row))
	}
	for _, row := range answers {
		d.KeptAnswers = append(d.KeptAnswers, person.Answer(row))
	}
	d.Events = audit.Export(id, events)
	return d, postgres.Fault(errors.Join(err1, err2, err3, err4))
}

// ErasePerson purges an account as Purge does, on an operator's behalf, and
// removes the kept answers that name it. One that is gone is no error: purged is
// false then. It returns ErrLastAdmin, and has changed nothing.
func (s *Service) ErasePerson(ctx context.Context, id uuid.UUID, names []string) (purged bool, err error) {
	whatever := func(usersdb.LockUserRow) error { return nil }
	err = s.Purge(ctx, operator(), id, whatever)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return false, err
	}
	_, answersErr := s.queries.EraseAnswers(ctx, person.Words(id, names))
	return err == nil, postgres.Fault(answersErr)
}

// PurgedSince gives the ids of those who were purged since a moment, oldest
// first: what a backup from before has to be told once it is restored.
func (s *Service) PurgedSince(ctx context.Context, since time.Time) ([]uuid.UUID, error) {
	rows, err := s.queries.PurgedPeople(ctx, audit.FirstAt(since))
	ids := make([]uuid.UUID, 0, len(rows))
	for _, row := range rows {
		ids = append(ids, row.UserID)
	}
	return ids, postgres.Fault(err)
}
