package apitest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// told is one answer to one request.
type told struct {
	request  Request
	response Response
}

const requestID = "01936a7e-5c1d-7c4b-9f55-0d8f5c3a1b2e"

// user is what getUser answers; more and less make a lie of it.
func user(more Body, less ...string) Body {
	all := Body{
		"id": requestID, "username": "ada", "email": "ada@example.com", "verified": false, "disabled": false, "roles": []string{"user"},
		"created_at": "2026-11-24T09:30:00.123456Z", "updated_at": "2026-11-24T09:30:00.123456Z", "deleted_at": nil, "version": 1,
	}
	maps.Copy(all, more)
	for _, name := range less {
		delete(all, name)
	}
	return all
}

// problem is a 404 of the problem document; more makes a lie of it.
func problem(more Body) Body {
	all := Body{
		"type": "urn:latchkey:problem:not_found", "title": "Not found", "status": 404, "detail": "There is no such resource.",
		"code": "not_found", "request_id": requestID,
	}
	maps.Copy(all, more)
	return all
}

// answer makes one; headers are names and values in turn, and an empty value
// takes one away.
func answer(method, path string, status int, media string, body any, headers ...string) told {
	header := http.Header{"X-Request-Id": {requestID}}
	if media != "" {
		header.Set("Content-Type", media)
	}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			header.Del(headers[i])
		}
	}
	text, isText := body.(string)
	if !isText && body != nil {
		made, err := json.Marshal(body)
		if err != nil {
			panic(err) // a test's own value
		}
		text = string(made)
	}
	return told{Request{Method: method, Path: path}, Response{Status: status, Header: header, Body: []byte(text)}}
}

const (
	media = "application/json"
	etag  = "Etag"
)

func TestTheTruthIsAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]told{
		"an account":        answer("GET", "/users/ada", 200, media, user(nil), etag, `"1"`),
		"with a charset":    answer("GET", "/users/ada", 200, media+"; charset=utf-8", user(nil), etag, `"1"`),
		"to HEAD":           answer("HEAD", "/users/ada", 200, media, nil, etag, `"1"`),
		"nothing":           answer("DELETE", "/users/"+requestID, 204, "", nil),
		"a problem":         answer("GET", "/users/ada", 404, mediaProblem, problem(nil)),
		"of no operation":   answer("GET", "/nothing", 404, mediaProblem, problem(nil)),
		"of HEAD on no GET": answer("HEAD", "/credentials/verify", 405, mediaProblem, nil, "Allow", "POST"),
		"free members":      answer("GET", "/audit-events", 200, media, auditPage(Body{"anything": Body{"at": "all"}})),
		"a new-born user":   answer("POST", "/users", 201, media, user(nil), etag, `"1"`, "Location", "/users/"+requestID),
		"a replayed 409": answer("POST", "/users", 409, mediaProblem, problem(Body{
			"status": 409, "code": "username_taken", "type": "urn:latchkey:problem:username_taken",
		}), "Idempotency-Replayed", "true"),
		"the docs":    answer("GET", "/docs/page.js", 200, "text/javascript", "x"),
		"a preflight": answer("OPTIONS", "/users", 204, "", nil),
	} {
		if err := usersSpec().check(c.request, c.response); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := authSpec().check(told304().request, told304().response); err != nil {
		t.Error(err)
	}
}

func auditPage(before Body) Body {
	return Body{"next_cursor": nil, "items": []Body{{
		"id": requestID, "type": "user.updated", "occurred_at": "2026-11-24T09:30:00Z", "actor": Body{"kind": "person", "id": "x"},
		"user_id": nil, "before": before, "after": Body{}, "address": nil, "user_agent": "", "request_id": "x", "count": 1,
	}}}
}

func told304(headers ...string) told {
	headers = append([]string{etag, `"x"`, "Cache-Control", "public, max-age=60"}, headers...)
	return answer("GET", "/.well-known/jwks.json", 304, "", nil, headers...)
}

