package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// What a Filter can ask for.
const (
	Dead    = "dead"    // will not be tried again by itself
	Waiting = "waiting" // has its turn yet to come
	All     = "all"
)

var statesOf = map[string][]rivertype.JobState{
	Dead: {rivertype.JobStateDiscarded, rivertype.JobStateCancelled},
	Waiting: {
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	},
	All: rivertype.JobStates(),
}

// Filter selects jobs of one queue.
type Filter struct {
	Queue string
	State string // Dead, Waiting or All
	Limit int    // 1 to 10,000
	// Recipients also gives the argument `to` of each job; without it, nothing
	// that looks like an address is given.
	Recipients bool
}

// Job is what an operator may see of a job: its arguments stay out.
type Job struct {
	ID          int64      `json:"id"`
	Kind        string     `json:"kind"`
	State       string     `json:"state"` // River's word
	Attempt     int        `json:"attempt"`
	MaxAttempts int        `json:"max_attempts"`
	CreatedAt   time.Time  `json:"created_at"`
	NextTry     *time.Time `json:"next_try"`             // nil unless it waits
	LastError   string     `json:"last_error,omitempty"` // one line
	Recipient   string     `json:"recipient,omitempty"`
}

// List gives jobs, the newest first.
func (c *Client) List(ctx context.Context, f Filter) ([]Job, error) {
	found, err := c.river.JobList(ctx, river.NewJobListParams().
		Queues(f.Queue).States(statesOf[f.State]...).OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(f.Limit))
	if err != nil {
		return nil, fmt.Errorf("list the jobs of queue %s: %w", f.Queue, err)
	}
	list := make([]Job, 0, len(found.Jobs))
	for _, row := range found.Jobs {
		list = append(list, jobOf(row, f.Recipients))
	}
	return list, nil
}

func jobOf(row *rivertype.JobRow, recipients bool) Job {
	j := Job{
		ID: row.ID, Kind: row.Kind, State: string(row.State), Attempt: row.Attempt, MaxAttempts: row.MaxAttempts,
		CreatedAt: row.CreatedAt.UTC(),
	}
	switch row.State {
	case rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateScheduled:
		next := row.ScheduledAt.UTC()
		j.NextTry = &next
	}
	if n := len(row.Errors); n > 0 {
		j.LastError = row.Errors[n-1].Error
	}
	if recipients {
		var args struct {
			To string `json:"to"`
		}
		_ = json.Unmarshal(row.EncodedArgs, &args) // a job without a recipient shows none
		j.Recipient = oneLine(args.To)
	} else {
		j.LastError = withoutAddresses(j.LastError)
	}
	j.LastError = oneLine(j.LastError)
	return j
}

// longest is how much of an error is shown, in characters.
const longest = 300

// oneLine keeps a server's words from writing to a terminal what they like.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
	}), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}
