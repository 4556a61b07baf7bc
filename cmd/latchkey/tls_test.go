package main_test

import (
	"crypto/tls"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// rotationLimit is over what internal/certificate takes to look at the files,
// on a machine that is full of tests.
const rotationLimit = 20 * time.Second

// secured is a deployment whose services speak TLS on both listeners.
type secured struct {
	*apitest.Deployment
	authority *apitest.Authority
	dir       string // of the pair
	ops       string // the auth service's second listener
	auth      *apitest.Process
}

func deploySecured(t *testing.T) *secured {
	t.Helper()
	d := &secured{Deployment: apitest.Deploy(t), authority: apitest.NewAuthority(t), dir: t.TempDir(), ops: apitest.FreeAddr(t)}
	d.Secure(t, d.authority, d.dir)
	d.RunUsers(t, d.UsersAddr).AwaitReadyTLS(t, d.authority, d.UsersAddr, refusalLimit)
	d.auth = apitest.Run(t, apitest.Command{Program: "auth", Env: append(slices.Clone(d.Env), "AUTH_ADDR="+d.AuthAddr, "AUTH_OPS_ADDR="+d.ops)})
	d.auth.AwaitReadyTLS(t, d.authority, d.ops, refusalLimit)
	return d
}

// story goes through both services and back: auth calls users, users fetches
// the key set.
func (d *secured) story(t *testing.T) {
	t.Helper()
	person := d.Register(t)
	grant := d.Login(t, person.Username, apitest.Password)
	d.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": grant.RefreshToken}).Is(http.StatusOK)
	d.Auth.Get(t, "/auth/me", grant.AccessToken).Is(http.StatusOK)
	d.Users.Get(t, "/users/"+person.Username, d.Admin(t)).Is(http.StatusOK)
}

// serial is the number of the certificate that an address shows.
func (d *secured) serial(t *testing.T, addr string) int64 {
	t.Helper()
	conn, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: d.authority.Pool, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	d := deploySecured(t)
	d.story(t)
	d.refusePlain(t)
	d.speakHTTP2(t)
	d.rotate(t)
	d.story(t)

	// Who trusts the system's authorities alone does not talk to the other service.
	stranger := apitest.FreeAddr(t)
	d.Env = append(d.Env, "TLS_CA_FILE=")
	d.RunAuth(t, stranger).AwaitReadyTLS(t, d.authority, stranger, refusalLimit)
	apitest.NewAuthClient("https://"+stranger).Trusting(d.authority).
		Post(t, "/auth/login", "", apitest.Body{"login": apitest.AdminUsername, "password": apitest.AdminPassword}).Is(http.StatusServiceUnavailable)

	// The clients above keep idle HTTP/2 connections: they may not hold it up.
	if code, took := d.auth.Stop(t, syscall.SIGTERM, drainLimit+5*time.Second); code != 0 || took > 10*time.Second {
		t.Errorf("exit code %d after %s\n%s", code, took, d.auth.Stderr)
	}
}

// refusePlain tries HTTP without TLS, and TLS 1.1.
func (d *secured) refusePlain(t *testing.T) {
	t.Helper()
	for _, addr := range []string{d.AuthAddr, d.UsersAddr, d.ops} {
		answer, err := http.Get("http://" + addr + "/livez")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s answers plain HTTP with %d", addr, answer.StatusCode)
		}
		old := &tls.Config{RootCAs: d.authority.Pool, MinVersion: tls.VersionTLS11, MaxVersion: tls.VersionTLS11} // it is to be refused
		if conn, err := tls.Dial("tcp", addr, old); err == nil {
			_ = conn.Close()
			t.Errorf("%s speaks TLS 1.1", addr)
		}
	}
}

// speakHTTP2 holds the limits on size against HTTP/2, which net/http counts by
// rules of its own.
func (d *secured) speakHTTP2(t *testing.T) {
	t.Helper()
	conn, err := tls.Dial("tcp", d.AuthAddr, &tls.Config{RootCAs: d.authority.Pool, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if spoken := conn.ConnectionState().NegotiatedProtocol; spoken != "h2" {
		t.Fatalf("it speaks %q", spoken)
	}
	large := http.Header{"X-Large": {strings.Repeat("a", 17<<10)}}
	d.Auth.Do(t, apitest.Request{Method: http.MethodGet, Path: "/livez", Header: large}).Problem(http.StatusRequestHeaderFieldsTooLarge, "headers_too_large")
	d.Auth.Do(t, apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: strings.Repeat(" ", 2<<20)}).
		Problem(http.StatusRequestEntityTooLarge, "body_too_large")
	d.Auth.Get(t, "/livez", "").Is(http.StatusOK)
}

// rotate replaces the pair by one that can't be used, and then by a good one.
func (d *secured) rotate(t *testing.T) {
	t.Helper()
	before := d.serial(t, d.AuthAddr)
	if err := os.WriteFile(filepath.Join(d.dir, "tls.crt"), []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.await(t, "the log tells of the broken pair", func() bool {
		if now := d.serial(t, d.AuthAddr); now != before {
			t.Fatalf("it shows %d, want %d", now, before)
		}
		return strings.Contains(d.auth.Stderr.String(), "can't be used")
	})
	next := d.authority.WritePair(t, d.dir)
	for _, addr := range []string{d.AuthAddr, d.UsersAddr, d.ops} {
		d.await(t, addr+" shows the new certificate", func() bool { return d.serial(t, addr) == next })
	}
	if told := strings.Count(d.auth.Stderr.String(), "can't be used"); told != 1 {
		t.Errorf("the log tells it %d times\n%s", told, d.auth.Stderr)
	}
}

func (d *secured) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for began := time.Now(); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > rotationLimit {
			t.Fatalf("never: %s", what)
		}
	}
}

