package httpapi

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

// TestLimitWithoutRedis: whatever is at REDIS_URL, the service starts, answers
// at once, limits by itself, and says so. What a real Redis does is tested in
// internal/users/rest.
func TestLimitWithoutRedis(t *testing.T) {
	t.Parallel()
	for name, behave := range map[string]func(net.Listener){
		"nobody listens": func(l net.Listener) { _ = l.Close() },
		"it is silent":   func(net.Listener) {},
		"it hangs up": func(l net.Listener) {
			for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
				_ = conn.Close()
			}
		},
		"it is no Redis": func(l net.Listener) {
			for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
				_, _ = io.WriteString(conn, strings.Repeat("HTTP/1.1 400 Bad Request\r\n\r\n", 50))
			}
		},
		"it refuses": func(l net.Listener) {
			for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
				_, _ = io.WriteString(conn, strings.Repeat("-NOAUTH Authentication required.\r\n", 50))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			go behave(listener)
			began := time.Now()
			log := &logText{}
			shared, err := ShareLimits(config.Common{
				RateLimits: true, RedisURL: config.Secret("redis://u:canary@" + listener.Addr().String()),
			}, "users", slog.New(slog.NewJSONHandler(log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(shared.Close)
			c := newChassis(t, nil, limited, func(o *Options) { o.Health.Shared = shared })
			spend(t, 3, func() *http.Response { return c.send("GET", "/limited", "") })
			wantProblem(t, c.send("GET", "/limited", ""), 429, "rate_limited")
			if body := bodyOf(t, c.send("GET", "/readyz", "")); strings.TrimSpace(body) != `{"status":"degraded"}` {
				t.Errorf("/readyz says %s", body)
			}
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
			if text := log.String(); strings.Count(text, "Redis is gone") != 1 || strings.Contains(text, "canary") {
				t.Errorf("the log is %s", text)
			}
		})
	}
}

func TestShareLimitsNeedsRedisAndLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]config.Common{
		"no Redis":  {RateLimits: true},
		"no limits": {RedisURL: "redis://127.0.0.1:1"},
	} {
		if shared, err := ShareLimits(c, "users", nil); shared != nil || err != nil {
			t.Errorf("%s: got %v, %v", name, shared, err)
		}
	}
	if _, err := ShareLimits(config.Common{RateLimits: true, RedisURL: "canary"}, "users", nil); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("a URL that is none: %v", err)
	}
}
