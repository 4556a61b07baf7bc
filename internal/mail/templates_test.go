package mail_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/mail"
)

var update = flag.Bool("update", false, "write testdata/*.txt anew")

// data is what a mail of this kind gets.
func data(kind mail.Kind) mail.Data {
	d := mail.Data{
		Username: "ada", Address: "ada@example.org", BaseURL: "https://id.example.com",
		ClientAddress: "192.0.2.7", At: time.Date(2026, 11, 24, 13, 59, 30, 0, time.FixedZone("CET", 3600)),
	}
	switch kind {
	case mail.VerifyEmail:
		d.Link, d.Token, d.ValidFor = "https://id.example.com/verify#token="+canary, canary, 24*time.Hour
	case mail.ResetPassword:
		d.Link, d.Token, d.ValidFor = "https://id.example.com/reset#token="+canary, canary, 15*time.Minute
	case mail.ChangeEmail:
		d.Link, d.Token, d.ValidFor = "https://id.example.com/verify#token="+canary, canary, 24*time.Hour
		d.NewAddress = "ada@example.net"
	case mail.EmailChangeRequested, mail.EmailChanged:
		d.NewAddress = "ada@example.net"
	}
	return d
}

func load(t *testing.T, dir string) *mail.Templates {
	t.Helper()
	templates, err := mail.LoadTemplates(dir)
	if err != nil {
		t.Fatal(err)
	}
	return templates
}

// TestGolden compares the text of each built-in mail with testdata.
func TestGolden(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	for _, kind := range mail.Kinds() {
		subject, text, _, err := templates.Render(kind, data(kind))
		if err != nil {
			t.Fatal(err)
		}
		path, got := filepath.Join("testdata", string(kind)+".txt"), "Subject: "+subject+"\n\n"+text
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || got != string(want) {
			t.Errorf("%s (go test -run Golden -update writes it): %v\n%s", path, err, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if len(line) > 78 {
				t.Errorf("%s: %q is longer than 78", kind, line)
			}
		}
	}
}

// TestBare leaves out what may be missing: no hole is left in its place.
func TestBare(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	for _, kind := range mail.Kinds() {
		d := data(kind)
		d.Username, d.ClientAddress = "", ""
		_, text, html, err := templates.Render(kind, d)
		if err != nil || strings.Contains(text, "\n\n\n") || strings.Contains(html, "<p></p>") || strings.Contains(text+html, "Account") || strings.Contains(text+html, "Client") {
			t.Errorf("%s: %v\n%s\n%s", kind, err, text, html)
		}
	}
}

var address = regexp.MustCompile(`https?://[^\s"<]+`)

// TestLinks: a mail with a link shows it twice in HTML, as a button and to
// copy; all other addresses are BaseURL. Nothing is loaded from anywhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	for _, kind := range mail.Kinds() {
		d := data(kind)
		_, text, html, err := templates.Render(kind, d)
		if err != nil {
			t.Fatal(err)
		}
		wanted := map[string]int{"text": min(1, len(d.Link)), "html": 3 * min(1, len(d.Link))} // both hrefs, and its text
		for form, content := range map[string]string{"text": text, "html": html} {
			links := 0
			for _, found := range address.FindAllString(content, -1) {
				if found == d.Link {
					links++
				} else if strings.TrimRight(found, ".") != d.BaseURL {
					t.Errorf("%s, %s: leads to %s", kind, form, found)
				}
			}
			if links != wanted[form] {
				t.Errorf("%s, %s: the link is there %d times, want %d", kind, form, links, wanted[form])
			}
		}
		if found := regexp.MustCompile(`(?i)src=|<img|url\(|<script|<link|<style`).FindString(html); found != "" {
			t.Errorf("%s has %s", kind, found)
		}
		if !strings.Contains(html, `content="light dark"`) || !strings.HasSuffix(html, "</html>\n\n") && !strings.HasSuffix(html, "</html>\n") {
			t.Errorf("%s:\n%s", kind, html)
		}
	}
}