// A service that was to speak TLS does not start without.
func TestTLSRefused(t *testing.T) {
	t.Parallel()
	authority, dir, other := apitest.NewAuthority(t), t.TempDir(), t.TempDir()
	authority.WritePair(t, dir)
	authority.WritePair(t, other)
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	absent := filepath.Join(dir, "absent.pem")
	for name, c := range map[string]struct {
		env   []string
		words []string
	}{
		"no certificate":  {[]string{"TLS_CERT_FILE=" + absent, "TLS_KEY_FILE=" + key}, []string{"TLS_CERT_FILE", absent}},
		"no key":          {[]string{"TLS_CERT_FILE=" + cert, "TLS_KEY_FILE=" + absent}, []string{"TLS_KEY_FILE", absent}},
		"another's key":   {[]string{"TLS_CERT_FILE=" + cert, "TLS_KEY_FILE=" + filepath.Join(other, "tls.key")}, []string{"private key does not match"}},
		"no authority":    {[]string{"TLS_CA_FILE=" + absent}, []string{"TLS_CA_FILE", absent}},
		"empty authority": {[]string{"TLS_CA_FILE=" + key}, []string{"TLS_CA_FILE", key}},
	} {
		for _, service := range []string{"users", "auth"} {
			t.Run(service+", "+name, func(t *testing.T) {
				t.Parallel()
				upper := strings.ToUpper(service)
				p := apitest.Run(t, apitest.Command{Program: service, Env: append([]string{
					"SESSION_KEY=" + apitest.RandomKey(), "KEY_ENCRYPTION_KEY=" + apitest.RandomKey(),
					"DATABASE_URL=postgres://nobody@127.0.0.1:1/none", upper + "_ADDR=127.0.0.1:0", upper + "_OPS_ADDR=127.0.0.1:0",
				}, c.env...)})
				wantWords(t, oneLine(t, p, refusalLimit), append(c.words, service+":")...)
			})
		}
	}
}

// `latchkey up` trusts its own certificate where no authority is named; and
// `latchkey health` asks over TLS and without.
func TestUpTLS(t *testing.T) {
	t.Parallel()
	authority, dir, pair := apitest.NewAuthority(t), dataDir(t, nil), t.TempDir()
	authority.WritePair(t, pair)
	ops := apitest.FreeAddr(t)
	p := apitest.Run(t, upCommand(dir, nil, "TLS_CERT_FILE="+filepath.Join(pair, "tls.crt"), "TLS_KEY_FILE="+filepath.Join(pair, "tls.key"), "AUTH_OPS_ADDR="+ops))
	found := readyLine.FindStringSubmatch(p.AwaitLine(t, "latchkey is ready: ", upTimeout))
	if found == nil || !strings.HasPrefix(found[1], "https://") || !strings.HasPrefix(found[2], "https://") {
		t.Fatalf("the last line tells of %q", found)
	}
	u := up{Process: p, auth: found[1], users: found[2]}
	auth, users := apitest.NewAuthClient(u.auth).Trusting(authority), apitest.NewUsersClient(u.users).Trusting(authority)
	var grant apitest.Grant
	auth.Post(t, "/auth/login", "", apitest.Body{"login": "admin", "password": u.password(t)}).Is(http.StatusOK).JSON(&grant)
	users.Get(t, "/users/admin", grant.AccessToken).Is(http.StatusOK)

	for url, want := range map[string]int{
		"https://" + ops + "/readyz":                0,
		"https://" + ops + "/nothing":               1,
		"http://" + ops + "/readyz":                 1, // plain HTTP to a TLS listener
		"http://" + apitest.FreeAddr(t) + "/readyz": 1,
		"ftp://" + ops:                              1,
		"https://user:password@" + ops + "/readyz":  1,
	} {
		if got := apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"health", url}}).Wait(t, refusalLimit); got != want {
			t.Errorf("latchkey health %s: exit code %d, want %d", url, got, want)
		}
	}
	u.stop(t, dir, syscall.SIGTERM)
}
