package mail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Mailbox keeps mails as .eml files, which any mail program opens, instead of
// sending them: for development.
type Mailbox struct {
	dir, from string
	kept      func(Message)
	now       func() time.Time
	mu        sync.Mutex // one look at the folder and one write at a time
}

// NewMailbox makes a mailbox in dir; the folder appears with the first mail.
// kept, which may be nil, is called after each mail that was not there before.
func NewMailbox(dir, from string, kept func(Message)) *Mailbox {
	return &Mailbox{dir: dir, from: from, kept: kept, now: time.Now}
}

// Send writes m as TIME-HASH.eml, where HASH is the Message-ID's: files sort by
// time, and another try takes the first one's place.
func (b *Mailbox) Send(ctx context.Context, m Message) error {
	at := b.now()
	letter, err := compose(b.from, m, at)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fresh, err := b.keep(at, m.ID, func(file *os.File) error { _, err := letter.WriteTo(file); return err })
	if err != nil {
		return fmt.Errorf("mail: mailbox: %w", err)
	}
	if fresh && b.kept != nil {
		b.kept(m)
	}
	return nil
}

func (b *Mailbox) keep(at time.Time, id string, write func(*os.File) error) (fresh bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Only the mails are secret: an embedded PostgreSQL, run as another user,
	// passes through the folder above.
	if err := os.MkdirAll(filepath.Dir(b.dir), 0o711); err != nil {
		return false, err
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return false, err
	}
	hash := sha256.Sum256([]byte(id))
	ending := "-" + hex.EncodeToString(hash[:8]) + ".eml"
	name, err := b.find(ending)
	if err != nil {
		return false, err
	}
	if fresh = name == ""; fresh {
		name = at.UTC().Format("20060102T150405.000000000Z") + ending
	}
	return fresh, replace(filepath.Join(b.dir, name), write)
}

// find gives the file that has this ending, if there is one.
func (b *Mailbox) find(ending string) (string, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ending) && !strings.HasPrefix(entry.Name(), ".") {
			return entry.Name(), nil
		}
	}
	return "", nil
}

// replace writes a file under another name first: who reads the folder sees
// whole mails only.
func replace(path string, write func(*os.File) error) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	err = errors.Join(write(file), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
