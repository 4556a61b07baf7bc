package apitest

import (
	"errors"
	"io/fs"
	"mime"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/mail"
)

// Mailbox is the development mailbox of an auth service that runs as a program
// of its own: a folder of .eml files. It shows what Mails shows of a system.
type Mailbox struct {
	dir      string
	subjects map[string]mail.Kind // no header says the kind, and each has its own subject
}

// mailboxOf finds the folder as the service does: the last value of a variable
// wins.
func mailboxOf(t testing.TB, env []string) *Mailbox {
	t.Helper()
	values := map[string]string{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		values[name] = value
	}
	templates, err := mail.LoadTemplates("")
	if err != nil {
		t.Fatal(err)
	}
	m := &Mailbox{dir: filepath.Join(values["DATA_DIR"], "mail"), subjects: map[string]mail.Kind{}}
	for _, kind := range mail.Kinds() {
		url := values["PUBLIC_URL"]
		subject, _, _, err := templates.Render(kind, mail.Data{BaseURL: url, Link: url + "/", At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		m.subjects[subject] = kind
	}
	return m
}

// All are the mails of a kind to an address so far, the oldest first. A
// message's Link is the one in its text.
func (m *Mailbox) All(t testing.TB, to string, kind mail.Kind) []mail.Message {
	t.Helper()
	entries, err := os.ReadDir(m.dir) // sorted by name, which is the time
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var found []mail.Message
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".eml") {
			continue
		}
		message := m.read(t, filepath.Join(m.dir, entry.Name()))
		if message.To == to && message.Kind == kind {
			found = append(found, message)
		}
	}
	return found
}

// Await waits for the n-th mail (from 1) of a kind to an address.
func (m *Mailbox) Await(t testing.TB, to string, kind mail.Kind, n int) mail.Message {
	t.Helper()
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) { // nobody tells of a file
		found := m.All(t, to, kind)
		if len(found) >= n {
			return found[n-1]
		}
		if time.Since(began) > mailTimeout {
			t.Fatalf("%s got %d mails of the kind %s, not %d", to, len(found), kind, n)
		}
	}
}

// Token waits for a mail as Await does and gives the token of its link.
func (m *Mailbox) Token(t testing.TB, to string, kind mail.Kind, n int) string {
	t.Helper()
	message := m.Await(t, to, kind, n)
	_, token, found := strings.Cut(message.Link, "#token=")
	if !found {
		t.Fatalf("no link with a token in the mail to %s", to)
	}
	return token
}

func (m *Mailbox) read(t testing.TB, path string) mail.Message {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parseMail(raw)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	if err != nil || m.subjects[subject] == "" {
		t.Fatalf("%s is about %q (%v)", path, subject, err)
	}
	message := mail.Message{
		ID: strings.Trim(parsed.Header.Get("Message-ID"), "<>"), Kind: m.subjects[subject],
		To: strings.Trim(parsed.Header.Get("To"), "<>"), Subject: subject, Text: parsed.Text, HTML: parsed.HTML,
	}
	for word := range strings.FieldsSeq(parsed.Text) {
		if strings.Contains(word, "#token=") {
			message.Link = word
		}
	}
	return message
}
