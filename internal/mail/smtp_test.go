package mail_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

const (
	from     = "Schlüsseldienst <no-reply@example.com>"
	user     = "relay-user"
	password = "relay password: 100% ?#@/"
	canary   = "CANARYTOKEN"
	patience = 10 * time.Second
)

// sample is a mail to ada, with a link in it.
func sample() mail.Message {
	link := "https://id.example.com/verify#token=" + canary
	return mail.Message{
		ID: "0199-1@id.example.com", Kind: mail.VerifyEmail, To: "ada@example.org", Subject: "Bestätigen Sie Ihre Adresse",
		Text: "Grüße an Ada — " + link + "\n", HTML: "<p>Grüße an Ada — <a href=\"" + link + "\">ja</a></p>\n", Link: link,
	}
}

func open(t *testing.T, url string) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(url, from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// failsQuietly sends m, wants an error, and looks for what must not be in it.
func failsQuietly(t *testing.T, s mail.Sender, m mail.Message) error {
	t.Helper()
	err := s.Send(t.Context(), m)
	if err == nil {
		t.Fatal("it was sent")
	}
	for _, secret := range []string{canary, user, password, url.QueryEscape(password), "smtp://", "smtps://", "Grüße", m.To, "?ca="} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error holds %q: %v", secret, err)
		}
	}
	return err
}

func TestSend(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]apitest.MailOptions{
		"STARTTLS":        {},
		"STARTTLS, PLAIN": {User: user, Password: password},
		"STARTTLS, LOGIN": {User: user, Password: password, Mechanism: "LOGIN"},
		"smtps, PLAIN":    {TLS: apitest.MailImplicitTLS, User: user, Password: password},
		"tls=none":        {TLS: apitest.MailNoTLS},
		"tls=none, PLAIN": {TLS: apitest.MailNoTLS, User: user, Password: password},
		"tls=none, LOGIN": {TLS: apitest.MailNoTLS, User: user, Password: password, Mechanism: "LOGIN"},
		"smtps, no AUTH":  {TLS: apitest.MailImplicitTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := apitest.StartMail(t, options)
			m := sample()
			before := time.Now().Add(-time.Second)
			if err := open(t, server.URL()).Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			got := server.Await(t, 1, patience)[0]
			if got.From != "no-reply@example.com" || !slices.Equal(got.To, []string{m.To}) {
				t.Errorf("the envelope is from %q to %q", got.From, got.To)
			}
			if got.Encrypted != (options.TLS != apitest.MailNoTLS) || got.Authenticated != (options.User != "") {
				t.Errorf("encrypted %t, authenticated %t", got.Encrypted, got.Authenticated)
			}
			if got.Text != m.Text || got.HTML != m.HTML {
				t.Errorf("the parts are %q and %q", got.Text, got.HTML)
			}
			hasHeaders(t, got, m, before)
		})
	}
}

func hasHeaders(t *testing.T, got apitest.MailMessage, m mail.Message, before time.Time) {
	t.Helper()
	for name, want := range map[string]string{
		"Message-Id": "<" + m.ID + ">", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0", "To": "<" + m.To + ">",
		"From": "=?utf-8?q?Schl=C3=BCsseldienst?= <no-reply@example.com>", "Subject": "=?UTF-8?q?Best=C3=A4tigen_Sie_Ihre_Adresse?=",
		"User-Agent": "", "X-Mailer": "", "Bcc": "",
	} {
		if values := got.Header[name]; got.Header.Get(name) != want || len(values) > 1 {
			t.Errorf("%s is %q, want %q", name, values, want)
		}
	}
	if !strings.HasPrefix(got.Header.Get("Content-Type"), "multipart/alternative;") {
		t.Errorf("it is %q", got.Header.Get("Content-Type"))
	}
	if strings.Index(string(got.Raw), "text/plain") > strings.Index(string(got.Raw), "text/html") {
		t.Error("the text is not the first alternative")
	}
	if at, err := got.Header.Date(); err != nil || at.Before(before.Truncate(time.Second)) || at.After(time.Now()) {
		t.Errorf("Date: %v, %v", at, err)
	}
}

