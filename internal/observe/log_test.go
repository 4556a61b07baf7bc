package observe_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/latchkey-id/latchkey/internal/observe"
)

// forgeries are what a client might send in order to write a line of its own,
// or to steer a terminal that shows one.
var forgeries = map[string]string{
	"LF":                  "a\nlevel=ERROR msg=forged",
	"CR":                  "a\rlevel=ERROR msg=forged",
	"CR LF":               "a\r\n{\"level\":\"ERROR\",\"msg\":\"forged\"}",
	"quote and LF":        "a\"\nmsg=forged \"",
	"escape":              "a\x1b[2Kforged",
	"NUL":                 "a\x00forged",
	"backspace":           "a\b\bforged",
	"vertical tab":        "a\vforged",
	"line separator":      "a\u2028forged",
	"paragraph separator": "a\u2029forged",
	"next line":           "a\u0085forged",
	"bad UTF-8":           "a\xffforged",
	"a member":            `a","msg":"forged`,
	"a pair":              "a msg=forged",
	"an equals sign":      "a=forged",
}

// TestS79NoForgedLine is a part of S79, in both formats and every place.
func TestS79NoForgedLine(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "text"} {
		for name, text := range forgeries {
			for place, write := range map[string]func(*slog.Logger){
				"value":   func(l *slog.Logger) { l.Info("request", slog.String("value", text)) },
				"message": func(l *slog.Logger) { l.Info(text) },
				"name":    func(l *slog.Logger) { l.Info("request", slog.String(text, "v")) },
				"error":   func(l *slog.Logger) { l.Info("request", slog.Any("error", errors.New(text))) },
				"struct":  func(l *slog.Logger) { l.Info("request", slog.Any("value", struct{ A string }{text})) },
				"list":    func(l *slog.Logger) { l.Info("request", slog.Any("value", []string{text})) },
				"with":    func(l *slog.Logger) { l.With("value", text).Info("request") },
				"group":   func(l *slog.Logger) { l.WithGroup("g").Info("request", slog.String("value", text)) },
			} {
				t.Run(strings.Join([]string{format, name, place}, ", "), func(t *testing.T) {
					t.Parallel()
					var out bytes.Buffer
					write(observe.NewLogger(&out, format, "info", "users"))
					checkLine(t, out.String(), format)
				})
			}
		}
	}
}

// checkLine: one line, without a character that ends one or steers a terminal,
// and of one level and one message. JSON leaves U+007F to U+009F as they are
// (RFC 8259, section 7); to split its lines at U+0085 would be the reader's slip.
func checkLine(t *testing.T, line, format string) {
	t.Helper()
	body, ended := strings.CutSuffix(line, "\n")
	breaks := func(r rune) bool {
		return r < ' ' || r == '\u2028' || r == '\u2029' || format == "text" && unicode.IsControl(r)
	}
	if !ended || strings.ContainsFunc(body, breaks) {
		t.Errorf("the line is %q", line)
	}
	if format == "json" {
		var members map[string]any
		if err := json.Unmarshal([]byte(body), &members); err != nil || members["level"] != "INFO" || members["msg"] == "forged" {
			t.Errorf("the line reads as %v, %v: %q", members, err, line)
		}
		return
	}
	for _, forged := range []string{" msg=forged", " level=ERROR"} {
		if strings.Contains(withoutQuoted(body), forged) {
			t.Errorf("the line is %q", line)
		}
	}
}

// withoutQuoted cuts out what stands in quotes.
func withoutQuoted(text string) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestFormat(t *testing.T) {
	t.Parallel()
	for format, wantJSON := range map[string]bool{"json": true, "text": false, "auto": true, "": true} { // a buffer is no terminal
		var out bytes.Buffer
		observe.NewLogger(&out, format, "info", "users").Info("hello", "a", 1)
		if json.Valid(out.Bytes()) != wantJSON {
			t.Errorf("%q: the line is %s", format, out.String())
		}
		if text := out.String(); !strings.Contains(text, "users") || !strings.Contains(text, "hello") || !strings.Contains(text, "service") {
			t.Errorf("%q: the line is %s", format, text)
		}
	}
}

// TestAutoToAFile: a file is no terminal, and gets JSON.
func TestAutoToAFile(t *testing.T) {
	t.Parallel()
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	observe.NewLogger(file, "auto", "info", "auth").Info("hello")
	if text, err := os.ReadFile(file.Name()); err != nil || !json.Valid(text) {
		t.Errorf("the line is %s, %v", text, err)
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]int{"debug": 4, "info": 3, "warn": 2, "error": 1, "": 3, "loud": 3} {
		var out bytes.Buffer
		l := observe.NewLogger(&out, "json", level, "users")
		l.Debug("d")
		l.Info("i")
		l.Warn("w")
		l.Error("e")
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Errorf("%q writes %d of 4 lines, want %d", level, got, want)
		}
	}
}
