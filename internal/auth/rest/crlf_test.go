package rest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// lineEnds are what some reader takes for the end of a line, with what would
// come after it.
var lineEnds = map[string]string{
	"CR LF": "\r\nBcc: injected@evil.example\r\n", "LF": "\nBcc: injected@evil.example", "CR": "\rBcc: injected@evil.example",
	"percent": "%0d%0aBcc:%20injected", "twice percent": "%250d%250aBcc:injected", "escaped twice": `\r\nBcc:injected`, "LS": "\u2028Bcc: injected", "PS": "\u2029Bcc: injected",
	"NEL": "\u0085Bcc: injected", "VT": "\vBcc: injected", "FF": "\fBcc: injected", "NUL": "\x00Bcc: injected",
	"a header's end": "\r\n\r\n<a href=https://injected.evil.example>", "log": "\n{\"level\":\"INFO\",\"msg\":\"injected\"}",
	"encoded word": "=?utf-8?q?=0d=0aBcc:_injected?=",
}

// TestS61LineEndsInFields: names and addresses with one are refused; elsewhere
// one is a character like any other. No mail, log line or row is two by it.
func TestS61LineEndsInFields(t *testing.T) {
	t.Parallel()
	s, server := mailed(t)
	person := s.Person(t)
	sent := 1
	post := func(t *testing.T, path string, in any) apitest.Response {
		return s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: path, Token: person.AccessToken, Body: in})
	}
	for name, end := range lineEnds {
		t.Run(name, func(t *testing.T) {
			valid := apitest.Name()
			for _, in := range []body{
				{"username": valid + end, "email": valid + "@example.com", "password": apitest.Password},
				{"username": end + valid, "email": valid + "@example.com", "password": apitest.Password},
				{"username": valid, "email": valid + end + "@example.com", "password": apitest.Password},
				{"username": valid, "email": valid + "@example.com" + end, "password": apitest.Password},
				{"username": valid, "email": "<" + valid + "@example.com>" + end, "password": apitest.Password},
			} {
				post(t, "/auth/register", in).Problem(http.StatusBadRequest, "invalid_request")
			}
			for _, in := range []body{{"email": person.User.Email + end}, {"email": end + person.User.Email}, {"email": "a" + end + "@example.com"}} {
				post(t, "/auth/password/forgot", in).Problem(http.StatusBadRequest, "invalid_request")
				post(t, "/auth/email/resend", in).Problem(http.StatusBadRequest, "invalid_request")
				in["current_password"] = apitest.Password
				patchMe(s, t, person.AccessToken, in).Problem(http.StatusBadRequest, "invalid_request")
			}
			patchMe(s, t, person.AccessToken, body{"username": valid + end, "current_password": apitest.Password}).Problem(http.StatusBadRequest, "invalid_request")
			post(t, "/auth/login", body{"login": person.User.Email, "password": apitest.Password, "transport": "cookie" + end}).Problem(http.StatusBadRequest, "invalid_request")
			for path, in := range map[string]body{
				"/auth/login": {"login": valid + end, "password": end}, "/auth/email/verify": {"token": end},
				"/auth/password/reset": {"token": end, "new_password": end}, "/auth/refresh": {"refresh_token": end},
			} {
				if got := post(t, path, in).Status; got != http.StatusBadRequest && got != http.StatusUnauthorized {
					t.Errorf("%s answers %d", path, got)
				}
			}
			if post(t, "/auth/register", body{"username": valid, "email": valid + "@example.com", "password": apitest.Password + end}).Status == http.StatusCreated {
				sent++
			}
		})
	}
	for _, local := range []string{"a%0d%0aevil", "a%250d%250aevil", "=?utf-8?q?=0d=0aevil?="} { // atoms (RFC 5322, section 3.2.3)
		post(t, "/auth/register", body{"username": apitest.Name(), "email": local + "@example.com", "password": apitest.Password}).Is(http.StatusCreated)
		sent++
	}
	sent += lineEndsInHeaders(t, s, person)
	for _, m := range server.Await(t, sent, time.Minute) {
		checkMail(t, m)
	}
	checkLog(t, s)
	checkRows(t, s)
}

