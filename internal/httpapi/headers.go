package httpapi

import (
	"net/http"
	"strings"
)

// permissions denies every powerful feature that browsers gate (W3C
// Permissions Policy).
const permissions = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), " +
	"geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), " +
	"publickey-credentials-get=(), screen-wake-lock=(), sync-xhr=(), usb=(), xr-spatial-tracking=()"

// securityHeaders puts Helmet's set on every answer; what differs for the key
// set, the document and the docs page is set by them. All answers share the
// values, which nobody writes into: Set puts others in their place, and Add
// finds no room behind them.
func (a *API) securityHeaders(next http.Handler) http.Handler {
	type header struct {
		name  string
		value []string
	}
	set := []header{
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
		{"Referrer-Policy", []string{"no-referrer"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{permissions}},
		{"Cache-Control", []string{"no-store"}},
	}
	if strings.HasPrefix(a.options.PublicURL, "https://") {
		set = append(set, header{"Strict-Transport-Security", []string{"max-age=63072000; includeSubDomains"}})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for i := range set {
			h[set[i].name] = set[i].value
		}
		next.ServeHTTP(w, r)
	})
}

// headerSize refuses headers over 16 KiB. net/http's own limit lies higher, as
// what it refuses gets no problem document.
func headerSize(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size := len(r.Method) + len(r.RequestURI) + len(r.Host)
		for name, values := range r.Header {
			for _, value := range values {
				size += len(name) + len(value) + len(": \r\n")
			}
		}
		if size > maxHeaders {
			Write(w, r, errHeadersTooLarge)
			return
		}
		next.ServeHTTP(w, r)
	})
}
