package auth_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/cursor"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/fault"
)

var sessionKey = bytes.Repeat([]byte("k"), 32)

func newService(t *testing.T, db dbtest.DB) *auth.Service {
	t.Helper()
	service, err := auth.New(auth.Options{Pool: db.Pool, SessionKey: sessionKey, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// insert writes an event of a moment, as the service's role.
func insert(t *testing.T, db dbtest.DB, at time.Time, user uuid.UUID, kind string) uuid.UUID {
	t.Helper()
	id := audit.FirstAt(at)
	id[6] = 0x70
	row, err := audit.NewRow(id, audit.System("test"), audit.Event{Kind: kind, User: user, After: audit.Values{"n": 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := authdb.New(db.Pool).InsertAuditEvent(t.Context(), authdb.InsertAuditEventParams(row)); err != nil {
		t.Fatal(err)
	}
	return id
}

// walk gives the ids of all pages, two events each.
func walk(t *testing.T, service *auth.Service, f audit.Filter) []uuid.UUID {
	t.Helper()
	var all []uuid.UUID
	for at := ""; ; {
		page, err := service.AuditEvents(t.Context(), f, 2, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Items {
			all = append(all, row.ID)
		}
		if at = page.Next; at == "" {
			return all
		}
	}
}

func TestAuditEvents(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	service := newService(t, db)
	ada, bob := uuid.New(), uuid.New()
	start := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	var ids []uuid.UUID // newest first
	for i, user := range []uuid.UUID{ada, bob, ada, uuid.Nil, ada} {
		kind := []string{"session.created", "session.revoked"}[i%2]
		ids = append([]uuid.UUID{insert(t, db, start.Add(time.Duration(i)*time.Second), user, kind)}, ids...)
	}
	for name, c := range map[string]struct {
		filter audit.Filter
		want   []uuid.UUID
	}{
		"all":            {audit.Filter{}, ids},
		"of one":         {audit.Filter{User: &ada}, []uuid.UUID{ids[0], ids[2], ids[4]}},
		"of a type":      {audit.Filter{Type: "session.revoked"}, []uuid.UUID{ids[1], ids[3]}},
		"of one, a type": {audit.Filter{User: &bob, Type: "session.created"}, nil},
		"between":        {audit.Filter{Since: start.Add(time.Second), Until: start.Add(3 * time.Second)}, []uuid.UUID{ids[2], ids[3]}},
		"before all":     {audit.Filter{Until: start}, nil},
	} {
		if got := walk(t, service, c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	page, err := service.AuditEvents(t.Context(), audit.Filter{User: &bob}, 2, "")
	if err != nil || len(page.Items) != 1 {
		t.Fatal(page, err)
	}
	if row := page.Items[0]; *row.UserID != bob || row.Type != "session.revoked" || row.Actor != "test" || row.Address != nil ||
		!row.OccurredAt.Equal(start.Add(time.Second)) || !sameJSON(row.After, `{"n":1}`) || !sameJSON(row.Before, `{}`) || row.Count != 1 {
		t.Errorf("the event is %+v", row)
	}
}

func sameJSON(got json.RawMessage, want string) bool {
	return strings.ReplaceAll(string(got), " ", "") == want
}

// TestS71InAuth: neither a tampered cursor nor one of the users service's audit,
// which knows the same SESSION_KEY.
func TestS71InAuth(t *testing.T) {
	t.Parallel()
	service := newService(t, dbtest.Auth(t))
	users, err := cursor.New("audit", sessionKey, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"x", users.Encode(uuid.Max)} {
		_, err := service.AuditEvents(t.Context(), audit.Filter{}, 2, at)
		if f := fault.As(err); f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Pointer != "query.cursor" {
			t.Errorf("%q: %v", at, err)
		}
	}
}