// lineEndsInHeaders sends what net/http's own client would not. It gives the
// number of mails that follow.
func lineEndsInHeaders(t *testing.T, s *apitest.System, person apitest.Grant) (mails int) {
	t.Helper()
	for what, header := range map[string]string{
		"folded":                "User-Agent: a\r\n\tBcc: injected\r\n b\r\n",
		"bare CR":               "User-Agent: a\rBcc: injected\r\n",
		"bare LF":               "User-Agent: a\nBcc: injected\n\r\n",
		"NUL":                   "User-Agent: a\x00b\r\n",
		"percent":               "User-Agent: a%0d%0aBcc: injected\r\nX-Request-Id: a%0d%0aBcc: injected\r\n",
		"unicode":               "User-Agent: a\u2028Bcc: injected\u0085b\r\nX-Request-Id: a\u2028b\r\n",
		"request id":            "X-Request-Id: a\r\n injected\r\n",
		"request id, bare LF":   "X-Request-Id: a\n{\"msg\":\"injected\"}\r\n",
		"idempotency key":       "Idempotency-Key: a\r\n injected\r\n",
		"cookie":                "Cookie: __Host-refresh=a\r\n injected\r\n",
		"forwarded for":         "X-Forwarded-For: 192.0.2.1\r\n injected\r\n",
		"a space in the name":   "User-Agent : injected\r\n",
		"a JSON line":           "User-Agent: \"}\\n{\"msg\":\"injected\"}\r\n",
		"latin-1 NEL":           "User-Agent: a\x85Bcc: injected\r\n",
		"a header without name": ": injected\r\n",
	} {
		p := poisoned{target: "%s", header: "Host: 127.0.0.1\r\n" + header}
		name := apitest.Name()
		status := p.send(t, s, http.MethodPost, "/auth/register", "", body{"username": name, "email": name + "@example.com", "password": apitest.Password})
		switch {
		case status == http.StatusCreated:
			mails++
		case status != http.StatusBadRequest:
			t.Errorf("%s: %d", what, status)
		}
		p.send(t, s, http.MethodPost, "/auth/login", "", body{"login": person.User.Username, "password": apitest.Password})
		p.send(t, s, http.MethodGet, "/auth/%0d%0a{%22msg%22:%22injected%22}", "", nil)
	}
	return mails
}

// checkLog: one line is one JSON object, and none is a request's own.
func checkLog(t *testing.T, s *apitest.System) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(s.Logs.String(), "\n"), "\n")
	for _, line := range lines {
		var entry struct{ Time, Level, Msg, Service string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" || entry.Level == "" || entry.Service == "" {
			t.Errorf("S79 no line of ours: %s (%v)", line, err)
		}
		if strings.Contains(entry.Msg, "injected") || strings.ContainsAny(line, "\r\u2028\u2029\u0085") {
			t.Errorf("S79 a request has written %q", line)
		}
	}
	if len(lines) < 100 {
		t.Errorf("only %d lines were logged", len(lines))
	}
}

// checkRows: no control character is in what is kept and shown to people.
func checkRows(t *testing.T, s *apitest.System) {
	t.Helper()
	for what, query := range map[string]string{
		"sessions": "SELECT user_agent FROM auth.sessions",
		"audit":    "SELECT user_agent || request_id FROM auth.audit_events",
		"intents":  "SELECT user_agent || request_id || username || email FROM auth.intents",
	} {
		rows, _ := s.AuthDB.Pool.Query(context.Background(), query)
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if strings.ContainsFunc(text, func(r rune) bool {
				return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == '\uFFFD'
			}) {
				t.Errorf("%s hold %q", what, text)
			}
		}
	}
}
