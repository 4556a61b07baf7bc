package rest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// publicURL is nothing that a request could tell: its host is in no request.
const publicURL = "https://id.example.test/base"

// mailed starts a system whose mails go to an SMTP server.
func mailed(t *testing.T) (*apitest.System, *apitest.MailServer) {
	t.Helper()
	server := apitest.StartMail(t, apitest.MailOptions{TLS: apitest.MailNoTLS})
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) {
		a.PublicURL, a.SMTPURL, a.MailFrom = publicURL, config.Secret(server.URL()), "latchkey <no-reply@id.example.test>"
		a.RecipientLimit.Requests = 1000
	})
	return s, server
}

// poisoned is one way to tell a service that it is somebody else. target is
// %s with the path in it; header is what comes after the request line.
type poisoned struct{ target, header string }

var poisons = map[string]poisoned{
	"Host":                   {"%s", "Host: evil.example\r\n"},
	"Host and port":          {"%s", "Host: evil.example:8443\r\n"},
	"Host and user":          {"%s", "Host: 127.0.0.1@evil.example\r\n"},
	"Host twice":             {"%s", "Host: 127.0.0.1\r\nHost: evil.example\r\n"},
	"Host folded":            {"%s", "Host: 127.0.0.1\r\n evil.example\r\n"},
	"X-Forwarded-Host":       {"%s", "Host: 127.0.0.1\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 666\r\n"},
	"X-Forwarded-Host twice": {"%s", "Host: 127.0.0.1\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Host: evil.example, 127.0.0.1\r\n"},
	"others of its kind":     {"%s", "Host: 127.0.0.1\r\nX-Host: evil.example\r\nX-Forwarded-Server: evil.example\r\nX-HTTP-Host-Override: evil.example\r\nX-Real-Host: evil.example\r\n"},
	"Forwarded":              {"%s", "Host: 127.0.0.1\r\nForwarded: host=evil.example;proto=http;for=192.0.2.1\r\n"},
	"X-Original-URL":         {"%s", "Host: 127.0.0.1\r\nX-Original-URL: https://evil.example/auth\r\nX-Rewrite-URL: //evil.example/\r\nX-Forwarded-Prefix: //evil.example\r\n"},
	"Origin of its own":      {"%s", "Host: evil.example\r\nOrigin: http://evil.example\r\nReferer: http://evil.example/\r\n"},
	"absolute form":          {"http://evil.example%s", "Host: 127.0.0.1\r\n"},
	"absolute form, both":    {"http://evil.example:81%s", "Host: evil.example\r\nX-Forwarded-Host: evil.example\r\n"},
	"absolute form, user":    {"http://127.0.0.1@evil.example%s", "Host: evil.example\r\n"},
	"scheme-relative":        {"//evil.example%s", "Host: 127.0.0.1\r\n"},
	"a fragment":             {"%s#//evil.example", "Host: 127.0.0.1\r\n"},
}

// raw sends bytes as they are and gives the answer's status.
func raw(t *testing.T, s *apitest.System, text string) int {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Auth.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// send is raw for a JSON request with a token, if there is one.
func (p poisoned) send(t *testing.T, s *apitest.System, method, path, token string, in any) int {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	header := p.header
	if token != "" {
		header += "Authorization: Bearer " + token + "\r\n"
	}
	return raw(t, s, fmt.Sprintf("%s %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		method, fmt.Sprintf(p.target, path), header, len(text), text))
}

// TestS57LinksLeadToPublicURL, whatever a request says about where it was sent.
func TestS57LinksLeadToPublicURL(t *testing.T) {
	t.Parallel()
	s, server := mailed(t)
	sent, through := 0, 0
	for _, name := range slices.Sorted(maps.Keys(poisons)) {
		p, person := poisons[name], s.Person(t)
		sent++
		server.Await(t, sent, time.Minute) // a newer link would replace one that is not sent yet
		next, other := "next-"+person.User.Email, apitest.Name()
		for _, r := range []struct {
			method, path, token string
			in                  body
			mails               int
		}{
			{"POST", "/auth/register", "", body{"username": other, "email": other + "@example.com", "password": apitest.Password}, 1},
			{"POST", "/auth/password/forgot", "", body{"email": person.User.Email}, 1},
			{"POST", "/auth/email/resend", "", body{"email": person.User.Email}, 1},
			{"PATCH", "/auth/me", person.AccessToken, body{"email": next, "current_password": apitest.Password}, 2},
		} {
			switch status := p.send(t, s, r.method, r.path, r.token, r.in); {
			case status < 300:
				sent += r.mails
				through++
			case status >= 500:
				t.Errorf("%s: %s answers %d", name, r.path, status)
			}
		}
	}
	if through < 4*8 {
		t.Fatalf("only %d requests got through", through)
	}
	for _, m := range server.Await(t, sent, time.Minute) {
		checkMail(t, m)
	}
	mails := server.Messages()
	if len(mails) != sent {
		t.Errorf("%d mails, want %d", len(mails), sent)
	}
	t.Logf("%d mails of %d requests", len(mails), through)
}

// addresses are what a mail reader would make a link of.
var addresses = regexp.MustCompile(`(?:[a-z]+:)?//[^\s"<>]+|evil[^\s"<>]*`)

// mailHeaders is all that a mail of ours has.
var mailHeaders = []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To"}

// checkMail holds a mail to its headers, each once, one recipient, and links
// that lead to publicURL.
func checkMail(t *testing.T, m apitest.MailMessage) {
	t.Helper()
	for _, text := range []string{m.Text, m.HTML} {
		found := addresses.FindAllString(text, -1)
		if len(found) == 0 {
			t.Errorf("no address at all in\n%s", text)
		}
		for _, address := range found {
			if address != publicURL && !strings.HasPrefix(address, publicURL+"/verify#token=") && !strings.HasPrefix(address, publicURL+"/reset#token=") {
				t.Errorf("S57 a mail leads to %s:\n%s", address, text)
			}
		}
	}
	if got := slices.Sorted(maps.Keys(m.Header)); !slices.Equal(got, mailHeaders) {
		t.Errorf("S61 the headers are %q", got)
	}
	for name, values := range m.Header {
		if len(values) != 1 {
			t.Errorf("S61 %s is there %d times: %q", name, len(values), values)
		}
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || len(m.To) != 1 || to[0].Address != m.To[0] || to[0].Name != "" {
		t.Errorf("S61 it goes to %q, and says %q: %v", m.To, m.Header["To"], err)
	}
	head, _, _ := strings.Cut(string(m.Raw), "\r\n\r\n")
	if strings.Contains(head, "injected") {
		t.Errorf("S61 the headers hold\n%s", head)
	}
}