// TestLongAndOddBodies relies on the server, which refuses lines over 1,000
// octets, bare line ends and octets of 8 bits.
func TestLongAndOddBodies(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	s := open(t, server.URL())
	for i, body := range []string{
		strings.Repeat("a", 5000), strings.Repeat("ü", 3000), "a line\n.\n..\n.hidden\n", "名前 😀\n", strings.Repeat("word ", 2000),
		"From here\n\n\nto there \n", "=20 is not a space\n", "From: somebody else\nBcc: all\n",
	} {
		m := sample()
		m.Text, m.HTML = body, "<p>"+body+"</p>"
		m.Subject = "Ein Betreff, der länger ist als eine Zeile, " + strings.Repeat("wirklich viel länger ", 20)
		if err := s.Send(t.Context(), m); err != nil {
			t.Errorf("%.20q: %v", body, err)
			continue
		}
		if got := server.Await(t, i+1, patience)[i]; got.Text != m.Text || got.HTML != m.HTML {
			t.Errorf("%.20q came as %q", body, got.Text)
		}
	}
}

func TestEncryptedUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	plain := apitest.StartMail(t, apitest.MailOptions{TLS: apitest.MailNoTLS, User: user, Password: password})
	with := func(query string) string {
		u, err := url.Parse(plain.URL())
		if err != nil {
			t.Fatal(err)
		}
		u.RawQuery = query
		return u.String()
	}
	if err := failsQuietly(t, open(t, with("")), sample()); mail.Permanent(err) || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("a server without STARTTLS: %v", err)
	}
	for _, line := range plain.Commands() {
		if !strings.HasPrefix(line, "EHLO") {
			t.Errorf("it was told %q in the clear", line)
		}
	}
	if err := open(t, with("tls=opportunistic")).Send(t.Context(), sample()); err != nil {
		t.Errorf("opportunistic, no STARTTLS: %v", err)
	}
	if got := plain.Await(t, 1, patience); got[0].Encrypted {
		t.Error("a server without TLS has an encrypted message")
	}
	starttls := apitest.StartMail(t, apitest.MailOptions{})
	if err := open(t, starttls.URL()+"&tls=opportunistic").Send(t.Context(), sample()); err != nil {
		t.Fatal(err)
	}
	if got := starttls.Await(t, 1, patience); !got[0].Encrypted {
		t.Error("opportunistic, with STARTTLS, is not encrypted")
	}
}

func TestWrongCA(t *testing.T) {
	t.Parallel()
	other := apitest.StartMail(t, apitest.MailOptions{})
	for name, options := range map[string]apitest.MailOptions{
		"STARTTLS": {User: user, Password: password}, "smtps": {TLS: apitest.MailImplicitTLS, User: user, Password: password},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := apitest.StartMail(t, options)
			for _, query := range []string{"", "ca=" + other.CAFile()} { // the system's roots, and another's
				u, err := url.Parse(server.URL())
				if err != nil {
					t.Fatal(err)
				}
				u.RawQuery = query
				if err := failsQuietly(t, open(t, u.String()), sample()); mail.Permanent(err) || !strings.Contains(err.Error(), "x509") {
					t.Errorf("%s: %v", query, err)
				}
				if u.Scheme == "smtp" {
					u.RawQuery += "&tls=opportunistic" // is not "any certificate will do"
					if err := failsQuietly(t, open(t, u.String()), sample()); mail.Permanent(err) {
						t.Errorf("opportunistic: %v", err)
					}
				}
			}
			if len(server.Messages()) > 0 || slices.ContainsFunc(server.Commands(), func(line string) bool { return strings.HasPrefix(line, "AUTH") }) {
				t.Errorf("the server was told %q", server.Commands())
			}
		})
	}
}

