package rest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/db"
	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/config"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/idempotency"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Parts are what a caller may put in place of what Run makes itself.
type Parts struct {
	Log *slog.Logger
	// Listeners are bound already; nil binds those of the configuration.
	Listeners *httpapi.Listeners
	// Tracer sees every SQL statement. May be nil.
	Tracer pgx.QueryTracer
	// Ready is called once the service accepts requests. May be nil.
	Ready func()
}

// Run runs the auth service until ctx is done, then stops it gracefully.
func Run(ctx context.Context, c config.Auth, parts Parts) error {
	listeners, err := bind(c, parts)
	if err != nil {
		return err
	}
	defer listeners.Close()
	pool, err := openDatabase(ctx, c, parts)
	if err != nil {
		return err
	}
	defer pool.Close()
	ring, err := openRing(ctx, pool, c, parts.Log)
	if err != nil {
		return err
	}
	go ring.Run(ctx)
	service, err := newService(pool, ring, c, parts.Log)
	if err != nil {
		return err
	}
	shared, err := httpapi.ShareLimits(c.Common, "auth", parts.Log)
	if err != nil {
		return err
	}
	defer shared.Close()
	health := &httpapi.Health{Check: pool.Ping, Shared: shared}
	kept, err := idempotency.New(keyTable{authdb.New(pool)}, c.SessionKey)
	if err != nil {
		return err
	}
	api, err := NewHandler(service, ring, kept, c, health, parts.Log)
	if err != nil {
		return err
	}
	server := httpapi.Server{
		Name: "auth", Handler: api, Health: health, Log: parts.Log, DrainFor: c.DrainDelay,
		CertFile: c.TLSCertFile, KeyFile: c.TLSKeyFile,
	}
	return server.Run(ctx, listeners, parts.Ready)
}

func bind(c config.Auth, parts Parts) (httpapi.Listeners, error) {
	if parts.Listeners != nil {
		return *parts.Listeners, nil
	}
	return httpapi.Listen("auth", c.Addr, c.OpsAddr)
}

func openDatabase(ctx context.Context, c config.Auth, parts Parts) (*pgxpool.Pool, error) {
	pool, err := postgres.Prepare(ctx, postgres.Database{
		URL: c.Database().Reveal(), MigrateURL: c.Migration().Reveal(), Migrate: c.Migrate, Migrations: db.Auth,
		Schema: "auth", MaxConns: c.MaxConns, Tracer: parts.Tracer, Log: parts.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return pool, nil
}

func openRing(ctx context.Context, pool *pgxpool.Pool, c config.Auth, log *slog.Logger) (*keyring.Ring, error) {
	cipher, err := keyring.NewCipher(c.KeyEncryptionKey, c.KeyEncryptionOld)
	if err != nil {
		return nil, fmt.Errorf("auth: KEY_ENCRYPTION_KEY: %w", err)
	}
	ring, err := keyring.Open(ctx, pool, cipher, keyring.Options{Bits: c.KeyBits, Log: log})
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return ring, nil
}

func newService(pool *pgxpool.Pool, ring *keyring.Ring, c config.Auth, log *slog.Logger) (*auth.Service, error) {
	self := &identity{keys: ring, issuer: c.PublicURL}
	users, err := newAccounts(c.UsersURL, self.token)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Options{
		Pool: pool, Accounts: users, Keys: ring, SessionKey: c.SessionKey, SessionKeyPrevious: c.SessionKeyOld,
		Lifetimes: auth.Lifetimes{Access: c.AccessTTL, Idle: c.RefreshIdle, Max: c.RefreshMax, Grace: c.RefreshGrace},
		Issuer:    c.PublicURL, Audience: httpapi.Audience, Log: log,
	})
}

// NewHandler puts the domain behind the chassis.
func NewHandler(service *auth.Service, ring *keyring.Ring, kept *idempotency.Keys, c config.Auth, health *httpapi.Health, log *slog.Logger) (http.Handler, error) {
	spec, err := httpapi.LoadSpec(authapi.SpecJSON, authapi.SpecYAML)
	if err != nil {
		return nil, err
	}
	strict := authapi.NewStrictHandlerWithOptions(&handler{auth: service, keys: ring},
		[]authapi.StrictMiddlewareFunc{refuseNil},
		authapi.StrictHTTPServerOptions{RequestErrorHandlerFunc: httpapi.BindError, ResponseErrorHandlerFunc: httpapi.Write})
	verifier := &token.Verifier{Issuer: c.PublicURL, Audience: httpapi.Audience, Keys: ring}
	options := httpapi.OptionsFrom(c.Common, spec, verifier, health, log)
	options.Idempotency = kept
	return httpapi.NewHandler(options, func(r chi.Router) {
		authapi.HandlerWithOptions(strict, authapi.ChiServerOptions{BaseRouter: r, ErrorHandlerFunc: httpapi.BindError})
	}), nil
}

func refuseNil(next authapi.StrictHandlerFunc, _ string) authapi.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		return httpapi.RefuseNil(next(ctx, w, r, request))
	}
}
