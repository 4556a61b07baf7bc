package apitest

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/dbtest"
)

// Deployment is the two services as programs of their own, configured as in
// production, on a database of their own.
type Deployment struct {
	// System talks to the first instance of each; what runs services in this
	// process is not there.
	*System
	// UsersAddr and AuthAddr are where the first instances belong.
	UsersAddr, AuthAddr string
	// Env is what both are configured by, but for their addresses.
	Env []string
	// Mailbox is what the auth service has sent, unless SMTP_URL is set.
	Mailbox *Mailbox
}

// Deploy prepares a deployment and starts nothing yet. env comes last, and so
// wins.
func Deploy(t testing.TB, env ...string) *Deployment {
	t.Helper()
	users, auth := dbtest.Both(t)
	return DeployOn(t, users, auth, env...)
}

// DeployOn is Deploy on a database that the test has.
func DeployOn(t testing.TB, users, auth dbtest.DB, env ...string) *Deployment {
	t.Helper()
	d := &Deployment{System: &System{t: t, UsersDB: users, AuthDB: auth}, UsersAddr: FreeAddr(t), AuthAddr: FreeAddr(t)}
	authURL, usersURL := "http://"+d.AuthAddr, "http://"+d.UsersAddr
	d.Auth, d.Users = NewAuthClient(authURL), NewUsersClient(usersURL)
	d.Env = slices.Concat([]string{
		"ENV=production", "SESSION_KEY=" + RandomKey(), "KEY_ENCRYPTION_KEY=" + RandomKey(),
		"ADMIN_USERNAME=" + AdminUsername, "ADMIN_EMAIL=" + AdminEmail, "ADMIN_PASSWORD=" + AdminPassword,
		"USERS_DATABASE_URL=" + d.UsersDB.URL, "AUTH_DATABASE_URL=" + d.AuthDB.URL, "DATABASE_MAX_CONNS=8",
		"PUBLIC_URL=" + authURL, "USERS_URL=" + usersURL, "JWKS_URL=" + authURL + "/.well-known/jwks.json",
		"DATA_DIR=" + t.TempDir(), "RATE_LIMITS=off", "BCRYPT_COST=10", "HASH_QUEUE=3s", "HASH_NICE=off", "LOG_LEVEL=warn",
	}, env)
	d.Mailbox = mailboxOf(t, d.Env)
	return d
}

// Secure has both services speak TLS with the pair that authority writes into
// dir, trust it for each other, and be reached so. Call it before they start.
func (d *Deployment) Secure(t testing.TB, authority *Authority, dir string) {
	t.Helper()
	authority.WritePair(t, dir)
	authURL, usersURL := "https://"+d.AuthAddr, "https://"+d.UsersAddr
	d.Auth, d.Users = NewAuthClient(authURL).Trusting(authority), NewUsersClient(usersURL).Trusting(authority)
	d.Env = append(d.Env, "TLS_CERT_FILE="+filepath.Join(dir, "tls.crt"), "TLS_KEY_FILE="+filepath.Join(dir, "tls.key"), "TLS_CA_FILE="+authority.File,
		"PUBLIC_URL="+authURL, "USERS_URL="+usersURL, "JWKS_URL="+authURL+"/.well-known/jwks.json")
}

// RunUsers starts an instance of the users service. It hides System's.
func (d *Deployment) RunUsers(t testing.TB, addr string) *Process {
	t.Helper()
	return Run(t, Command{Program: "users", Env: append(slices.Clone(d.Env), "USERS_ADDR="+addr, "USERS_OPS_ADDR=127.0.0.1:0")})
}

// RunAuth starts an instance of the auth service. It hides System's.
func (d *Deployment) RunAuth(t testing.TB, addr string) *Process {
	t.Helper()
	return Run(t, Command{Program: "auth", Env: append(slices.Clone(d.Env), "AUTH_ADDR="+addr, "AUTH_OPS_ADDR=127.0.0.1:0")})
}

// NewAuthClient talks to an auth service that runs somewhere.
func NewAuthClient(url string) *Client { return newClient(url, authSpec()) }

// NewUsersClient talks to a users service that runs somewhere.
func NewUsersClient(url string) *Client { return newClient(url, usersSpec()) }

// OfMock is the client for what `latchkey mock` serves at the address.
func (c *Client) OfMock() *Client {
	of := *c.spec
	of.mock = true
	return newClient(c.URL, &of)
}

// Check holds an answer that Try gave against the specification.
func (c *Client) Check(r Request, answer Response) error { return c.spec.check(r, answer) }

// Decode decodes the body of an answer that Try gave.
func (r Response) Decode(into any) error { return json.Unmarshal(r.Body, into) }

// AwaitReady waits for the first 200 of /readyz at addr and gives the time
// since the process was executed.
func (p *Process) AwaitReady(t testing.TB, addr string, within time.Duration) time.Duration {
	t.Helper()
	return p.awaitReady(t, &http.Transport{DisableKeepAlives: true}, "http://"+addr, within)
}

// AwaitReadyTLS is AwaitReady for a service whose certificate authority signed.
func (p *Process) AwaitReadyTLS(t testing.TB, authority *Authority, addr string, within time.Duration) time.Duration {
	t.Helper()
	return p.awaitReady(t, &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: authority.Pool, MinVersion: tls.VersionTLS12},
	}, "https://"+addr, within)
}

func (p *Process) awaitReady(t testing.TB, transport http.RoundTripper, url string, within time.Duration) time.Duration {
	t.Helper()
	client := &http.Client{Transport: transport, Timeout: within}
	for time.Since(p.Began) < within {
		answer, err := client.Get(url + "/readyz")
		took := time.Since(p.Began)
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return took
			}
		}
		select {
		case <-p.done:
			t.Fatalf("%s ended before it was ready\n%s%s", p.name, p.Stdout, p.Stderr)
		case <-time.After(2 * time.Millisecond):
		}
	}
	t.Fatalf("%s was not ready in %s\n%s%s", p.name, within, p.Stdout, p.Stderr)
	return 0
}

// RandomKey gives a value for SESSION_KEY and its like.
func RandomKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails (crypto/rand, Go 1.24)
	return base64.StdEncoding.EncodeToString(key)
}

// given are the addresses that FreeAddr has given in this process.
var given sync.Map

// FreeAddr gives an address that nobody listens on. Its port lies below those
// that systems hand to outgoing connections, so that it is still free when the
// program that was killed on it comes back.
func FreeAddr(t testing.TB) string {
	t.Helper()
	const first, count = 15000, 15000
	for range 100 {
		n, err := rand.Int(rand.Reader, big.NewInt(count))
		if err != nil {
			t.Fatal(err)
		}
		addr := fmt.Sprintf("127.0.0.1:%d", first+n.Int64())
		if _, taken := given.LoadOrStore(addr, true); taken {
			continue
		}
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatal("there is no free port")
	return ""
}