// TestEveryLieIsNoticed has one lie for each thing that is checked: without that
// check, the lie passes and this fails.
func TestEveryLieIsNoticed(t *testing.T) {
	t.Parallel()
	get := func(status int, media string, body any, headers ...string) told {
		return answer("GET", "/users/ada", status, media, body, headers...)
	}
	for name, c := range map[string]struct {
		told
		says string
	}{
		"a status":                   {get(202, media, user(nil), etag, `"1"`), "does not declare 202"},
		"a member that is missing":   {get(200, media, user(nil, "version"), etag, `"1"`), `"version" is missing`},
		"a member of another type":   {get(200, media, user(Body{"verified": "no"}), etag, `"1"`), "boolean"},
		"a value out of bounds":      {get(200, media, user(Body{"version": 0}), etag, `"1"`), "at least 1"},
		"a member too many":          {get(200, media, user(Body{"password_hash": "x"}), etag, `"1"`), "password_hash"},
		"one too many further down":  {answer("GET", "/users", 200, media, Body{"items": []Body{user(Body{"x": 1})}, "next_cursor": nil}), `"x"`},
		"one too many in a list":     {answer("GET", "/users", 200, media, Body{"items": []Body{}, "next_cursor": nil, "total": 1}), "total"},
		"one too many in a problem":  {get(404, mediaProblem, problem(Body{"stack": "x"})), "stack"},
		"of no operation, too":       {answer("GET", "/nothing", 404, mediaProblem, problem(Body{"stack": "x"})), "stack"},
		"an id that is none":         {get(200, media, user(Body{"id": strings.Repeat("x", 36)}), etag, `"1"`), "UUID"},
		"a time that is none":        {get(200, media, user(Body{"created_at": "yesterday"}), etag, `"1"`), "date-time"},
		"a time that nobody has set": {get(200, media, user(Body{"created_at": "0001-01-01T00:00:00Z"}), etag, `"1"`), "nobody has set"},
		"a Location that is no path": {answer("POST", "/users", 201, media, user(nil), etag, `"1"`, "Location", "/user/"+requestID), "Location"},
		"no body":                    {get(200, media, "", etag, `"1"`), "not JSON"},
		"two bodies":                 {get(200, media, `{}{}`, etag, `"1"`), "not JSON"},
		"another media type":         {get(200, "text/plain", user(nil), etag, `"1"`), "media type"},
		"no media type":              {get(200, "", user(nil), etag, `"1"`), "media type"},
		"another charset":            {get(200, media+"; charset=latin1", user(nil), etag, `"1"`), "media type"},
		"a problem as JSON":          {get(404, media, problem(nil)), "media type"},
		"of no operation, as JSON":   {answer("GET", "/nothing", 404, media, problem(nil)), "media type"},
		"a header that is missing":   {get(200, media, user(nil)), "ETag"},
		"a header that does not fit": {get(200, media, user(nil), etag, "1"), "ETag"},
		"a header that is not there": {get(200, media, user(nil), etag, `"1"`, "Location", "/"), "Location is not declared"},
		"a replay of a GET":          {get(200, media, user(nil), etag, `"1"`, "Idempotency-Replayed", "true"), "Replayed is not declared"},
		"a cookie":                   {get(200, media, user(nil), etag, `"1"`, "Set-Cookie", "a=b"), "Set-Cookie is not declared"},
		"a server's banner":          {answer("GET", "/nothing", 404, mediaProblem, problem(nil), "Server", "x"), "Server is not declared"},
		"no request id":              {get(200, media, user(nil), etag, `"1"`, "X-Request-Id", ""), "X-Request-Id"},
		"a body with 204":            {answer("DELETE", "/users/"+requestID, 204, "", "x"), "without a body"},
		"a media type with 204":      {answer("DELETE", "/users/"+requestID, 204, media, nil), "without a body"},
		"a code of others":           {get(404, mediaProblem, problem(Body{"code": "username_taken", "type": "urn:latchkey:problem:username_taken"})), "does not list"},
		"a code of none":             {get(404, mediaProblem, problem(Body{"code": "x", "type": "urn:latchkey:problem:x"})), "enum"},
		"a problem's other status":   {get(404, mediaProblem, problem(Body{"status": 400})), "status is 400"},
		"a problem's other type":     {get(404, mediaProblem, problem(Body{"type": "about:blank"})), "about:blank"},
		"a problem's other request":  {get(404, mediaProblem, problem(Body{"request_id": "x"})), "X-Request-Id"},
		"405 without Allow":          {answer("PUT", "/users", 405, mediaProblem, problem(Body{"status": 405, "code": "method_not_allowed", "type": "urn:latchkey:problem:method_not_allowed"})), "Allow"},
		"an undocumented path":       {answer("GET", "/secret", 200, media, Body{}), "does not know"},
		"an undocumented method":     {answer("PUT", "/users", 200, media, Body{}), "does not know"},
		"a refusal of a GET":         {answer("GET", "/nothing", 403, mediaProblem, problem(Body{"status": 403})), "does not know"},
		"HEAD: a status":             {answer("HEAD", "/users/ada", 202, media, nil, etag, `"1"`), "does not declare 202"},
		"HEAD: a header that lacks":  {answer("HEAD", "/users/ada", 200, media, nil), "ETag"},
		"HEAD: another media type":   {answer("HEAD", "/users/ada", 200, "text/plain", nil, etag, `"1"`), "media type"},
		"HEAD: a body":               {answer("HEAD", "/users/ada", 200, media, user(nil), etag, `"1"`), "HEAD"},
	} {
		if err := usersSpec().check(c.request, c.response); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want that it speaks of %s", name, err, c.says)
		}
	}
	for name, c := range map[string]told{
		"304 without ETag":    told304(etag, ""),
		"304 with a body":     {told304().request, Response{Status: 304, Header: told304().response.Header, Body: []byte("x")}},
		"OAuth's other error": answer("POST", "/oauth/token", 400, media, Body{"error": "invalid_grant", "error_description": ""}),
		"OAuth as a problem":  answer("POST", "/oauth/token", 400, mediaProblem, problem(Body{"status": 400})),
	} {
		if err := authSpec().check(c.request, c.response); err == nil {
			t.Errorf("%s: passes", name)
		}
	}
}
