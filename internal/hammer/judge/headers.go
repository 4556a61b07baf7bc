package judge

import (
	"net/http"
	"net/url"
	"strings"
)

// Sizes that the documents promise, and net/http's own, in bytes.
const (
	maxBody    = 64 << 10
	maxHeaders = 16 << 10
	maxRead    = 4*maxHeaders + 4096
)

// notHTTP finds what net/http refuses by itself: a request line or a header
// that cannot be read. No document can promise anything about those.
func notHTTP(r Request) *refusal {
	path, _, _ := strings.Cut(r.Target, "?")
	if _, err := url.PathUnescape(path); err != nil || strings.ContainsFunc(r.Target, control) || strings.Contains(r.Target, " ") {
		return refuse(http.StatusBadRequest, "the request line is none")
	}
	for _, values := range r.Header {
		for _, value := range values {
			if strings.ContainsFunc(value, func(c rune) bool { return c != '\t' && control(c) }) {
				return refuse(http.StatusBadRequest, "a header holds a control character")
			}
		}
	}
	if sizeOf(r) > maxRead {
		return refuse(http.StatusRequestHeaderFieldsTooLarge, "the headers are over what is read")
	}
	return nil
}

func control(c rune) bool { return c < ' ' || c == 0x7f }

// headers judges what is looked at for every request.
func headers(r Request) *refusal {
	if sizeOf(r) > maxHeaders {
		return refuse(http.StatusRequestHeaderFieldsTooLarge, "the headers are over 16 KiB")
	}
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	foreign := site != "" && site != "same-origin" && site != "none" || site == "" && origin != ""
	if foreign && r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions {
		return refuse(http.StatusForbidden, "a browser sends it from another origin")
	}
	return nil
}

// sizeOf is about how much a request's head takes: what the client adds by
// itself (Host, User-Agent) makes a hundred bytes of difference. No request of
// the hammer is that near to a limit.
func sizeOf(r Request) int {
	size := len(r.Method) + len(r.Target)
	for name, values := range r.Header {
		for _, value := range values {
			size += len(name) + len(value) + len(": \r\n")
		}
	}
	return size
}
