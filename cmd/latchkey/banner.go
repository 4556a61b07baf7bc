package main

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// banner is what a person sees once everything is up.
type banner struct {
	out      io.Writer
	mu       sync.Mutex
	username string
	password string
}

// adminMade keeps the password that was made up for the first admin, to be
// shown once.
func (b *banner) adminMade(username, password string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.username, b.password = username, password
}

// mailKept shows what was mailed, and the link in it: without a relay nobody
// else does.
func (b *banner) mailKept(m mail.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	line := fmt.Sprintf("mail to %s: %s", m.To, m.Subject)
	if m.Link != "" {
		line += "\n  " + m.Link
	}
	fmt.Fprintln(b.out, line)
}

const session = `
Try it (copy and paste):

  AUTH=@auth USERS=@users
  curl -s $AUTH/auth/register -H 'Content-Type: application/json' \
    -d '{"username":"ada","email":"ada@example.com","password":"correct horse battery staple"}'
  R=$(curl -s $AUTH/auth/login -H 'Content-Type: application/json' \
    -d '{"login":"ada","password":"correct horse battery staple"}')
  TOKEN=$(echo "$R" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s $AUTH/auth/me -H "Authorization: Bearer $TOKEN"
  curl -s $USERS/users/ada -H "Authorization: Bearer $TOKEN"

Read and try the API: @auth/docs and @users/docs
`

// print writes the banner; its last line is the one that scripts wait for.
func (b *banner) print(a config.Auth, u config.Users) {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := strings.NewReplacer("@auth", a.PublicURL, "@users", a.UsersURL).Replace(session)
	if b.password != "" {
		text += fmt.Sprintf("\nThe first admin is %s with the password %s\n(shown this once; change it with PATCH /users/{id})\n", b.username, b.password)
	}
	scheme := "http"
	if a.TLSCertFile != "" {
		scheme = "https"
	}
	fmt.Fprintf(b.out, "%[1]s\noperators: %[2]s://%[3]s/readyz and %[2]s://%[4]s/readyz\nlatchkey is ready: auth %[5]s users %[6]s\n",
		text, scheme, a.OpsAddr, u.OpsAddr, a.PublicURL, a.UsersURL)
}
