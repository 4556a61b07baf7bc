package rest_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

type auditEvent struct {
	Type          string
	OccurredAt    time.Time `json:"occurred_at"`
	Actor         struct{ Kind, ID string }
	UserID        *string `json:"user_id"`
	Before, After map[string]any
	Address       *string
	RequestID     string `json:"request_id"`
	Count         int64
}

// events walks the audit, oldest first.
func events(t *testing.T, s *apitest.System, admin, query string) []auditEvent {
	t.Helper()
	var all []auditEvent
	for cursor := ""; ; {
		var page struct {
			Items      []auditEvent
			NextCursor *string `json:"next_cursor"`
		}
		s.Users.Get(t, "/audit-events?limit=3"+query+cursor, admin).Is(http.StatusOK).JSON(&page)
		all = append(all, page.Items...)
		if page.NextCursor == nil {
			slices.Reverse(all)
			return all
		}
		cursor = "&cursor=" + *page.NextCursor
	}
}

func kinds(all []auditEvent) []string {
	var out []string
	for _, e := range all {
		out = append(out, e.Type)
	}
	return out
}

func TestEveryChangeIsInTheAudit(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	path := "/users/" + user.ID
	for _, patch := range []body{
		{"username": user.Username + "x", "verified": true}, {"password": apitest.Password}, {"roles": []string{"admin", "user"}},
		{"disabled": true}, {"disabled": false}, {"email": "new." + user.Email}, {"verified": false},
	} {
		s.Users.Do(t, apitest.Request{Method: "PATCH", Path: path, Token: admin, Body: patch, Header: http.Header{"X-Request-Id": {"patch-1"}}}).Is(http.StatusOK)
	}
	s.Users.Delete(t, path, admin, "").Is(http.StatusNoContent)
	s.Users.Post(t, path+"/restore", admin, nil).Is(http.StatusOK)

	all := events(t, s, admin, "&user_id="+user.ID)
	want := []string{
		"user.created", "user.updated", "user.email_verified", "user.password_changed", "user.roles_changed",
		"user.disabled", "user.enabled", "user.updated", "user.deleted", "user.restored",
	}
	if got := kinds(all); !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if e := all[1]; e.Before["username"] != user.Username || e.After["username"] != user.Username+"x" || e.RequestID != "patch-1" ||
		e.Actor.Kind != "person" || *e.Address != "127.0.0.1" || len(e.Before) != 1 {
		t.Errorf("the renaming is %+v", e)
	}
	if e := all[7]; e.Before["verified"] != true || e.After["verified"] != false {
		t.Errorf("the new email is %+v", e)
	}
	if got := kinds(events(t, s, admin, "&type=user.created")); len(got) != 2 {
		t.Errorf("of one type there are %v", got)
	}
	at := url.QueryEscape(all[4].OccurredAt.Format(time.RFC3339Nano))
	if early, late := events(t, s, admin, "&user_id="+user.ID+"&until="+at), events(t, s, admin, "&user_id="+user.ID+"&since="+at); len(early)+len(late) != len(all) || len(early) == 0 || len(late) == 0 {
		t.Errorf("%d before and %d after", len(early), len(late))
	}
	s.Users.Get(t, "/audit-events", s.Mint(t, token.Claims{Scope: "users:read users:write"})).Problem(http.StatusForbidden, "forbidden")
}

func TestAPurgeRedactsThePerson(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	path := "/users/" + user.ID
	s.Users.Patch(t, path, admin, "", body{"email": "moved." + user.Email}).Is(http.StatusOK)
	s.Users.Delete(t, path+"?purge=true", admin, "").Is(http.StatusNoContent)
	all := s.Users.Get(t, "/audit-events?user_id="+user.ID, admin).Is(http.StatusOK)
	if strings.Contains(string(all.Body), user.Username) || !strings.Contains(string(all.Body), "[redacted]") {
		t.Errorf("after the purge: %s", all.Body)
	}
	if got := kinds(events(t, s, admin, "&user_id="+user.ID)); !slices.Equal(got, []string{"user.created", "user.updated", "user.purged"}) {
		t.Errorf("got %v", got)
	}
}

func TestS70TheAuditIsWrittenWithTheChangeOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	for _, statement := range []string{"UPDATE users.audit_events SET actor = 'x'", "DELETE FROM users.audit_events", "TRUNCATE users.audit_events"} {
		if _, err := s.UsersDB.Pool.Exec(context.Background(), statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s gave %v", statement, err)
		}
	}
	super(t, s, `CREATE FUNCTION users.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no audit today'; END $$`)
	super(t, s, `CREATE TRIGGER refuse BEFORE INSERT ON users.audit_events FOR EACH ROW EXECUTE FUNCTION users.refuse()`)
	path := "/users/" + user.ID
	for _, r := range []apitest.Request{
		{Method: "POST", Path: "/users", Body: body{"username": "unheard", "email": "u@example.com"}},
		{Method: "PATCH", Path: path, Body: body{"verified": true}},
		{Method: "DELETE", Path: path},
		{Method: "DELETE", Path: path + "?purge=true"},
		{Method: "PUT", Path: "/roles/unheard", Body: body{"description": ""}},
	} {
		r.Token = admin
		p := s.Users.Do(t, r).Problem(http.StatusInternalServerError, "internal_error")
		if strings.Contains(p.Detail, "audit") {
			t.Errorf("the answer tells %s", p.Detail)
		}
	}
	super(t, s, "DROP TRIGGER refuse ON users.audit_events")
	var now apitest.User
	s.Users.Get(t, path, admin).Is(http.StatusOK).JSON(&now)
	if now.Version != 1 || now.Verified {
		t.Errorf("the account is %+v", now)
	}
	s.Users.Get(t, "/users/unheard", admin).Problem(http.StatusNotFound, "not_found")
	s.Users.Delete(t, "/roles/unheard", admin, "").Problem(http.StatusNotFound, "not_found")
}

func TestS80RejectedSignInsAreCounted(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	for range 3 {
		s.Auth.Post(t, "/auth/login", "", body{"login": user.Email, "password": "wrong"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	s.Auth.Post(t, "/auth/login", "", body{"login": "nobody-knows", "password": "wrong"}).Problem(http.StatusUnauthorized, "invalid_credentials")
	s.StopUsers() // what was counted is written before the end
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	counts := map[string]int64{}
	for _, e := range events(t, s, s.Admin(t), "&type=credentials.rejected") {
		if e.UserID == nil {
			counts["nobody"] += e.Count
			continue
		}
		counts[*e.UserID] += e.Count
	}
	if len(counts) != 2 || counts[user.ID] != 3 || counts["nobody"] != 1 {
		t.Errorf("counted %v", counts)
	}
}
