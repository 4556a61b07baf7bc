package rest

import (
	"errors"
	"net/http"
	"time"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
)

// refreshCookie is the browser's refresh token. The prefix makes browsers take
// it over TLS (or from this machine) only, for this host and all its paths
// (RFC 6265bis, section 4.1.3.2).
const refreshCookie = "__Host-refresh"

// deliver puts the refresh token of a grant where the client wants it: into
// the body, or into the cookie and nowhere else.
func (h *handler) deliver(g auth.Grant, byCookie bool) (body authapi.Grant, cookie *string) {
	body = grantOf(g)
	if !byCookie {
		return body, nil
	}
	body.RefreshToken = nil
	text := cookieText(g.RefreshToken, int(h.cookieAge/time.Second))
	return body, &text
}

// cleared takes the cookie out of the browser.
func cleared() *string {
	text := cookieText("", -1)
	return &text
}

func cookieText(value string, maxAge int) string {
	cookie := http.Cookie{
		Name: refreshCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	}
	return cookie.String()
}

var errTwoTokens = errors.New("the cookie " + refreshCookie + " holds a token too: send one of the two")

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
		found, err := r.Cookie(refreshCookie)
		if err == nil && !auth.LooksLikeRefreshToken(found.Value) || len(r.CookiesNamed(refreshCookie)) > 1 {
			kept := r.Cookies()
			r.Header.Del("Cookie")
			for _, cookie := range kept {
				if cookie.Name != refreshCookie {
					r.AddCookie(cookie)
				}
			}
		}
		next.ServeHTTP(w, r)
	})
}
