package rest_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/token"
)

func TestDeletedAccountsAreSeenByAnAdminWhoAsks(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	reader := s.Mint(t, token.Claims{Scope: "users:read"})
	user := create(t, s, admin, nil)
	s.Users.Delete(t, "/users/"+user.ID, admin, "").Is(http.StatusNoContent)
	for _, path := range []string{"/users/" + user.ID, "/users/" + user.Username, "/users/email/" + user.Email} {
		var found apitest.User
		s.Users.Get(t, path+"?include_deleted=true", admin).Is(http.StatusOK).JSON(&found)
		if found.ID != user.ID || found.DeletedAt == nil {
			t.Errorf("%s found %+v", path, found)
		}
		s.Users.Get(t, path+"?include_deleted=true", reader).Problem(http.StatusForbidden, "forbidden")
		s.Users.Get(t, path+"?include_deleted=false", reader).Problem(http.StatusNotFound, "not_found")
	}
	s.Users.Get(t, "/users?include_deleted=true", reader).Problem(http.StatusForbidden, "forbidden")
	s.Users.Get(t, "/users", reader).Is(http.StatusOK)
}

func TestRestore(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	person := s.Person(t)
	path := "/users/" + person.User.ID
	s.Users.Post(t, path+"/restore", admin, nil).Problem(http.StatusNotFound, "not_found")
	s.Users.Delete(t, path, admin, "").Is(http.StatusNoContent)
	s.Users.Post(t, path+"/restore", s.Mint(t, token.Claims{Scope: "users:write"}), nil).Problem(http.StatusForbidden, "forbidden")
	s.Users.Do(t, apitest.Request{Method: "POST", Path: path + "/restore", Token: admin, Header: http.Header{"If-Match": {`"1"`}}}).
		Problem(http.StatusPreconditionFailed, "version_mismatch")
	var user apitest.User
	s.Users.Post(t, path+"/restore", admin, nil).Is(http.StatusOK).JSON(&user)
	if user.DeletedAt != nil || user.Version != 3 {
		t.Errorf("restored %+v", user)
	}
	s.Auth.Post(t, "/auth/refresh", "", body{"refresh_token": person.RefreshToken}).Problem(http.StatusUnauthorized, "invalid_token")
	s.Login(t, person.User.Username, apitest.Password)
}

