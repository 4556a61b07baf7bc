package rest_test

import (
	"encoding/base64"
	"sync/atomic"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

// clock is the real one, and so much ahead.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time      { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) set(d time.Duration) { c.ahead.Store(int64(d)) }

// longLived is a person's token that lives an hour.
func longLived(person apitest.Grant) token.Claims {
	return token.Claims{
		Subject: person.User.ID, SessionID: sessionID(person), ClientID: "latchkey", Roles: person.User.Roles,
		ExpiresAt: time.Now().Add(time.Hour),
	}
}

func segmentText(t *testing.T, segment string) []byte {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
