package observe_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/observe"
)

// TestS79NoSecretIsMeasured plants secrets in every field and header, and looks for
// them in the metrics and the traces of both services, and in their logs.
func TestS79NoSecretIsMeasured(t *testing.T) {
	t.Parallel()
	c, endpoint := collect(t)
	s := apitest.Start(t, func(a *config.Auth, u *config.Users) { a.OTLPEndpoint, u.OTLPEndpoint = endpoint, endpoint })
	const planted = canary + "-planted"
	person, admin := s.Person(t), s.Admin(t)
	header := http.Header{
		"Traceparent": {traceparent}, "Baggage": {"secret=" + planted}, "Cookie": {"__Host-refresh=" + planted}, "User-Agent": {planted},
		"X-Forwarded-For": {planted}, "Referer": {"https://example.com/" + planted}, "X-Request-Id": {planted + " " + planted},
		"Accept-Language": {planted}, "X-" + planted: {planted},
	}
	statuses := map[int]bool{}
	for service, client := range map[string]*apitest.Client{"auth": s.Auth, "users": s.Users} {
		for _, o := range apitest.Operations(service) {
			for _, token := range []string{planted, admin, person.AccessToken} {
				r := o.Sample(token)
				if fields, object := r.Body.(map[string]any); object {
					in := apitest.Body{}
					for name := range fields {
						in[name] = planted
					}
					r.Body = in
				}
				r.Header = header.Clone()
				if strings.Contains(o.Path, "{") {
					r.Path = r.Path[:strings.LastIndex(r.Path, "/")+1] + planted
				}
				statuses[client.Do(t, r).Status] = true
				r.Path += "?" + planted + "=" + planted
				statuses[client.Do(t, r).Status] = true
			}
		}
	}
	for _, want := range []int{200, 400, 401, 403, 404} {
		if !statuses[want] {
			t.Errorf("nothing was answered by %d: %v", want, statuses)
		}
	}
	metrics := ""
	for _, ops := range []string{s.AuthOps, s.UsersOps} {
		metrics += apitest.ScrapeText(t, ops, "") + apitest.ScrapeText(t, ops, "application/openmetrics-text; version=1.0.0")
	}
	s.StopAuth() // which sends what is left
	s.StopUsers()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) < 100 || !strings.Contains(metrics, `operation="login"`) {
		t.Fatalf("%d spans: it is not all there", len(c.seen))
	}
	for place, text := range map[string]string{"the metrics": metrics, "the traces": c.raw.String(), "the log": s.Logs.String()} {
		for what, secret := range map[string]string{
			"what was planted": planted, "a password": apitest.Password, "a token": person.AccessToken[len(person.AccessToken)-40:],
			"a refresh token": strings.Split(person.RefreshToken, ".")[3],
		} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s is in %s: %q", what, place, text[max(0, at-100):min(len(text), at+len(secret)+20)])
			}
		}
	}
}

// Lines are in UTC wherever the machine stands.
func TestS80LinesAreInUTC(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 1, 30, 0, 0, time.FixedZone("CEST", 2*60*60))
	for format, want := range map[string]string{"json": `"time":"2026-06-30T23:30:00Z"`, "text": "time=2026-06-30T23:30:00.000Z"} {
		for name, of := range map[string]func(slog.Handler) slog.Handler{
			"as it is": func(h slog.Handler) slog.Handler { return h },
			"with":     func(h slog.Handler) slog.Handler { return h.WithAttrs([]slog.Attr{slog.Int("a", 1)}) },
			"a group":  func(h slog.Handler) slog.Handler { return h.WithGroup("g") },
		} {
			var out bytes.Buffer
			handler := of(observe.NewLogger(&out, format, "info", "auth").Handler())
			if err := handler.Handle(t.Context(), slog.NewRecord(at, slog.LevelInfo, "hello", 0)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s, %s: %s", format, name, out.String())
			}
		}
	}
}
