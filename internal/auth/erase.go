package auth

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/person"
)

// Erased says what was removed of a person, in rows.
type Erased struct {
	Sessions, Tokens, Begun, Answers, Jobs, Events int64
	// Running jobs name the person and are at work: they were left, and end
	// within a minute.
	Running int64
}

// eraseBatch is how many rows one statement removes or redacts.
const eraseBatch = 1000

// ErasePerson removes what this service keeps about an account, and under names
// that it has or had, and redacts the audit: what happened, when and to which id
// stays. It goes from batch to batch, may be repeated, and takes the owner's
// connection: the service's role can't touch an event. Call it when the users
// service has no such account any more: else somebody may sign in meanwhile.
// stopped says that no instance of this service runs.
func ErasePerson(ctx context.Context, owner *pgxpool.Pool, id uuid.UUID, names []string, stopped bool) (done Erased, err error) {
	q := authdb.New(owner)
	for _, step := range []struct {
		what  string
		count *int64
		erase func() (int64, error)
	}{
		{"intents", &done.Begun, func() (int64, error) {
			return q.EraseIntents(ctx, authdb.EraseIntentsParams{UserID: id, Names: names})
		}},
		{"jobs", &done.Jobs, func() (n int64, err error) {
			n, done.Running, err = jobs.ErasePerson(ctx, owner, jobs.Person{ID: id, Names: names}, stopped)
			return n, err
		}},
		{"tokens", &done.Tokens, func() (int64, error) { return q.EraseTokens(ctx, id) }},
		{"answers", &done.Answers, func() (int64, error) { return q.EraseAnswers(ctx, person.Words(id, names)) }},
		{"sessions", &done.Sessions, func() (int64, error) {
			return batches(func() (int64, error) {
				return q.EraseSessions(ctx, authdb.EraseSessionsParams{UserID: id, Most: eraseBatch})
			})
		}},
		{"events", &done.Events, func() (int64, error) {
			return batches(func() (int64, error) {
				return q.RedactEvents(ctx, authdb.RedactEventsParams{UserID: id, Most: eraseBatch})
			})
		}},
	} {
		if *step.count, err = step.erase(); err != nil {
			return done, fmt.Errorf("erase a person's %s: %w", step.what, err)
		}
	}
	return done, nil
}

func batches(one func() (int64, error)) (sum int64, err error) {
	for {
		n, err := one()
		sum += n
		if err != nil || n < eraseBatch {
			return sum, err
		}
	}
}
