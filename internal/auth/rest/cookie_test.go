package rest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/auth/rest"
)

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
