package rest

import (
	"errors"
	"net/http"
	"time"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
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

// deliver puts the refresh token of a grant where the client wants it: into
// the body, or into the cookie and nowhere else.
func (h *handler) deliver(g auth.Grant, byCookie bool) (body authapi.Grant, cookie *string) {
	body = grantOf(g)
	if !byCookie {
		return body, nil
	}
	body.RefreshToken = nil
	text := SetRefreshCookie(g.RefreshToken, h.cookieAge)
	return body, &text
}

// cleared takes the cookie out of the browser.
func cleared() *string {
	text := ClearRefreshCookie()
	return &text
}

var errTwoTokens = errors.New("the cookie " + RefreshCookie + " holds a token too: send one of the two")

// presentedToken is the refresh token of a request, from the body or the
// cookie; both at once is a mistake that could end the wrong session.
func presentedToken(body *authapi.RefreshTokenBody, cookie *string) (presented string, byCookie bool, err error) {
	switch {
	case body != nil && cookie != nil:
		return "", false, fault.Fields(fault.Field{Pointer: "/refresh_token", Detail: errTwoTokens.Error()})
	case body != nil:
		return body.RefreshToken, false, nil
	case cookie != nil:
		return *cookie, true, nil
	}
	return "", false, nil
}

// wellFormedCookie hides a cookie that can't be a refresh token of ours from
// what follows: nobody could sign in again past a garbled one that the browser
// keeps and no script can remove.
func wellFormedCookie(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, err := r.Cookie(RefreshCookie)
		if err == nil && !auth.LooksLikeRefreshToken(found.Value) || len(r.CookiesNamed(RefreshCookie)) > 1 {
			kept := r.Cookies()
			r.Header.Del("Cookie")
			for _, cookie := range kept {
				if cookie.Name != RefreshCookie {
					r.AddCookie(cookie)
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}
