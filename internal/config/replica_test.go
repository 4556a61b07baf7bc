package config_test

import (
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/config"
)

func TestReadDatabaseURL(t *testing.T) {
	t.Parallel()
	key := "SESSION_KEY=" + sessionKey
	for _, c := range []struct{ name, env, url, redis, want string }{
		{"one server", "production", "postgres://u:hunter2@pg2/db", "redis://r/0", ""},
		{"alone in development", "development", "postgres://u@pg2/db", "", ""},
		{"without Redis", "production", "postgres://u@pg2/db", "", "comes with REDIS_URL"},
		{"several servers", "production", "postgres://u@pg2,pg3/db", "redis://r/0", "several servers"},
		{"no URL", "production", "postgres://u:hunter2@pg2:port/db", "redis://r/0", "is not of the form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.LoadUsers([]string{key, "ENV=" + c.env, "DATABASE_URL=postgres://u@pg1/db", "READ_DATABASE_URL=" + c.url, "REDIS_URL=" + c.redis})
			said := ""
			if err != nil {
				said = err.Error()
			}
			if (c.want == "") != (err == nil) || !strings.Contains(said, c.want) || strings.Contains(said, "hunter2") {
				t.Errorf("got %q, want %q", said, c.want)
			}
		})
	}
}
