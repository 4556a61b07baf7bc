package faults

import (
	"os"
	"sync"
	"testing"
)

// What was learnt stands with what was meant, and what was only meant is unknown; a line that was
// being written when its client died is not there.
func TestJournalIsReadBack(t *testing.T) {
	t.Parallel()
	j := NewJournal(t)
	first := j.Intend(Try{Kind: Registration, Subject: "ada", Value: "ada@example.com"})
	j.Intend(Try{Kind: Change, Subject: "1", Value: "x"})
	j.Learn(first, Outcome{State: Acknowledged, Status: 201, Gave: "token"})
	if _, err := j.file.WriteString(`{"ID":3,"Kind":"regis`); err != nil {
		t.Fatal(err)
	}
	tries, err := ReadJournal(j.path)
	if err != nil || len(tries) != 2 {
		t.Fatalf("%v, %v", tries, err)
	}
	got := tries[0]
	if got.Subject != "ada" || got.Value != "ada@example.com" || got.State != Acknowledged || got.Status != 201 || got.Gave != "token" ||
		!got.Sent.Equal(first.Sent) || got.Known.Before(got.Sent) {
		t.Errorf("it reads %+v", got)
	}
	if tries[1].State != Unknown {
		t.Errorf("an intent alone reads %+v", tries[1])
	}
	if err := os.WriteFile(j.path, []byte("{}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if tries, err := j.Read(); err == nil {
		t.Errorf("what is no journal reads %+v", tries)
	}
}

// A line is in the file when the call returns, whoever wrote it.
func TestJournalIsWrittenBeforeItReturns(t *testing.T) {
	t.Parallel()
	j := NewJournal(t)
	var clients sync.WaitGroup
	for range 10 {
		clients.Go(func() {
			for range 10 {
				mine := j.Intend(Try{Kind: LookUp})
				tries, err := j.Read()
				if err != nil || !has(tries, mine.ID) {
					t.Errorf("%d is not among %d tries (%v)", mine.ID, len(tries), err)
				}
			}
		})
	}
	clients.Wait()
	if tries, err := j.Read(); err != nil || len(tries) != 100 {
		t.Errorf("%d tries, %v", len(tries), err)
	}
}

func has(tries []Try, id uint64) bool {
	for _, try := range tries {
		if try.ID == id {
			return true
		}
	}
	return false
}
