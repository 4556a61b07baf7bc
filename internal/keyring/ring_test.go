package keyring_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

func TestFirstKey(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	r := open(t, db.Pool, c, keyring.Options{})
	key := signing(t, r)
	if kid, err := token.Thumbprint(key.Private.Public()); err != nil || key.KID != kid || key.Private.(*rsa.PrivateKey).N.BitLen() != 2048 {
		t.Errorf("kid %s, %v", key.KID, err)
	}
	now := time.Now()
	raw, err := token.Mint(key, token.Claims{
		Issuer: "i", Subject: "s", Audience: []string{"a"}, ID: "j", ClientID: "c", IssuedAt: now, ExpiresAt: now.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	v := &token.Verifier{Issuer: "i", Audience: "a", Keys: r}
	if _, err := v.Verify(t.Context(), raw); err != nil {
		t.Errorf("the ring does not verify what it signed: %v", err)
	}
	if _, err := r.Key(t.Context(), "unknown"); !errors.Is(err, token.ErrUnknownKey) {
		t.Errorf("an unknown kid: %v", err)
	}
	if again := signing(t, open(t, db.Pool, c, keyring.Options{})); again.KID != key.KID {
		t.Error("a second start made another key")
	}
}

// F14's little sister: several instances start on an empty database.
func TestInstancesAgreeOnTheFirstKey(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	kids := make([]string, 4)
	var wg sync.WaitGroup
	for i := range kids {
		wg.Go(func() {
			r, err := keyring.Open(context.Background(), storeOf(t, db.Pool, c, keyring.StoreOptions{}), keyring.Options{})
			if err != nil {
				t.Errorf("instance %d: %v", i, err)
				return
			}
			k, _ := r.Signing()
			kids[i] = k.KID
		})
	}
	wg.Wait()
	rows, err := authdb.New(db.Pool).ListLiveKeys(t.Context())
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d keys, %v", len(rows), err)
	}
	told, err := authdb.New(db.Pool).ListAuditEvents(t.Context(), authdb.ListAuditEventsParams{Below: uuid.Max, PageSize: 10})
	if err != nil || len(told) != 1 {
		t.Fatalf("%d events, %v", len(told), err)
	}
	want := `{"kid": "` + rows[0].Kid + `", "bits": 2048, "state": "active", "algorithm": "RS256"}`
	if e := told[0]; e.Type != "key.created" || e.ActorKind+" "+e.Actor != "system keyring" || string(e.After) != want || e.UserID != nil {
		t.Errorf("the audit has %+v with %s, want %s", e, e.After, want)
	}
	for i, kid := range kids {
		if kid != rows[0].Kid {
			t.Errorf("instance %d signs with %s, not %s", i, kid, rows[0].Kid)
		}
	}
}

func TestS85WrongKeyEncryptionKey(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	first := open(t, db.Pool, newCipher(t, secret(1), nil), keyring.Options{})
	key := signing(t, first)
	_, err := keyring.Open(t.Context(), storeOf(t, db.Pool, newCipher(t, secret(0xAB), secret(0xCD)), keyring.StoreOptions{}), keyring.Options{})
	if !errors.Is(err, keyring.ErrCannotDecrypt) || !strings.Contains(err.Error(), "KEY_ENCRYPTION_KEY") || !strings.Contains(err.Error(), key.KID) {
		t.Fatalf("the error does not say what is wrong: %v", err)
	}
	for name, k := range map[string][]byte{"right": secret(1), "wrong": secret(0xAB), "previous": secret(0xCD), "private": key.Private.(*rsa.PrivateKey).D.Bytes()} {
		for _, text := range []string{hex.EncodeToString(k[:8]), base64.StdEncoding.EncodeToString(k[:6]), string(k[:8])} {
			if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(text)) {
				t.Errorf("the error holds the %s key: %v", name, err)
			}
		}
	}
	rows, err := authdb.New(db.Pool).ListLiveKeys(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Kid != key.KID {
		t.Errorf("the refusal changed the ring: %d keys, %v", len(rows), err)
	}
	// While re-wrapping, the previous key opens.
	if got := signing(t, open(t, db.Pool, newCipher(t, secret(2), secret(1)), keyring.Options{})); got.KID != key.KID {
		t.Errorf("under the previous key: %s", got.KID)
	}
}

// Rows that somebody has tampered with are refused at the start.
func TestOpenRefusesBadRows(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"no envelope":        `UPDATE auth.signing_keys SET private_key = '' WHERE state = 'active'`,
		"another's envelope": `UPDATE auth.signing_keys k SET private_key = o.private_key FROM auth.signing_keys o WHERE o.state = 'pending' AND k.state = 'active' AND o.kid <> k.kid`,
		"another's public":   `UPDATE auth.signing_keys k SET public_key = o.public_key FROM auth.signing_keys o WHERE k.state = 'active' AND o.kid <> k.kid`,
		"no public key":      `UPDATE auth.signing_keys SET public_key = 'x' WHERE state = 'active'`,
		"a pending envelope": `UPDATE auth.signing_keys SET private_key = 'x' WHERE state = 'pending'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
			insert(t, db.Pool, c, "active")
			insert(t, db.Pool, c, "pending")
			open(t, db.Pool, c, keyring.Options{})
			exec(t, db.Pool, sql)
			if _, err := keyring.Open(t.Context(), storeOf(t, db.Pool, c, keyring.StoreOptions{}), keyring.Options{}); err == nil {
				t.Error("opened")
			}
		})
	}
}

// A private key under the right kid that is not the public key's other half.
func TestOpenRefusesAMismatch(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	key, other := insert(t, db.Pool, c, "active"), insert(t, db.Pool, c, "pending")
	der, err := x509.MarshalPKCS8PrivateKey(other.Private)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db.Pool, `UPDATE auth.signing_keys SET private_key = $1 WHERE kid = $2`, c.Seal(der, []byte(key.KID)), key.KID)
	if _, err := keyring.Open(t.Context(), storeOf(t, db.Pool, c, keyring.StoreOptions{}), keyring.Options{}); err == nil || !strings.Contains(err.Error(), "is not the public key's") {
		t.Errorf("%v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []keyring.StoreOptions{{Bits: 1024}, {Bits: 2049}, {Bits: -1}, {Algorithm: "ES384"}, {Algorithm: "none"}} {
		if _, err := keyring.NewStore(nil, nil, o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

// The private key lies nowhere in the table in clear, in no encoding.
func TestPrivateKeyIsNotInClear(t *testing.T) {
	t.Parallel()
	db := dbtest.Auth(t)
	key := signing(t, open(t, db.Pool, newCipher(t, secret(1), nil), keyring.Options{}))
	var row string
	var sealed, public []byte
	err := db.Pool.QueryRow(t.Context(), `SELECT k::text, private_key, public_key FROM auth.signing_keys k`).Scan(&row, &sealed, &public)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key.Private)
	if err != nil {
		t.Fatal(err)
	}
	private := key.Private.(*rsa.PrivateKey)
	parts := [][]byte{der[len(der)/2:][:32], private.D.Bytes()[:32], private.Primes[0].Bytes()[:32], private.Primes[1].Bytes()[:32]}
	for i, part := range parts {
		if bytes.Contains(sealed, part) || bytes.Contains(public, part) || strings.Contains(row, hex.EncodeToString(part)) ||
			strings.Contains(row, base64.StdEncoding.EncodeToString(part)[:40]) {
			t.Errorf("part %d of the private key is in the table", i)
		}
	}
}

func TestS81KeySet(t *testing.T) {
	t.Parallel()
	db, c := dbtest.Auth(t), newCipher(t, secret(1), nil)
	pending, retiring, revoked := insert(t, db.Pool, c, "pending"), insert(t, db.Pool, c, "retiring"), insert(t, db.Pool, c, "revoked")
	r := open(t, db.Pool, c, keyring.Options{})
	body, etag := r.JWKS()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		t.Fatal(err)
	}
	var kids []string
	for _, k := range set.Keys {
		want := "alg crv kid kty use x y"
		if k["alg"] == "RS256" {
			want = "alg e kid kty n use"
		}
		if got := strings.Join(slices.Sorted(maps.Keys(k)), " "); got != want {
			t.Errorf("members %s, want %s", got, want)
		}
		kids = append(kids, k["kid"].(string))
	}
	if len(kids) != 3 || kids[0] != signing(t, r).KID {
		t.Errorf("keys %v, the active one is to be first", kids)
	}
	for _, k := range []token.SigningKey{pending, retiring} {
		if !strings.Contains(string(body), k.KID) || !has(r, k.KID) {
			t.Errorf("key %s is missing", k.KID)
		}
	}
	if strings.Contains(string(body), revoked.KID) || has(r, revoked.KID) {
		t.Error("the revoked key is there")
	}
	if len(etag) < 10 || etag[0] != '"' || etag[len(etag)-1] != '"' {
		t.Errorf("ETag %s is not a strong one", etag)
	}
	if keys, err := token.ParseJWKSet(body); err != nil || len(keys) != 3 {
		t.Errorf("a verifier reads %d keys, %v", len(keys), err)
	}
	if _, again := open(t, db.Pool, c, keyring.Options{}).JWKS(); again != etag {
		t.Error("two instances give two ETags for one set")
	}
}
