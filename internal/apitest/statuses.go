package apitest

import (
	"fmt"
	"os"
	"sync"
)

// StatusesEnv names a directory in which the test processes of one run note
// what they were answered; see ./statuses, which reads it.
const StatusesEnv = "LATCHKEY_STATUSES"

// sighted is one kind of answer of one operation that was seen, and fitted.
type sighted struct {
	service, operation string
	status             int
	code               string // of an error
	words              string // in which it is told
}

// notes are the sightings of this process.
type notes struct {
	mu   sync.Mutex
	seen map[sighted]bool
	file *os.File
}

var noted notes

// WordsOf gives the words of an error, decoded from JSON: what is the same
// whenever it occurs, and is no part of the request.
func WordsOf(problem any) string {
	members, _ := problem.(map[string]any)
	var words []any
	for _, name := range []string{"type", "title", "detail", "error_description"} {
		if word, there := members[name]; there {
			words = append(words, word)
		}
	}
	return fmt.Sprintf("%q", words)
}

// note writes each kind of answer down once. A process that dies in between has
// written what it saw.
func (n *notes) note(s sighted) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[s] {
		return
	}
	if n.seen == nil {
		n.seen = map[sighted]bool{}
		if dir := os.Getenv(StatusesEnv); dir != "" {
			file, err := os.CreateTemp(dir, "seen-*")
			if err != nil {
				panic(err) // a run that asked for the report would get a false one
			}
			n.file = file
		}
	}
	n.seen[s] = true
	if n.file == nil {
		return
	}
	if _, err := fmt.Fprintf(n.file, "%s\t%s\t%d\t%s\t%s\n", s.service, s.operation, s.status, s.code, s.words); err != nil {
		panic(err)
	}
}
