package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

func TestSMTPURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"smtp://user:p%40ss@relay.example:587":         "",
		"smtp://relay.example":                         "",
		"smtps://user:pass@relay.example":              "",
		"smtp://127.0.0.1:1025?tls=none":               "",
		"smtp://user:pass@localhost:1025/?tls=none":    "",
		"smtp://mailpit:1025?tls=opportunistic":        "",
		"smtps://u:p@[::1]:465?ca=/etc/ca.pem":         "",
		"http://user:canary@relay.example":             "must begin with smtp:// or smtps://",
		"relay-canary.example:587":                     "must be of the form",
		"smtp://user:canary@":                          "must be of the form",
		"smtp://user:canary@relay.example/path":        "must be of the form",
		"smtp://user:ca%nary@relay.example":            "must be of the form",
		"smtp://user:canary@relay.example:0":           "the port must be",
		"smtp://user:canary@relay.example:65536":       "the port must be",
		"smtp://canary@relay.example":                  "needs both user and password",
		"smtp://:canary@relay.example":                 "needs both user and password",
		"smtp://user:canary%00x@relay.example":         "needs both user and password",
		"smtp://user:canary@relay.example?tls=canary":  "tls must be",
		"smtp://user:canary@relay.example?tls=none":    "to this machine only",
		"smtps://user:canary@relay.example?tls=none":   "takes no tls",
		"smtp://user:canary@relay.example?canary=1":    "only tls=… and ca=FILE",
		"smtp://user:canary@relay.example?ca=":         "only tls=… and ca=FILE",
		"smtp://relay.example?tls=none&tls=canary":     "only tls=… and ca=FILE",
		"smtp://user:canary@relay.example#?tls=canary": "must be of the form",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			_, err := config.LoadAuth(environ("MAIL_FROM=a@example.com", "SMTP_URL="+text))
			got := lines(err)
			if want == "" && len(got) != 0 {
				t.Errorf("refused: %q", got)
			}
			if want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], "SMTP_URL: ") || !strings.Contains(got[0], want)) {
				t.Errorf("%q, want %q", got, want)
			}
			if strings.Contains(strings.Join(got, "\n"), "canary") {
				t.Errorf("the error tells the value: %q", got)
			}
			if _, err := config.LoadUsers(environ("SMTP_URL=" + text)); err != nil {
				t.Errorf("users reads it: %v", err)
			}
		})
	}
}

func TestMailFrom(t *testing.T) {
	t.Parallel()
	const smtp, fallback = "SMTP_URL=smtp://relay.example", "latchkey <no-reply@localhost>"
	for name, c := range map[string]struct {
		environ []string
		want    string // "" is an error about MAIL_FROM
	}{
		"production, mailbox":       {nil, fallback},
		"production, relay":         {[]string{smtp}, ""},
		"production, relay, sender": {[]string{smtp, "MAIL_FROM=a@example.com"}, "a@example.com"},
		"development, relay":        {[]string{"ENV=development", smtp}, fallback},
		"a name in UTF-8":           {[]string{smtp, "MAIL_FROM=Schlüssel <a@example.com>"}, "Schlüssel <a@example.com>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := config.LoadAuth(environ(c.environ...))
			if got := names(err); (c.want == "") != slices.Equal(got, []string{"MAIL_FROM"}) || (c.want != "" && a.MailFrom != c.want) {
				t.Errorf("%q, about %q; want %q", a.MailFrom, got, c.want)
			}
		})
	}
}

func TestRecipientLimit(t *testing.T) {
	t.Parallel()
	a, err := config.LoadAuth(environ("MAIL_RECIPIENT_LIMIT=3/10m"))
	if want := (config.RateLimit{Requests: 3, Window: 10 * time.Minute}); err != nil || a.RecipientLimit != want {
		t.Errorf("%v, %v", a.RecipientLimit, err)
	}
	_, err = config.LoadAuth(environ("MAIL_RECIPIENT_LIMIT=canary"))
	if got := lines(err); len(got) != 1 || got[0] != "MAIL_RECIPIENT_LIMIT: must be requests/window, such as 10/1m, of at most 24h" {
		t.Errorf("%q", got)
	}
}
