package config_test

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/config"
)

// FuzzRateLimit: a limit is within what the headers can tell, and reads as it is
// written.
func FuzzRateLimit(f *testing.F) {
	for _, text := range []string{"10/1m", "1/24h", "0/1m", "10/1m/2", "10", "/", "-1/1m", "+5/1m", "10/1.5s", "2147483647/1s", "2147483648/1s", "1/24h0m1s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var limit, again config.RateLimit
		if err := limit.UnmarshalText([]byte(text)); err != nil {
			if limit != again {
				t.Fatalf("%q is refused and is %+v", text, limit)
			}
			return
		}
		if limit.Requests < 1 || limit.Window < time.Second || limit.Window > 24*time.Hour || limit.Window%time.Second != 0 {
			t.Fatalf("%q is %+v", text, limit)
		}
		if err := again.UnmarshalText([]byte(strconv.Itoa(limit.Requests) + "/" + limit.Window.String())); err != nil || again != limit {
			t.Fatalf("%q is %+v, then %+v: %v", text, limit, again, err)
		}
	})
}

// FuzzNetworks: each is a network in its one form, with an address of its family
// in it.
func FuzzNetworks(f *testing.F) {
	for _, text := range []string{"10.0.0.0/8, fd00::/8", "10.1.2.3/8", "::ffff:10.0.0.0/104", "::ffff:0.0.0.0/90", "1.2.3.4", "fe80::1%eth0", "fe80::1%eth0/64", ",", "0.0.0.0/0", "1.2.3.4/33"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var networks config.Networks
		if networks.UnmarshalText([]byte(text)) != nil {
			return
		}
		for _, n := range networks {
			if !n.IsValid() || n.Masked() != n || !n.Contains(n.Addr()) || n.Addr().Is4In6() && n.Bits() >= 96 {
				t.Fatalf("%q is %v", text, networks)
			}
		}
	})
}

// FuzzOrigins: each is spelled as the URL package would spell it, with nothing but
// a scheme and a host.
func FuzzOrigins(f *testing.F) {
	for _, text := range []string{"https://app.example", "http://[::1]:3000 , https://a.b", "https://a.b/", "https://A.b", "https://a.b:443", "https://u@a.b", "*", "null", "https://a.b#", "https://1.2.3.04", "https://[::1%25a]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var origins config.Origins
		if origins.UnmarshalText([]byte(text)) != nil {
			return
		}
		for i, origin := range origins {
			u, err := url.Parse(origin)
			if err != nil || (u.Scheme != "http" && u.Scheme != "https") || origin != u.Scheme+"://"+u.Host || strings.ToLower(origin) != origin || slices.Contains(origins[:i], origin) {
				t.Fatalf("%q lists %q", text, origins)
			}
		}
	})
}

// FuzzKey: a key has its size, and nothing shows it.
func FuzzKey(f *testing.F) {
	good := base64.StdEncoding.EncodeToString(make([]byte, config.KeySize))
	for _, text := range []string{good, " " + good + "\n", good[:43], good[:20] + "\n" + good[20:], "", "=", "\xff", strings.Repeat("-", 44)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var key config.Key
		err := key.UnmarshalText([]byte(text))
		switch {
		case err != nil && (key != nil || len(text) > 8 && strings.Contains(err.Error(), text)):
			t.Fatalf("%q: %v", text, err)
		case err == nil && text != "" && len(key) != config.KeySize:
			t.Fatalf("%q is a key of %d bytes", text, len(key))
		}
	})
}
