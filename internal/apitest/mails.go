package apitest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/mail"
)

// Mails are what the development mailbox of a system has got.
type Mails struct {
	mu      sync.Mutex
	all     []mail.Message
	changed chan struct{} // closed and replaced with each mail
}

func newMails() *Mails { return &Mails{changed: make(chan struct{})} }

// keep takes a mail.
func (m *Mails) keep(message mail.Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, message)
	close(m.changed)
	m.changed = make(chan struct{})
}

// All are the mails of a kind to an address so far.
func (m *Mails) All(to string, kind mail.Kind) []mail.Message {
	found, _ := m.now(to, kind)
	return found
}

func (m *Mails) now(to string, kind mail.Kind) ([]mail.Message, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	others := func(message mail.Message) bool { return message.To != to || message.Kind != kind }
	return slices.DeleteFunc(slices.Clone(m.all), others), m.changed
}

// mailTimeout bounds the wait for a mail, on a machine that is full of tests.
const mailTimeout = 30 * time.Second

// Await waits for the n-th mail (from 1) of a kind to an address.
func (m *Mails) Await(t testing.TB, to string, kind mail.Kind, n int) mail.Message {
	t.Helper()
	timeout := time.After(mailTimeout)
	for {
		found, changed := m.now(to, kind)
		if len(found) >= n {
			return found[n-1]
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("%s got %d mails of the kind %s, not %d", to, len(found), kind, n)
		}
	}
}

// Token waits for a mail as Await does and gives the token of its link.
func (m *Mails) Token(t testing.TB, to string, kind mail.Kind, n int) string {
	t.Helper()
	message := m.Await(t, to, kind, n)
	_, token, found := strings.Cut(message.Link, "#token=")
	if !found || !strings.Contains(message.Text, message.Link) {
		t.Fatalf("no link with a token in the mail to %s: %q", to, message.Link)
	}
	return token
}
