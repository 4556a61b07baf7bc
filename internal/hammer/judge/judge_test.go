package judge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

var (
	admin  = judge.Standing{Valid: true, Person: true, Roles: []string{"admin"}}
	person = judge.Standing{Valid: true, Person: true, Roles: []string{"user"}}
	reader = judge.Standing{Valid: true, Scopes: []string{"users:read"}}
)

const (
	id      = "/users/01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"
	newUser = `{"username":"ada","email":"ada@example.com"}`
)

func newJudge(t *testing.T, text []byte) *judge.Judge {
	t.Helper()
	j, err := judge.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestUsers(t *testing.T) {
	j := newJudge(t, usersapi.SpecJSON)
	for name, c := range map[string]struct {
		method, target, body string
		bearer               judge.Standing
		header               http.Header
		want                 int
	}{
		"fine":                 {"GET", "/users?limit=200&q=a%2B", "", admin, nil, 0},
		"201":                  {"GET", "/users?limit=201", "", admin, nil, 400},
		"0":                    {"GET", "/users?limit=0", "", admin, nil, 400},
		"05":                   {"GET", "/users?limit=05", "", admin, nil, 400},
		"no value":             {"GET", "/users?limit=", "", admin, nil, 400},
		"twice":                {"GET", "/users?limit=5&limit=5", "", admin, nil, 400},
		"unknown":              {"GET", "/users?x=5", "", admin, nil, 400},
		"bad escape":           {"GET", "/users?q=%zz", "", admin, nil, 400},
		"TRUE":                 {"GET", "/users?verified=TRUE", "", admin, nil, 400},
		"date":                 {"GET", "/audit-events?since=2026-01-02T03:04:05.678%2B01:00", "", admin, nil, 0},
		"no date":              {"GET", "/audit-events?since=2026-02-30T03:04:05Z", "", admin, nil, 400},
		"no uuid":              {"GET", "/audit-events?user_id=01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2g", "", admin, nil, 400},
		"a scope":              {"GET", "/users", "", reader, nil, 0},
		"no right":             {"GET", "/users", "", person, nil, 403},
		"no right, and wrong":  {"GET", "/users?x=5", "", person, nil, 403},
		"self":                 {"GET", "/users/ada", "", person, nil, 0},
		"nobody":               {"GET", "/users", "", judge.Standing{}, nil, 401},
		"not auth's":           {"GET", id + "/security", "", judge.Standing{Valid: true, Scopes: []string{"credentials:verify"}}, nil, 403},
		"auth's":               {"GET", id + "/security", "", judge.Standing{Valid: true, Auth: true, Scopes: []string{"credentials:verify"}}, nil, 0},
		"no path":              {"GET", "/users/", "", admin, nil, 404},
		"as it is sent":        {"GET", "/%75sers", "", admin, nil, 404},
		"no method":            {"PUT", "/users", "", admin, nil, 405},
		"a slash in a value":   {"GET", "/users/a%2Fb", "", admin, nil, 400},
		"no request line":      {"GET", "/users/%zz", "", admin, nil, 400},
		"made":                 {"POST", "/users", newUser, admin, nil, 0},
		"no body":              {"POST", "/users", "", admin, nil, 400},
		"a body on GET":        {"GET", "/users", newUser, admin, nil, 400},
		"text":                 {"POST", "/users", newUser, admin, http.Header{"Content-Type": {"text/plain"}}, 415},
		"UTF-8":                {"POST", "/users", newUser, admin, http.Header{"Content-Type": {"Application/JSON; charset=UTF-8"}}, 0},
		"gzip":                 {"POST", "/users", newUser, admin, http.Header{"Content-Encoding": {"gzip"}}, 415},
		"64 KiB":               {"POST", "/users", newUser + strings.Repeat(" ", 64<<10-len(newUser)), admin, nil, 0},
		"64 KiB and one":       {"POST", "/users", newUser + strings.Repeat(" ", 64<<10-len(newUser)+1), admin, nil, 413},
		"a member twice":       {"POST", "/users", `{"username":"ada","username":"ada","email":"a@b"}`, admin, nil, 400},
		"trailing":             {"POST", "/users", newUser + "x", admin, nil, 400},
		"NUL":                  {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"\u0000"}`, admin, nil, 400},
		"a backslash and u":    {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"\\u0000"}`, admin, nil, 0},
		"half a pair":          {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"\ud83d"}`, admin, nil, 400},
		"a pair":               {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"\ud83d\ude00"}`, admin, nil, 0},
		"the other half":       {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"\ude00"}`, admin, nil, 400},
		"exclusive":            {"POST", "/users", `{"username":"ada","email":"ada@example.com","password":"x","password_hash":"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"}`, admin, nil, 400},
		"1.0":                  {"PATCH", id + "/credentials", `{"credential_epoch":1.0,"verified":true}`, judge.Standing{Valid: true, Auth: true, Scopes: []string{"credentials:write"}}, nil, 400},
		"too much for int64":   {"PATCH", id + "/credentials", `{"credential_epoch":9223372036854775808,"verified":true}`, judge.Standing{Valid: true, Auth: true, Scopes: []string{"credentials:write"}}, nil, 400},
		"headers":              {"GET", "/users", "", judge.Standing{}, http.Header{"X": {strings.Repeat("x", 17<<10)}}, 431},
		"from elsewhere":       {"POST", "/users", newUser, admin, http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		"a header twice":       {"PATCH", id, `{"verified":true}`, admin, http.Header{"If-Match": {`"1"`, `"2"`}}, 400},
		"an unquoted If-Match": {"PATCH", id, `{"verified":true}`, admin, http.Header{"If-Match": {"1"}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{"Content-Type": {"application/json"}}
			for name, values := range c.header {
				header[name] = values
			}
			r := judge.Request{Method: c.method, Target: c.target, Header: header, Body: []byte(c.body), Bearer: c.bearer}
			if c.bearer.Valid {
				header["Authorization"] = []string{"Bearer x"}
			}
			if got := j.Request(r); got.Status != c.want {
				t.Errorf("%v, want %d", got, c.want)
			}
		})
	}
}

func TestFormsAndOptionalTokens(t *testing.T) {
	j := newJudge(t, authapi.SpecJSON)
	for name, c := range map[string]struct {
		target, media, body string
		bearer              bool
		standing            judge.Standing
		want                int
	}{
		"a form":              {"/oauth/token", "application/x-www-form-urlencoded", "grant_type=x&other=y&scope=", false, judge.Standing{}, 0},
		"no grant_type":       {"/oauth/token", "application/x-www-form-urlencoded", "grant_type=", false, judge.Standing{}, 400},
		"twice":               {"/oauth/token", "application/x-www-form-urlencoded", "grant_type=x&y=1&y=1", false, judge.Standing{}, 400},
		"a bad escape":        {"/oauth/token", "application/x-www-form-urlencoded", "grant_type=%x", false, judge.Standing{}, 400},
		"JSON":                {"/oauth/token", "application/json", `{"grant_type":"x"}`, false, judge.Standing{}, 415},
		"logout of nobody":    {"/auth/logout", "", "", false, judge.Standing{}, 0},
		"logout, bad token":   {"/auth/logout", "", "", true, judge.Standing{}, 401},
		"logout, expired":     {"/auth/logout", "", "", true, judge.Standing{Expired: true, Person: true}, 0},
		"logout of a service": {"/auth/logout", "", "", true, judge.Standing{Valid: true}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			r := judge.Request{Method: "POST", Target: c.target, Header: http.Header{"Content-Type": {c.media}}, Body: []byte(c.body), Bearer: c.standing}
			if c.bearer {
				r.Header["Authorization"] = []string{"Bearer x"}
			}
			if got := j.Request(r); got.Status != c.want {
				t.Errorf("%v, want %d", got, c.want)
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	j := newJudge(t, usersapi.SpecJSON)
	const user = `{"id":"01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e","username":"ada","email":"a@b","verified":false,"disabled":false,` +
		`"roles":[],"created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z","deleted_at":null,"version":1}`
	for name, c := range map[string]struct {
		operation, media, body string
		status                 int
		want                   bool
	}{
		"fine":                  {"getUser", "application/json", user, 200, true},
		"a null that is none":   {"getUser", "application/json", strings.Replace(user, `"ada"`, "null", 1), 200, false},
		"a member less":         {"getUser", "application/json", strings.Replace(user, `,"version":1`, "", 1), 200, false},
		"no time":               {"getUser", "application/json", strings.Replace(user, "T03:04:05Z", "", 1), 200, false},
		"another status":        {"getUser", "application/json", user, 201, false},
		"another media type":    {"getUser", "text/plain", user, 200, false},
		"no problem":            {"getUser", "application/problem+json", "{}", 404, false},
		"nothing":               {"deleteUser", "", "", 204, true},
		"something for nothing": {"deleteUser", "application/json", "{}", 204, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := j.Answer(c.operation, c.status, http.Header{"Content-Type": {c.media}}, []byte(c.body))
			if (err == nil) != c.want {
				t.Errorf("%v", err)
			}
		})
	}
}
