package rest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth/rest"
)

// cookieOf reads the refresh token from an answer's cookie.
func cookieOf(t *testing.T, r apitest.Response) string {
	t.Helper()
	made, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
	if err != nil {
		t.Fatalf("Set-Cookie: %v in %v", err, r.Header)
	}
	if made.Name != "__Host-refresh" || !made.HttpOnly || !made.Secure || made.SameSite != http.SameSiteStrictMode || made.Path != "/" || made.Domain != "" {
		t.Errorf("S49 the cookie is %s", r.Header.Get("Set-Cookie"))
	}
	return made.Value
}

func withCookie(path, value string, in any) apitest.Request {
	return apitest.Request{Method: http.MethodPost, Path: path, Body: in, Header: http.Header{"Cookie": {"theme=dark; __Host-refresh=" + value}}}
}

func TestS50CookieTransport(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user := s.Register(t)
	in := body{"login": user.Username, "password": apitest.Password, "transport": "cookie"}
	signedIn := s.Auth.Post(t, "/auth/login", "", in).Is(http.StatusOK)
	first := cookieOf(t, signedIn)
	if strings.Contains(string(signedIn.Body), "refresh_token") || strings.Contains(string(signedIn.Body), first) {
		t.Errorf("the token is in the body: %s", signedIn.Body)
	}
	refreshed := s.Auth.Do(t, withCookie("/auth/refresh", first, nil)).Is(http.StatusOK)
	second := cookieOf(t, refreshed)
	if second == first || strings.Contains(string(refreshed.Body), "refresh_token") {
		t.Errorf("refreshed by cookie: %s", refreshed.Body)
	}
	s.Auth.Do(t, withCookie("/auth/refresh", second, body{"refresh_token": second})).Problem(http.StatusBadRequest, "invalid_request")
	s.Auth.Do(t, withCookie("/auth/logout", second, body{"refresh_token": second})).Problem(http.StatusBadRequest, "invalid_request")
	s.Auth.Post(t, "/auth/refresh", "", nil).Problem(http.StatusUnauthorized, "invalid_token")
	s.Auth.Do(t, withCookie("/auth/refresh", "%00;garbled", nil)).Problem(http.StatusUnauthorized, "invalid_token")

	out := s.Auth.Do(t, withCookie("/auth/logout", second, nil)).Is(http.StatusNoContent)
	if gone := out.Header.Get("Set-Cookie"); !strings.Contains(gone, "Max-Age=0") || cookieOf(t, out) != "" {
		t.Errorf("the cookie is not cleared: %s", gone)
	}
	refusal := s.Auth.Do(t, withCookie("/auth/refresh", second, nil))
	refusal.Problem(http.StatusUnauthorized, "invalid_token")
	if refusal.Header.Get("Set-Cookie") != "" { // a late refusal must not take the cookie of a sign-in that came after
		t.Error("a refusal touches the cookie")
	}
}

func TestS23SigningInEndsThePresentedSession(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	user, other := s.Register(t), s.Person(t)
	in := body{"login": user.Username, "password": apitest.Password, "transport": "cookie"}
	first := cookieOf(t, s.Auth.Post(t, "/auth/login", "", in).Is(http.StatusOK))
	wrong := body{"login": user.Username, "password": "not the password", "transport": "cookie"}
	s.Auth.Do(t, withCookie("/auth/login", first, wrong)).Problem(http.StatusUnauthorized, "invalid_credentials")
	first = cookieOf(t, s.Auth.Do(t, withCookie("/auth/refresh", first, nil)).Is(http.StatusOK)) // a failure ends nothing
	second := cookieOf(t, s.Auth.Do(t, withCookie("/auth/login", first, in)).Is(http.StatusOK))
	refused(t, s, first)
	s.Auth.Do(t, withCookie("/auth/refresh", second, nil)).Is(http.StatusOK)

	part := strings.Split(other.RefreshToken, ".")
	forged := strings.Join([]string{part[0], part[1], part[2], strings.Repeat("A", 43)}, ".")
	s.Auth.Do(t, withCookie("/auth/login", forged, in)).Is(http.StatusOK)
	s.Refresh(t, other.RefreshToken)
}

func TestS49TheRefreshCookieIsHostOnly(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		rest.SetRefreshCookie("a.b-c_d", 168*time.Hour):    "__Host-refresh=a.b-c_d; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Strict",
		rest.SetRefreshCookie("x", 90500*time.Millisecond): "__Host-refresh=x; Path=/; Max-Age=90; HttpOnly; Secure; SameSite=Strict",
		rest.SetRefreshCookie("x", time.Millisecond):       "__Host-refresh=x; Path=/; Max-Age=1; HttpOnly; Secure; SameSite=Strict", // never without: that would be until the browser closes
		rest.ClearRefreshCookie():                          "__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for _, value := range []string{"a; Domain=example.com", "a\r\nSet-Cookie: b=c"} { // no token of ours, and no way out either
		cookie, err := http.ParseSetCookie(rest.SetRefreshCookie(value, time.Hour))
		if err != nil || cookie.Name != rest.RefreshCookie || cookie.Domain != "" || !cookie.HttpOnly || !cookie.Secure {
			t.Errorf("%q: %v, %v", value, cookie, err)
		}
	}
}
