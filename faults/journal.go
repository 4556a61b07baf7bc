package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Kind is what a request is for.
type Kind string

// The kinds. What Subject and Value of a try are, and what the answer gives, is said with each.
const (
	Registration Kind = "register" // by a username; an address
	Creation     Kind = "create"   // as Registration, by an admin and without a password
	Change       Kind = "change"   // of an account by its id; the new address
	SignIn       Kind = "sign in"  // by a username; gives a refresh token
	Refresh      Kind = "refresh"  // of a session; the token presented; gives its successor
	Replay       Kind = "replay"   // of a session; a token that the law refuses, and ends the session for
	SignOut      Kind = "sign out" // of a session
	LookUp       Kind = "look up"  // of an account by its id
)

// State is what a client knows of a request that it meant to send.
type State string

// The states. Of a client that died itself the file has the intent alone, which reads as Unknown.
const (
	Acknowledged State = "acknowledged" // answered by yes
	Refused      State = "refused"      // answered by no, for good
	Unknown      State = "unknown"      // a timeout, a connection that broke, a 503
	Unsent       State = "unsent"       // there was no connection to send it on
)

// Try is one request: the intent, and what came of it. Times are the client's.
type Try struct {
	ID      uint64
	Kind    Kind
	Subject string    `json:",omitempty"`
	Value   string    `json:",omitempty"`
	Sent    time.Time // before the first byte
	Outcome
}

// Outcome is what came of a try.
type Outcome struct {
	State  State     `json:",omitempty"`
	Status int       `json:",omitempty"` // of the answer, if there was one
	Gave   string    `json:",omitempty"` // the token in the answer
	Known  time.Time // after the last byte
}

// Journal is a file of what clients asked for and what they know of it. A line is on the disk
// before a request is sent, and another before its answer counts. It is safe for concurrent use.
type Journal struct {
	path string
	file *os.File

	mu      sync.Mutex
	synced  *sync.Cond
	pending bytes.Buffer // lines that nobody writes yet
	lines   uint64       // that were handed in
	durable uint64       // that are on the disk
	writing bool
	tries   uint64
}

// NewJournal begins a journal in a directory of the test's.
func NewJournal(t testing.TB) *Journal {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	j := &Journal{path: path, file: file}
	j.synced = sync.NewCond(&j.mu)
	return j
}

// Intend notes what is about to be asked for, and numbers it.
func (j *Journal) Intend(try Try) Try {
	j.mu.Lock()
	j.tries++
	try.ID = j.tries
	j.mu.Unlock()
	try.Sent, try.Outcome = time.Now(), Outcome{}
	j.write(try)
	return try
}

// Learn notes what came of it.
func (j *Journal) Learn(try Try, outcome Outcome) {
	try.Outcome = outcome
	try.Known = time.Now()
	j.write(try)
}

// write returns once the line is on the disk. Lines that come in meanwhile share the next sync.
func (j *Journal) write(try Try) {
	line, err := json.Marshal(try)
	if err != nil {
		panic(err) // a test's own value
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending.Write(append(line, '\n'))
	j.lines++
	for mine := j.lines; j.durable < mine; {
		if j.writing {
			j.synced.Wait()
			continue
		}
		j.writing = true
		text, upTo := bytes.Clone(j.pending.Bytes()), j.lines
		j.pending.Reset()
		j.mu.Unlock()
		_, err := j.file.Write(text)
		if err == nil {
			err = j.file.Sync()
		}
		j.mu.Lock()
		if err != nil {
			panic(fmt.Errorf("the journal of a test is worth nothing: %w", err))
		}
		j.writing, j.durable = false, upTo
		j.synced.Broadcast()
	}
}

// Read gives the tries in a journal's file, in the order in which they were meant. A last line
// that was cut off is not there.
func (j *Journal) Read() ([]Try, error) { return ReadJournal(j.path) }

// ReadJournal is Read of a journal that another process may have written.
func ReadJournal(path string) ([]Try, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var tries []Try
	at := map[uint64]int{} // a try's place, by its number
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var try Try
		if err := json.Unmarshal(line, &try); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		place, known := at[try.ID]
		if !known {
			at[try.ID] = len(tries)
			tries = append(tries, try)
			continue
		}
		tries[place].Outcome = try.Outcome
	}
	for i := range tries {
		if tries[i].State == "" {
			tries[i].State = Unknown
		}
	}
	return tries, nil
}
