package rest

import (
	"net/http"
	"time"
)

// RefreshCookie is the name of the cookie that a refresh token travels in where
// a client chose that. The prefix makes browsers hold it to one host, HTTPS and
// the path / (RFC 6265bis, section 4.1.3.2).
const RefreshCookie = "__Host-refresh"

// SetRefreshCookie gives the Set-Cookie header that hands a refresh token to a
// browser for maxAge, in whole seconds and at least one. No script can read it,
// and no other site makes the browser send it.
func SetRefreshCookie(value string, maxAge time.Duration) string {
	return refreshCookie(value, max(1, int(maxAge/time.Second)))
}

// ClearRefreshCookie gives the Set-Cookie header that takes it back.
func ClearRefreshCookie() string { return refreshCookie("", -1) }

// refreshCookie has all of RefreshCookie's attributes: a browser refuses, or
// fails to clear, one that lacks any of them.
func refreshCookie(value string, seconds int) string {
	return (&http.Cookie{
		Name: RefreshCookie, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}).String()
}