// TestStrangers: whoever types somebody else's address can't write to them.
func TestStrangers(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	for _, kind := range []mail.Kind{mail.VerifyEmail, mail.ChangeEmail, mail.AlreadyRegistered} {
		d := data(kind)
		d.Username, d.Address = "buy-at.example.biz", "buy@example.biz"
		subject, text, html, err := templates.Render(kind, d)
		if err != nil || strings.Contains(subject+text+html, "example.biz") {
			t.Errorf("%s shows what the one who asked has chosen, or: %v", kind, err)
		}
	}
}

func TestEscaping(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	d := data(mail.EmailChanged)
	d.Address, d.NewAddress = `<script>alert(1)</script>`, `"><img src=x>`
	_, _, html, err := templates.Render(mail.EmailChanged, d)
	if err != nil || strings.Contains(html, "<script") || strings.Contains(html, "<img") || !strings.Contains(html, "&lt;script&gt;") {
		t.Errorf("%v\n%s", err, html)
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	templates := load(t, "")
	for name, change := range map[string]func(*mail.Data){
		"username, CRLF":  func(d *mail.Data) { d.Username = "ada\r\nBcc: x" },
		"username, words": func(d *mail.Data) { d.Username = "visit us" },
		"username, slash": func(d *mail.Data) { d.Username = "example.com/x" },
		"username, upper": func(d *mail.Data) { d.Username = "Ada" },
		"address, LF":     func(d *mail.Data) { d.Address += "\nx" },
		"new address, CR": func(d *mail.Data) { d.NewAddress = "a\rb" },
		"client, LF":      func(d *mail.Data) { d.ClientAddress += "\n" },
		"base, LF":        func(d *mail.Data) { d.BaseURL += "\n\n" },
		"no link":         func(d *mail.Data) { d.Link = "" },
		"link, script":    func(d *mail.Data) { d.Link = "javascript:alert(1)//" + canary },
		"link, relative":  func(d *mail.Data) { d.Link = "/reset#" + canary },
		"link, no host":   func(d *mail.Data) { d.Link = "https:///reset#" + canary },
	} {
		d := data(mail.ResetPassword)
		change(&d)
		_, _, _, err := templates.Render(mail.ResetPassword, d)
		if !errors.Is(err, mail.ErrData) || !mail.Permanent(err) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, _, err := templates.Render("unknown", data(mail.ResetPassword)); err == nil {
		t.Error("an unknown kind is rendered")
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "24 hours", 15 * time.Minute: "15 minutes", time.Hour: "1 hour", 90 * time.Minute: "90 minutes",
		time.Minute: "1 minute", 90 * time.Second: "1 minute", 30 * time.Second: "30 seconds", 7 * 24 * time.Hour: "7 days",
		48 * time.Hour: "2 days", 36 * time.Hour: "36 hours", 0: "0 seconds", -time.Hour: "0 seconds",
	} {
		if got := mail.Duration(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

// folder makes a deployer's folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"reset_password.txt":    "\uFEFFSubject: Neues Passwort für {{.Username}}\r\n\r\nhttps://app.example/reset?t={{.Token}} ({{duration .ValidFor}})\r\n",
		"password_changed.html": "<p>{{.Username}}, {{time .At}}</p>",
		".gitkeep":              "",
	})
	if err := os.Mkdir(filepath.Join(dir, "..data"), 0o700); err != nil { // as a mounted ConfigMap has
		t.Fatal(err)
	}
	own, builtin := load(t, dir), load(t, "")
	subject, text, html, err := own.Render(mail.ResetPassword, data(mail.ResetPassword))
	if err != nil || subject != "Neues Passwort für ada" || text != "https://app.example/reset?t="+canary+" (15 minutes)\n" {
		t.Errorf("%q, %q, %v", subject, text, err)
	}
	if _, _, same, err := builtin.Render(mail.ResetPassword, data(mail.ResetPassword)); err != nil || html != same {
		t.Errorf("the HTML, which was not replaced, is another: %v", err)
	}
	if _, _, html, err := own.Render(mail.PasswordChanged, data(mail.PasswordChanged)); err != nil || html != "<p>ada, 24 November 2026, 12:59 UTC</p>" {
		t.Errorf("%q, %v", html, err)
	}
}

// TestFolderLayout replaces the frame of all HTML mails with one file.
func TestFolderLayout(t *testing.T) {
	t.Parallel()
	templates := load(t, folder(t, map[string]string{
		layout: `{{define "label"}}go{{end}}{{define "top"}}<h1>ACME</h1>{{end}}{{define "link"}}<a href="{{.Link}}">{{template "label"}}</a>{{end}}{{define "bottom"}}<hr>{{end}}`,
	}))
	for _, kind := range mail.Kinds() {
		if _, _, html, err := templates.Render(kind, data(kind)); err != nil || !strings.HasPrefix(strings.TrimSpace(html), "<h1>ACME</h1>") || !strings.Contains(html, "<hr>") {
			t.Errorf("%s: %v\n%s", kind, err, html)
		}
	}
}

const layout = "layout.html"

// TestBrokenFolder: a start fails with the file's name and the fault.
func TestBrokenFolder(t *testing.T) {
	t.Parallel()
	const head = "Subject: s\n\n"
	for _, c := range []struct{ name, file, content, fault string }{
		{"syntax", "verify_email.txt", head + "{{.Link", "unclosed action"},
		{"no such field", "verify_email.txt", head + "{{.Link}} {{.Nam}}", "Nam"},
		{"no such field in a branch", "password_changed.txt", head + "{{with .ClientAddress}}{{$.Nam}}{{end}}", "Nam"},
		{"no such field in the other branch", "password_changed.txt", head + "x{{if .Username}}{{else}}{{.Nam}}{{end}}", "Nam"},
		{"no such function", "verify_email.html", "{{.Link}} {{upper .Link}}", "upper"},
		{"no such template", "verify_email.html", "{{.Link}} {{template \"foot\"}}", "foot"},
		{"open attribute", "verify_email.html", "<a href=\"{{.Link}}>x</a>", "verify_email.html"},
		{"no subject", "verify_email.txt", "{{.Link}}\n", "Subject"},
		{"empty subject", "verify_email.txt", "Subject: \n\n{{.Link}}\n", "Subject"},
		{"no empty line", "verify_email.txt", "Subject: s\n{{.Link}}\n", "Subject"},
		{"no body", "password_changed.txt", head, "empty"},
		{"no link", "reset_password.txt", head + "Hello.\n", "neither"},
		{"no link in HTML", "reset_password.html", "<p>Hello.</p>", "neither"},
		{"empty file", "email_changed.html", "", "empty"},
		{"not UTF-8", "email_changed.html", "caf\xe9", "UTF-8"},
		{"broken layout", layout, "{{define \"top\"}}", layout},
		{"layout without a part", layout, `{{define "top"}}x{{end}}`, "bottom"},
		{"unknown", "welcome.txt", head + "x", "no such template"},
		{"other ending", "verify_email.htm", "x", "no such template"},
		{"other case", "Verify_Email.txt", "x", "no such template"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t, map[string]string{c.file: c.content})
			_, err := mail.LoadTemplates(dir)
			if err == nil || !strings.Contains(err.Error(), c.fault) || (c.file != layout && !strings.Contains(err.Error(), filepath.Join(dir, c.file))) {
				t.Errorf("%v, want %s and %s", err, c.file, c.fault)
			}
		})
	}
	for name, dir := range map[string]string{"no folder": "/nowhere", "a file": "doc.go"} {
		if _, err := mail.LoadTemplates(dir); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "verify_email.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := mail.LoadTemplates(dir); err == nil {
		t.Error("a folder in place of a file is accepted")
	}
}

// TestEmbedded: each kind has both files, and no other file is carried along.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	want := []string{layout}
	for _, kind := range mail.Kinds() {
		want = append(want, string(kind)+".txt", string(kind)+".html")
	}
	slices.Sort(want)
	if got := files(t, "templates"); !slices.Equal(got, want) {
		t.Errorf("templates/ has %q, want %q", got, want)
	}
}
