package config

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Origins are web origins, written with commas between them, each exactly as a
// browser writes it in the header Origin (RFC 6454, section 6.2).
type Origins []string

var errOrigins = errors.New("must be origins with commas between them, in lower case and without path or default port (such as https://app.example.com)")

// UnmarshalText reads them; one that is listed twice is kept once.
func (o *Origins) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if !isOrigin(part) {
			return errOrigins
		}
		if !slices.Contains(*o, part) {
			*o = append(*o, part)
		}
	}
	return nil
}

// isOrigin reports whether a browser could send text as an origin: what it
// spells otherwise would be listed and never match.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || text != u.Scheme+"://"+u.Host { // no user, path, query or fragment, not even an empty one
		return false
	}
	defaults := map[string]string{"http": "80", "https": "443"}
	standard, known := defaults[u.Scheme]
	if !known || !isHost(u.Hostname(), strings.HasPrefix(u.Host, "[")) {
		return false
	}
	port := u.Port()
	if port == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0 && port == strconv.FormatUint(number, 10) && port != standard
}

// isHost reports whether host is a name of ASCII labels in lower case or an
// address in its shortest form (RFC 5952).
func isHost(host string, inBrackets bool) bool {
	if address, err := netip.ParseAddr(host); err == nil || inBrackets {
		return err == nil && inBrackets == address.Is6() && address.Zone() == "" && address.String() == host
	}
	for label := range strings.SplitSeq(host, ".") {
		other := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' }
		if label == "" || strings.ContainsFunc(label, other) {
			return false
		}
	}
	return true
}