// TestWrongName asks for a certificate of another host.
func TestWrongName(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{TLS: apitest.MailImplicitTLS})
	_, port, _ := strings.Cut(server.Addr(), ":")
	err := failsQuietly(t, open(t, "smtps://127.0.0.2:"+port+"?ca="+server.CAFile()), sample())
	if mail.Permanent(err) {
		t.Errorf("for good: %v", err)
	}
}

func TestNewSMTPRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ url, from, want string }{
		"URL":         {"smtp://" + user + ":" + canary + "@h:x", from, "relay's URL"},
		"no CA":       {"smtps://" + user + ":" + canary + "@h?ca=/nowhere/" + canary, from, "no such file"},
		"CA not PEM":  {"smtps://" + user + ":" + canary + "@h?ca=smtp_test.go", from, "PEM"},
		"from":        {"smtp://h", canary, "From"},
		"from, CRLF":  {"smtp://h", "a@example.com\r\nBcc: " + canary + "@example.com", "From"},
		"from, name":  {"smtp://h", "\"a\r\nBcc: x\" <" + canary + "@example.com>", "From"},
		"from, two":   {"smtp://h", "a@example.com, " + canary + "@example.com", "From"},
		"from, empty": {"smtp://h", "", "From"},
		"encoded":     {"smtp://h", "=?utf-8?q?a=0D=0ABcc:_x?= <" + canary + "@example.com>", "From"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := mail.NewSMTP(c.url, c.from)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), user) {
				t.Errorf("%v", err)
			}
			if strings.HasPrefix(name, "from") && !errors.Is(err, mail.ErrHeader) {
				t.Errorf("%v is not ErrHeader", err)
			}
		})
	}
}

// TestTimeout has a server that falls silent at each stage in turn.
func TestTimeout(t *testing.T) {
	t.Parallel()
	if got := open(t, "smtp://h").Timeout(); got != 10*time.Second {
		t.Errorf("a delivery may take %s", got)
	}
	for _, stage := range []apitest.MailStage{
		apitest.MailGreeting, apitest.MailHello, apitest.MailSTARTTLS, apitest.MailAuth, apitest.MailFrom,
		apitest.MailRecipient, apitest.MailData, apitest.MailBody,
	} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			server := apitest.StartMail(t, apitest.MailOptions{User: user, Password: password})
			server.Hang(stage)
			s := open(t, server.URL())
			s.SetTimeout(200 * time.Millisecond)
			if err := failsQuietly(t, s, sample()); !errors.Is(err, context.DeadlineExceeded) || mail.Permanent(err) {
				t.Errorf("%v", err)
			}
			if len(server.Messages()) != 0 {
				t.Error("it was kept")
			}
			server.Accept()
			s.SetTimeout(patience)
			if err := s.Send(t.Context(), sample()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestCancel stops a delivery from outside, which a service that ends does.
func TestCancel(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	server.Hang(apitest.MailRecipient)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- open(t, server.URL()).Send(ctx, sample()) }()
	server.AwaitCommand(t, "RCPT", 1, patience)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || mail.Permanent(err) {
		t.Errorf("%v", err)
	}
}

// TestSilentFarewell: what was taken has been sent, whatever happens to QUIT.
func TestSilentFarewell(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	server.Hang(apitest.MailQuit)
	if err := open(t, server.URL()).Send(t.Context(), sample()); err != nil {
		t.Error(err)
	}
	server.Await(t, 1, patience)
}

// TestDownAndUp: a relay that is away is no reason to throw a mail away.
func TestDownAndUp(t *testing.T) {
	t.Parallel()
	server := apitest.StartMail(t, apitest.MailOptions{})
	s, m := open(t, server.URL()), sample()
	server.Stop()
	if err := failsQuietly(t, s, m); mail.Permanent(err) {
		t.Errorf("for good: %v", err)
	}
	server.Start(t)
	for range 2 { // and once more, as after an answer that was lost
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got := server.Await(t, 2, patience)
	if a, b := got[0].Header.Get("Message-ID"), got[1].Header.Get("Message-ID"); a != b || a == "" {
		t.Errorf("two tries of one message are %q and %q", a, b)
	}
}
