package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

// environment is what both services are configured by: what the shell gave,
// and the defaults of development for what it did not.
type environment struct {
	vars map[string]string
}

// development are the defaults under `latchkey up`. Elsewhere the first two
// are `production` and `false`.
var development = map[string]string{
	"ENV":         config.Development,
	"MIGRATE":     "true",
	"DATA_DIR":    ".latchkey",
	"DRAIN_DELAY": "500ms",
}

func newEnvironment(environ []string) *environment {
	e := &environment{vars: map[string]string{}}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			e.vars[name] = value
		}
	}
	for name, value := range development {
		if e.vars[name] == "" {
			e.vars[name] = value
		}
	}
	return e
}

func (e *environment) get(name string) string   { return e.vars[name] }
func (e *environment) set(name, value string)   { e.vars[name] = value }
func (e *environment) setIfEmpty(n, val string) { e.vars[n] = orElse(e.vars[n], val) }

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

func (e *environment) hasDatabase() bool {
	for _, name := range []string{"DATABASE_URL", "AUTH_DATABASE_URL", "USERS_DATABASE_URL"} {
		if e.vars[name] != "" {
			return true
		}
	}
	return false
}

// load reads both configurations; what is wrong with either is said at once.
func (e *environment) load() (config.Users, config.Auth, error) {
	environ := make([]string, 0, len(e.vars))
	for name, value := range e.vars {
		environ = append(environ, name+"="+value)
	}
	u, errUsers := config.LoadUsers(environ)
	a, errAuth := config.LoadAuth(environ)
	var problems, more config.Problems
	errors.As(errUsers, &problems)
	errors.As(errAuth, &more)
	for _, line := range more {
		if !slices.Contains(problems, line) {
			problems = append(problems, line)
		}
	}
	if len(problems) > 0 {
		slices.Sort(problems)
		return u, a, problems
	}
	return u, a, nil
}

// fillSecrets makes the keys that were not given and keeps them in DATA_DIR,
// readable by this user only. Only `latchkey up` does so.
func (e *environment) fillSecrets() error {
	for name, file := range map[string]string{"SESSION_KEY": "session.key", "KEY_ENCRYPTION_KEY": "key-encryption.key"} {
		if e.vars[name] != "" {
			continue
		}
		text, err := keep(filepath.Join(e.get("DATA_DIR"), file))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e.set(name, text)
	}
	return nil
}

// keep reads a key file, or makes it. A file that is there already is never
// replaced, however odd.
func keep(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return "", err
	}
	key := make([]byte, config.KeySize)
	_, _ = rand.Read(key) // it never fails (crypto/rand, Go 1.24)
	made := base64.StdEncoding.EncodeToString(key)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(made + "\n")
	return made, errors.Join(err, file.Sync(), file.Close())
}

// fillURLs derives how the services find each other from the bound ports.
func (e *environment) fillURLs(auth, users httpapi.Listeners) {
	scheme := "http://"
	if e.vars["TLS_CERT_FILE"] != "" {
		scheme = "https://"
		e.setIfEmpty("TLS_CA_FILE", e.vars["TLS_CERT_FILE"]) // a pair of one's own is trusted by itself
	}
	e.setIfEmpty("PUBLIC_URL", scheme+reachable(auth.Main.Addr()))
	e.setIfEmpty("USERS_URL", scheme+reachable(users.Main.Addr()))
	e.setIfEmpty("JWKS_URL", scheme+reachable(auth.Main.Addr())+"/.well-known/jwks.json")
}

// reachable turns a listener's address into one to connect to.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
