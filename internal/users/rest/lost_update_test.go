package rest_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

// Of many who have read one version, one changes it, and the others learn that they
// have not.
func TestS69OfManyChangesOfOneVersionOneCounts(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	user := create(t, s, admin, nil)
	name := func(i int) string { return fmt.Sprintf("%s-%d", user.Username, i) }
	won := make(chan int, 20)
	counts := parallel(20, func(i int) int {
		status := s.Users.Patch(t, "/users/"+user.ID, admin, `"1"`, body{"username": name(i)}).Status
		if status == http.StatusOK {
			won <- i
		}
		return status
	})
	if counts[http.StatusOK] != 1 || counts[http.StatusPreconditionFailed] != 19 {
		t.Fatalf("answers by status: %v", counts)
	}
	var now apitest.User
	s.Users.Get(t, "/users/"+user.ID, admin).Is(http.StatusOK).JSON(&now)
	if now.Version != 2 || now.Username != name(<-won) {
		t.Errorf("the account is %+v", now)
	}
	for _, r := range []apitest.Request{
		{Method: "PATCH", Path: "/users/" + user.ID, Body: body{"verified": true}}, {Method: "DELETE", Path: "/users/" + user.ID},
		{Method: "DELETE", Path: "/users/" + user.ID + "?purge=true"},
	} {
		r.Token, r.Header = admin, http.Header{"If-Match": {`"1"`}}
		s.Users.Do(t, r).Problem(http.StatusPreconditionFailed, "version_mismatch")
	}
	if got := kinds(events(t, s, admin, "&user_id="+user.ID)); !slices.Equal(got, []string{"user.created", "user.updated"}) {
		t.Errorf("the audit has %v", got)
	}
}

// A cursor is of one list and of one making; there is no sort to tamper with.
func TestS71CursorsAndSorts(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	for range 3 {
		create(t, s, admin, nil)
	}
	lists := map[string]*apitest.Client{"/users": s.Users, "/audit-events": s.Users, "/admin/audit-events": s.Auth}
	cursors := map[string]string{}
	s.Admin(t) // an event more in the auth service
	for path, client := range lists {
		var page struct {
			NextCursor string `json:"next_cursor"`
		}
		client.Get(t, path+"?limit=1", admin).Is(http.StatusOK).JSON(&page)
		cursors[path] = page.NextCursor
		client.Get(t, path+"?limit=1&cursor="+page.NextCursor, admin).Is(http.StatusOK)
	}
	bad := func(path, query, points string) {
		t.Helper()
		p := lists[path].Get(t, path+"?"+query, admin).Problem(http.StatusBadRequest, "invalid_request")
		if !slices.Equal(p.Pointers(), []string{points}) {
			t.Errorf("%s?%s points at %q", path, query, p.Pointers())
		}
	}
	for path, good := range cursors {
		for i := range good {
			other := byte('A')
			if good[i] == other {
				other = 'B'
			}
			bad(path, "cursor="+good[:i]+string(other)+good[i+1:], "query.cursor")
		}
		for _, text := range []string{good[:len(good)-1], good + "A", good + "%3D", "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e", "'%20OR%20true--"} {
			bad(path, "cursor="+text, "query.cursor")
		}
		for from, others := range cursors {
			if from != path {
				bad(path, "cursor="+others, "query.cursor")
			}
		}
		for _, name := range []string{"sort", "order", "order_by", "sort_by", "offset", "page"} {
			bad(path, name+"=password_hash", "query."+name)
		}
	}
	reader := s.Mint(t, token.Claims{Scope: "users:read"})
	s.Users.Get(t, "/users?limit=1&cursor="+cursors["/users"], reader).Is(http.StatusOK) // it is no right of its own
	s.Users.Get(t, "/audit-events?cursor="+cursors["/audit-events"], reader).Problem(http.StatusForbidden, "forbidden")
}
