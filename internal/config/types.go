package config

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const redacted = "[redacted]"

// Secret is text that no log, error or dump shows.
type Secret string

// String gives "[redacted]"; use Reveal for the text.
func (s Secret) String() string { return redacted }

// GoString gives "[redacted]" to %#v.
func (s Secret) GoString() string { return redacted }

// LogValue gives "[redacted]" to slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives "[redacted]" to encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text as it is.
func (s *Secret) UnmarshalText(text []byte) error { *s = Secret(text); return nil }

// Reveal gives the text itself.
func (s Secret) Reveal() string { return string(s) }

// Key is a 32-byte key, written in base64, that no log shows.
type Key []byte

// KeySize is the size of every key, in bytes.
const KeySize = 32

// String gives "[redacted]".
func (k Key) String() string { return redacted }

// GoString gives "[redacted]" to %#v.
func (k Key) GoString() string { return redacted }

// LogValue gives "[redacted]" to slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives "[redacted]" to encoders.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText decodes standard base64 (RFC 4648, section 4); its errors hold
// nothing of the text.
func (k *Key) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*k = nil
		return nil
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(decoded) != KeySize {
		return errors.New("must be 32 bytes in base64 (`openssl rand -base64 32` makes one)")
	}
	*k = decoded
	return nil
}

// placeholder reports whether the key is one that nobody drew at random: few
// different bytes, text (32 random bytes are all printable once in 10^13), or
// bytes that are counted up.
func (k Key) placeholder() bool {
	seen, steps := map[byte]bool{}, map[byte]bool{}
	text := true
	for i, b := range k {
		seen[b] = true
		steps[b-k[max(0, i-1)]] = true
		text = text && b >= 0x20 && b < 0x7F
	}
	return text || len(seen) < 8 || len(steps) <= 2
}

// Switch is on or off.
type Switch bool

// UnmarshalText reads on or off (and what strconv.ParseBool reads).
func (s *Switch) UnmarshalText(text []byte) error {
	switch v := strings.ToLower(string(text)); v {
	case "on":
		*s = true
	case "off":
		*s = false
	default:
		b, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("must be on or off")
		}
		*s = Switch(b)
	}
	return nil
}

// Networks are address prefixes, written with commas between them; a bare
// address is a network of one.
type Networks []netip.Prefix

var errNetworks = errors.New("must be networks with commas between them (such as 10.0.0.0/8, fd00::/8)")

// UnmarshalText reads them. An IPv4 network in IPv6 form becomes what it means.
func (n *Networks) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		part = strings.TrimSpace(part)
		if address, err := netip.ParseAddr(part); err == nil {
			*n = append(*n, netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return errNetworks
		}
		if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}

// RateLimit is a RATE_LIMIT_<OPERATION_ID> value: requests/window. Both end
// where the headers do that tell of them (RateLimit-Limit, Retry-After in
// api/shared.yaml).
type RateLimit struct {
	Requests int
	Window   time.Duration
}

var errRateLimit = errors.New("must be requests/window, such as 10/1m, of at most 24h")

const longestWindow = 24 * time.Hour

// UnmarshalText reads "10/1m".
func (r *RateLimit) UnmarshalText(text []byte) (err error) {
	*r, err = parseRateLimit(string(text))
	return err
}

// parseRateLimit reads "10/1m".
func parseRateLimit(text string) (RateLimit, error) {
	count, window, ok := strings.Cut(text, "/")
	requests, errCount := strconv.ParseInt(count, 10, 32)
	length, errWindow := time.ParseDuration(window)
	if !ok || errCount != nil || errWindow != nil || requests < 1 || length < time.Second || length > longestWindow || length%time.Second != 0 {
		return RateLimit{}, errRateLimit
	}
	return RateLimit{Requests: int(requests), Window: length}, nil
}
