package rest_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// key is a signing key in an answer.
type key struct {
	KID           string     `json:"kid"`
	Algorithm     string     `json:"algorithm"`
	Bits          *int       `json:"bits"`
	State         string     `json:"state"`
	VerifiesUntil *time.Time `json:"verifies_until"`
	TokensOut     int        `json:"tokens_out"`
}

type keyMove struct {
	Activated, Retiring, Pending *key
	Revoked                      *key
	TokensOut                    int `json:"tokens_out"`
	Changed, Unseen              bool
}

func listKeys(t *testing.T, s *apitest.System, admin, query string) (keys []key) {
	t.Helper()
	var list struct{ Items []key }
	s.Auth.Get(t, "/admin/keys"+query, admin).Is(http.StatusOK).JSON(&list)
	return list.Items
}

func withState(keys []key, state string) key {
	i := slices.IndexFunc(keys, func(k key) bool { return k.State == state })
	if i < 0 {
		return key{}
	}
	return keys[i]
}

// A rotation and a revocation, as an administrator sees them, and a client.
func TestS82S83AdminKeys(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin, person := s.Login(t, apitest.AdminUsername, apitest.AdminPassword), s.Person(t)
	keys := listKeys(t, s, admin.AccessToken, "")
	first, next := withState(keys, "active"), withState(keys, "pending")
	if len(keys) != 2 || first.Algorithm != "RS256" || *first.Bits != 2048 || next.Algorithm != "ES256" || next.Bits != nil {
		t.Fatalf("%+v", keys)
	}
	young(t, s)
	refusal := s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, nil)
	refusal.Problem(http.StatusConflict, "key_too_young")
	if wait := refusal.Header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("Retry-After is %q", wait)
	}
	s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"kid": first.KID}).Is(http.StatusOK)
	s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"kid": strings.Repeat("x", 43)}).Problem(http.StatusNotFound, "not_found")
	var move keyMove
	s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"force": true, "dry_run": true}).Is(http.StatusOK).JSON(&move)
	if move.Changed || move.Activated.KID != next.KID {
		t.Errorf("a dry run: %+v", move)
	}
	s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"force": true}).Is(http.StatusOK).JSON(&move)
	if !move.Changed || move.Activated.KID != next.KID || move.Retiring.KID != first.KID || move.Pending == nil ||
		time.Until(*move.Retiring.VerifiesUntil) < 10*time.Minute {
		t.Errorf("%+v", move)
	}
	s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"kid": first.KID, "force": true}).Problem(http.StatusConflict, "key_not_pending")

	// The old token works, in both services, and so does what the new key signs.
	fresh := s.Refresh(t, person.RefreshToken)
	if header(t, fresh.AccessToken)["alg"] != "ES256" || header(t, fresh.AccessToken)["kid"] != next.KID {
		t.Errorf("the new token's header is %v", header(t, fresh.AccessToken))
	}
	for _, bearer := range []string{person.AccessToken, fresh.AccessToken} {
		s.Auth.Get(t, "/auth/me", bearer).Is(http.StatusOK)
		s.Users.Get(t, "/users/"+person.User.ID, bearer).Is(http.StatusOK)
	}

	s.Auth.Post(t, "/admin/keys/"+first.KID+"/revoke", admin.AccessToken, nil).Is(http.StatusOK).JSON(&move)
	if move.Revoked.State != "revoked" || move.TokensOut < 2 || move.Activated != nil || !move.Changed {
		t.Errorf("%+v", move)
	}
	s.Auth.Get(t, "/auth/me", person.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	admin = s.Refresh(t, admin.RefreshToken)
	s.Auth.Post(t, "/admin/keys/"+next.KID+"/revoke", admin.AccessToken, body{"active": false}).Problem(http.StatusConflict, "key_active")
	var made key
	s.Auth.Post(t, "/admin/keys", admin.AccessToken, body{"algorithm": "EdDSA"}).Is(http.StatusCreated).JSON(&made)
	s.Auth.Post(t, "/admin/keys", admin.AccessToken, body{"algorithm": "EdDSA", "bits": 2048}).Problem(http.StatusBadRequest, "invalid_request")
	s.Auth.Post(t, "/admin/keys/"+next.KID+"/revoke", admin.AccessToken, body{"active": true}).Is(http.StatusOK).JSON(&move)
	if move.Activated == nil || move.TokensOut < 2 {
		t.Errorf("%+v", move)
	}
	s.Auth.Get(t, "/auth/me", admin.AccessToken).Problem(http.StatusUnauthorized, "unauthorized")
	admin = s.Refresh(t, admin.RefreshToken) // at once, under the key in its place, which users knows
	if kid := header(t, admin.AccessToken)["kid"]; kid != move.Activated.KID {
		t.Errorf("signed with %s, not %s", kid, move.Activated.KID)
	}
	s.Auth.Post(t, "/admin/keys/"+next.KID+"/revoke", admin.AccessToken, nil).Is(http.StatusOK).JSON(&move)
	if move.Changed {
		t.Error("revoked twice")
	}
	if got := listKeys(t, s, admin.AccessToken, "?all=true"); len(got) != 4 || withState(got, "revoked").KID == "" {
		t.Errorf("%+v", got)
	}
	audited := map[string]int{"key.rotated": 1, "key.revoked": 2, "key.created": 2}
	for kind, want := range audited {
		var page struct {
			Items []struct{ Actor struct{ Kind string } }
		}
		s.Auth.Get(t, "/admin/audit-events?type="+kind, admin.AccessToken).Is(http.StatusOK).JSON(&page)
		if len(page.Items) < want || page.Items[0].Actor.Kind != "person" {
			t.Errorf("%s: %+v, want %d", kind, page.Items, want)
		}
	}
}