func TestS68PurgeFreesTheNames(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	path := func(u apitest.User) string { return "/users/" + u.ID }
	live, gone := create(t, s, admin, nil), create(t, s, admin, nil)
	s.Users.Delete(t, path(gone), admin, "").Is(http.StatusNoContent)
	s.Users.Delete(t, path(live)+"?purge=true", s.Mint(t, token.Claims{Scope: "users:write"}), "").Problem(http.StatusForbidden, "forbidden")
	s.Users.Delete(t, path(live)+"?purge=true", admin, `"7"`).Problem(http.StatusPreconditionFailed, "version_mismatch")
	for _, user := range []apitest.User{live, gone} {
		s.Users.Delete(t, path(user)+"?purge=true", admin, "").Is(http.StatusNoContent)
		s.Users.Delete(t, path(user)+"?purge=true", admin, "").Problem(http.StatusNotFound, "not_found")
		s.Users.Get(t, path(user)+"?include_deleted=true", admin).Problem(http.StatusNotFound, "not_found")
		s.Users.Post(t, path(user)+"/restore", admin, nil).Problem(http.StatusNotFound, "not_found")
		var again apitest.User
		s.Users.Post(t, "/users", admin, body{"username": user.Username, "email": user.Email}).Is(http.StatusCreated).JSON(&again)
		if again.ID == user.ID {
			t.Error("S68 the id was used again")
		}
	}
	var first apitest.User
	s.Users.Get(t, "/users/admin", admin).JSON(&first)
	s.Users.Delete(t, path(first)+"?purge=true", admin, "").Problem(http.StatusConflict, "last_admin")
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	s.Users.Do(t, apitest.Request{Method: "PUT", Path: "/roles/editor", Token: admin, Body: body{"description": "May write."}}).Is(http.StatusCreated)
	s.Users.Do(t, apitest.Request{Method: "PUT", Path: "/roles/editor", Token: admin, Body: body{"description": "May publish."}}).Is(http.StatusOK)
	s.Users.Do(t, apitest.Request{Method: "PUT", Path: "/roles/Editor", Token: admin, Body: body{"description": ""}}).Problem(http.StatusBadRequest, "invalid_request")
	s.Users.Do(t, apitest.Request{Method: "PUT", Path: "/roles/more", Token: s.Mint(t, token.Claims{Scope: "users:write"}), Body: body{"description": ""}}).
		Problem(http.StatusForbidden, "forbidden")
	var list struct {
		Items []struct{ Name, Description string }
	}
	s.Users.Get(t, "/roles", admin).Is(http.StatusOK).JSON(&list)
	if len(list.Items) != 3 || list.Items[1].Name != "editor" || list.Items[1].Description != "May publish." {
		t.Errorf("the roles are %+v", list.Items)
	}
	user := create(t, s, admin, body{"roles": []string{"editor"}})
	s.Users.Delete(t, "/roles/editor", admin, "").Problem(http.StatusConflict, "role_in_use")
	s.Users.Delete(t, "/roles/admin", admin, "").Problem(http.StatusConflict, "role_in_use")
	s.Users.Delete(t, "/roles/user", admin, "").Problem(http.StatusConflict, "role_in_use")
	s.Users.Patch(t, "/users/"+user.ID, admin, "", body{"roles": []string{"user"}}).Is(http.StatusOK)
	s.Users.Delete(t, "/roles/editor", admin, "").Is(http.StatusNoContent)
	s.Users.Delete(t, "/roles/editor", admin, "").Problem(http.StatusNotFound, "not_found")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	add := func(name string, more body) {
		in := body{"username": name, "email": name + "@example.com"}
		for key, value := range more {
			in[key] = value
		}
		s.Users.Post(t, "/users", admin, in).Is(http.StatusCreated)
	}
	add("anna", nil)
	add("annabel", body{"verified": true})
	add("anton", body{"roles": []string{"user", "admin"}})
	add("berta", body{"email": "anne@example.org"})
	add("a_percent", nil)
	var anton apitest.User
	s.Users.Get(t, "/users/anton", admin).JSON(&anton)
	s.Users.Patch(t, "/users/"+anton.ID, admin, "", body{"disabled": true}).Is(http.StatusOK)
	for query, want := range map[string][]string{
		"q=ann":                       {"berta", "annabel", "anna"},
		"q=ANN":                       {"berta", "annabel", "anna"},
		"q=ann&verified=false":        {"berta", "anna"},
		"q=an&role=admin":             {"anton"},
		"q=a_":                        {"a_percent"},
		"q=%25":                       {},
		"q=anna@example.com":          {"anna"},
		"role=admin":                  {"anton", "admin"},
		"role=admin&disabled=false":   {"admin"},
		"role=nothing":                {},
		"disabled=true":               {"anton"},
		"verified=true":               {"annabel", "admin"},
		"verified=true&disabled=true": {},
	} {
		t.Run(query, func(t *testing.T) {
			var got []string
			cursor := ""
			for { // in pages of one, so that each filter's cursor is walked
				var page struct {
					Items      []apitest.User `json:"items"`
					NextCursor *string        `json:"next_cursor"`
				}
				s.Users.Get(t, "/users?limit=1&"+query+cursor, admin).Is(http.StatusOK).JSON(&page)
				for _, user := range page.Items {
					got = append(got, user.Username)
				}
				if page.NextCursor == nil {
					break
				}
				cursor = "&cursor=" + *page.NextCursor
			}
			if !slices.Equal(got, want) && len(got)+len(want) > 0 {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
