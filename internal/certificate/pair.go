package certificate

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often, at most, handshakes look at the files: a pair that
// was replaced is shown so long afterwards at the latest.
const lookEvery = 2 * time.Second

// Pair is a certificate and its key, read from files again when they change. A
// pair that can't be read then, as where only one file has been replaced yet,
// leaves the last good one in place; the log says so once.
type Pair struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu     sync.Mutex
	shown  *tls.Certificate
	seen   stamps    // of the files that were last read, good or not
	looked time.Time // when the files' stamps were last asked for
	broken bool      // the log has it
}

// stamps tell one version of both files from another. A symbolic link, as
// Kubernetes mounts secrets, is followed.
type stamps struct {
	cert, key stamp
}

type stamp struct {
	changed time.Time
	size    int64
}

// Open reads the pair. It returns an error of one line where a file can't be
// read or the two don't belong together.
func Open(certFile, keyFile string, log *slog.Logger) (*Pair, error) {
	p := &Pair{certFile: certFile, keyFile: keyFile, log: log, now: time.Now}
	p.seen, p.looked = p.stamps(), p.now()
	read, err := p.read()
	if err != nil {
		return nil, err
	}
	p.shown = read
	return p, nil
}

// Config is a server's, for TLS 1.2 at least. Which protocol is spoken inside
// is the server's to add.
func (p *Pair) Config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return p.current(), nil },
	}
}

// current gives the pair to show now.
func (p *Pair) current() *tls.Certificate {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.looked) >= lookEvery {
		p.looked = now
		p.renew()
	}
	return p.shown
}

// renew needs p.mu. The stamps are taken before the files are read, so that a
// change in between is seen the next time.
func (p *Pair) renew() {
	found := p.stamps()
	if found == p.seen {
		return
	}
	p.seen = found
	read, err := p.read()
	switch {
	case err == nil:
		p.shown, p.broken = read, false
		p.log.Info("the certificate was replaced", slog.Time("valid_until", read.Leaf.NotAfter))
	case !p.broken:
		p.broken = true
		p.log.Error("the new certificate can't be used; the one before is still shown", slog.String("error", err.Error()))
	}
}

func (p *Pair) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return nil, fmt.Errorf("TLS_CERT_FILE, TLS_KEY_FILE: %w", err) // crypto/tls quotes no key
	}
	return &pair, nil
}

func (p *Pair) stamps() stamps {
	return stamps{cert: stampOf(p.certFile), key: stampOf(p.keyFile)}
}

// stampOf gives none for a file that is gone.
func stampOf(file string) stamp {
	info, err := os.Stat(file)
	if err != nil {
		return stamp{}
	}
	return stamp{changed: info.ModTime(), size: info.Size()}
}