// Keys pile up to a bound: those that wait, and those that are published.
func TestTooManyKeys(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t, func(a *config.Auth, _ *config.Users) { a.KeyAlg = "ES256" }) // quickly made
	admin := s.Admin(t)
	s.Auth.Post(t, "/admin/keys/"+strings.Repeat("x", 43)+"/revoke", admin, nil).Problem(http.StatusNotFound, "not_found")
	until := func(path string, most int, in any) {
		t.Helper()
		for range most {
			if answer := s.Auth.Post(t, path, admin, in); answer.Status == http.StatusConflict {
				answer.Problem(http.StatusConflict, "too_many_keys")
				return
			}
		}
		t.Errorf("%s works %d times", path, most)
	}
	until("/admin/keys", 10, nil)
	until("/admin/keys/rotate", 50, body{"force": true})
}

// The pending keys go away while the active one is being revoked, which relied
// on them: there is none to take its place, and a second try makes one.
func TestARevocationWithoutASuccessor(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	active := withState(listKeys(t, s, admin, ""), "active")
	s.Auth.Post(t, "/admin/keys", admin, body{"algorithm": "EdDSA"}).Is(http.StatusCreated)
	revoke := func() apitest.Response {
		return s.Auth.Post(t, "/admin/keys/"+active.KID+"/revoke", admin, body{"active": true})
	}
	db, err := pgx.Connect(t.Context(), s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "SELECT pg_advisory_xact_lock(hashtextextended('latchkey key ring', 0))"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan apitest.Response)
	go func() { answered <- revoke() }()
	for waiting := 0; waiting == 0; { // it has seen the pending keys, and waits for the ring
		err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
			WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), "DELETE FROM auth.signing_keys WHERE state = 'pending'"); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	(<-answered).Problem(http.StatusServiceUnavailable, "overloaded")
	revoke().Is(http.StatusOK)
}

// young makes every key one that nobody has seen.
func young(t *testing.T, s *apitest.System) {
	t.Helper()
	if _, err := s.AuthDB.Pool.Exec(context.Background(), "UPDATE auth.signing_keys SET created_at = now()"); err != nil {
		t.Fatal(err)
	}
}

// header is a token's, unverified.
func header(t *testing.T, raw string) (h map[string]string) {
	t.Helper()
	head, _, _ := strings.Cut(raw, ".")
	if err := json.Unmarshal(segmentText(t, head), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// Whatever KEY_ALG says, the two services and a stranger's verifier agree.
func TestKeyAlgorithms(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Login(t, apitest.AdminUsername, apitest.AdminPassword)
	for _, kind := range []body{{"algorithm": "RS256", "bits": 3072}, {"algorithm": "ES256"}, {"algorithm": "EdDSA"}} {
		var made key
		s.Auth.Post(t, "/admin/keys", admin.AccessToken, kind).Is(http.StatusCreated).JSON(&made)
		s.Auth.Post(t, "/admin/keys/rotate", admin.AccessToken, body{"kid": made.KID, "force": true}).Is(http.StatusOK)
		s.StopUsers() // it has not seen the key yet, which was forced, and would ask for it once in 30 s
		s.RunUsers(apitest.Rebind(t, s.Users.URL))
		s.AwaitUsers(t)
		admin = s.Refresh(t, admin.RefreshToken)
		if h := header(t, admin.AccessToken); h["alg"] != kind["algorithm"] || h["kid"] != made.KID {
			t.Errorf("%v: the header is %v", kind, h)
		}
		s.Auth.Get(t, "/auth/me", admin.AccessToken).Is(http.StatusOK)
		var set struct{ Keys []map[string]string }
		s.Auth.Get(t, "/.well-known/jwks.json", "").Is(http.StatusOK).JSON(&set)
		members := map[any]string{"RS256": "alg e kid kty n use", "ES256": "alg crv kid kty use x y", "EdDSA": "alg crv kid kty use x"}
		if got := strings.Join(slices.Sorted(maps.Keys(set.Keys[0])), " "); got != members[kind["algorithm"]] || set.Keys[0]["kid"] != made.KID {
			t.Errorf("%v: the set's first key has %s", kind, got)
		}
	}
}

// The auth service is away for longer than the key law allows: users verifies for
// 10 minutes, and then says that it cannot, which is no 401.
func TestUsersVerifiesWhileAuthIsAway(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	person := s.Person(t)
	later := &clock{}
	s.StopUsers()
	s.UsersNow = later.now
	s.RunUsers(apitest.Rebind(t, s.Users.URL))
	path := "/users/" + person.User.ID
	s.Users.Get(t, path, person.AccessToken).Is(http.StatusOK)
	long := s.Mint(t, longLived(person))
	s.StopAuth()
	for _, minutes := range []int{1, 5, 9} {
		later.set(time.Duration(minutes) * time.Minute)
		s.Users.Get(t, path, person.AccessToken).Is(http.StatusOK)
	}
	later.set(10*time.Minute + 10*time.Second)
	refusal := s.Users.Get(t, path, long)
	refusal.Problem(http.StatusServiceUnavailable, "dependency_unavailable")
	if refusal.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.RunAuth(apitest.Rebind(t, s.Auth.URL))
	for began := time.Now(); s.Users.Get(t, path, long).Status != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("users does not find the key set again")
		}
	}
}
