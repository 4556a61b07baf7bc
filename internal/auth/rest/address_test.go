package rest_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// counted starts a system whose limits count, and that lets so many sign-ins of
// one address pass in a minute.
func counted(t *testing.T, signIns int, proxies ...string) *apitest.System {
	t.Helper()
	return apitest.Start(t, func(a *config.Auth, u *config.Users) {
		a.RateLimits, u.RateLimits = true, true
		a.RateLimitOverrides = map[string]config.RateLimit{"LOGIN": {Requests: signIns, Window: time.Minute}}
		u.RateLimitOverrides = map[string]config.RateLimit{"VERIFY_CREDENTIALS": {Requests: 1000, Window: time.Minute}}
		for _, proxy := range proxies {
			a.TrustedProxies = append(a.TrustedProxies, netip.MustParsePrefix(proxy))
		}
	})
}

func attempt(t *testing.T, s *apitest.System, login, password string, header http.Header) apitest.Response {
	t.Helper()
	in := body{"login": login, "password": password}
	return s.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: in, Header: header})
}

// holdThrottles makes an address's wait of a second longer than a slow machine takes.
func holdThrottles(t *testing.T, s *apitest.System) {
	t.Helper()
	super(t, s, "UPDATE users.throttles SET next_at = next_at + interval '1 hour' WHERE failures >= 20")
}

// TestS19ForgedAddresses: whoever says in each request that they come from
// elsewhere is counted where they are, by the limit and by the throttle.
func TestS19ForgedAddresses(t *testing.T) {
	t.Parallel()
	s := counted(t, 25)
	names := []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Forwarded", "Cf-Connecting-Ip", "Latchkey-Client-Address"}
	forged := func(i int) http.Header {
		name, address := names[i%len(names)], fmt.Sprintf("198.51.100.%d", i)
		if name == "Forwarded" {
			address = "for=" + address
		}
		return http.Header{name: {address}}
	}
	for i := range 20 { // failures that cost an address no wait
		attempt(t, s, fmt.Sprintf("nobody-%d", i), "a guess", forged(i)).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	holdThrottles(t, s)
	for i := range 5 { // by the throttle, whoever it is, with the right password too
		attempt(t, s, apitest.AdminUsername, apitest.AdminPassword, forged(20+i)).Problem(http.StatusTooManyRequests, "throttled")
	}
	for i := range names { // by the limit
		attempt(t, s, apitest.AdminUsername, apitest.AdminPassword, forged(25+i)).Problem(http.StatusTooManyRequests, "rate_limited")
	}
}

// TestS20AddressesOfOneNetwork: who has an IPv6 /64 has one address, for the limit
// and for the throttle; the next /64 is somebody else's.
func TestS20AddressesOfOneNetwork(t *testing.T) {
	t.Parallel()
	s := counted(t, 25, "127.0.0.0/8", "::1/128") // the proxy says who it is
	by := func(format string, i int) http.Header {
		return http.Header{"X-Forwarded-For": {fmt.Sprintf(format, i)}}
	}
	const one, next = "2001:db8:1:2:%x:0:beef:1", "2001:db8:1:3::%x"
	for i := range 20 {
		attempt(t, s, fmt.Sprintf("nobody-%d", i), "a guess", by(one, 7*i)).Problem(http.StatusUnauthorized, "invalid_credentials")
	}
	holdThrottles(t, s)
	for i := range 5 {
		attempt(t, s, apitest.AdminUsername, apitest.AdminPassword, by(one, 0x1000+i)).Problem(http.StatusTooManyRequests, "throttled")
	}
	attempt(t, s, apitest.AdminUsername, apitest.AdminPassword, by(one, 0xffff)).Problem(http.StatusTooManyRequests, "rate_limited")
	attempt(t, s, apitest.AdminUsername, apitest.AdminPassword, by(next, 1)).Is(http.StatusOK)
}
