package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/internal/certificate"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/internal/publickeys"
	"github.com/latchkey-id/latchkey/token"
)

const (
	wellKnownKeys = "/.well-known/jwks.json"
	fetchTimeout  = 10 * time.Second // for the whole exchange
	maxKeySet     = 256 << 10        // bytes, as token.Remote has it
)

// databaseKeys reads the published keys from the auth service's database.
func databaseKeys(ctx context.Context) (keys []token.PublicKey, err error) {
	err = withAuthDatabase(ctx, func(_ config.Auth, pool *pgxpool.Pool) error {
		keys, err = keyring.PublicKeys(ctx, pool)
		return err
	})
	return keys, err
}

// keySetURL gives the address of a key set: base's, unless it is one already.
// Without base it is PUBLIC_URL's.
func keySetURL(base string) (string, error) {
	if base == "" {
		var err error
		if base, err = config.LoadPublicURL(os.Environ()); err != nil {
			return "", err
		}
	}
	u, err := url.Parse(base)
	if err != nil || !isURL(base) || u.Host == "" || u.User != nil { // err holds the address, which may hold a password
		return "", errors.New("the address of the keys must begin with http:// or https://, name a host and hold no password")
	}
	if strings.HasSuffix(u.Path, ".json") {
		return base, nil
	}
	return u.JoinPath(wellKnownKeys).String(), nil
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}

// servedKeys fetches a key set once. It follows no redirects: the address is the
// operator's word, and nobody on the way may move it.
func servedKeys(ctx context.Context, address string) ([]token.PublicKey, error) {
	authorities, err := certificate.Authorities(os.Getenv("TLS_CA_FILE"))
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true,
			TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
		},
		Timeout:       fetchTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	answer, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch the key set: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch the key set: %s answered %s", address, answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySet+1))
	if err != nil {
		return nil, fmt.Errorf("fetch the key set: %w", err)
	}
	if len(text) > maxKeySet {
		return nil, fmt.Errorf("fetch the key set: %s answered with more than %d bytes", address, maxKeySet)
	}
	return usable(address, text)
}

// usable reads a key set that must hold a key.
func usable(where string, text []byte) ([]token.PublicKey, error) {
	keys, err := token.ParseJWKSet(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not a key set: %w", where, err)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s holds no key that can be used", where)
	}
	return keys, nil
}

// keysOf reads the keys to verify with: of an address, a folder, or a file with
// a key set or one public key as PEM.
func keysOf(ctx context.Context, where string) ([]token.PublicKey, error) {
	if where == "" || isURL(where) {
		address, err := keySetURL(where)
		if err != nil {
			return nil, err
		}
		return servedKeys(ctx, address)
	}
	info, err := os.Stat(where)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		keys, problems, err := publickeys.Read(where)
		if err == nil && len(problems) > 0 {
			err = fmt.Errorf("%s is not to be relied on: %s", where, problems[0].Text)
		}
		return keys, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxKeySet {
		return nil, fmt.Errorf("%s is not a file of at most %d bytes", where, maxKeySet)
	}
	text, err := os.ReadFile(where)
	if err != nil {
		return nil, err
	}
	if k, err := publickeys.ParsePEM(text); err == nil {
		return []token.PublicKey{k}, nil
	}
	return usable(where, text)
}
