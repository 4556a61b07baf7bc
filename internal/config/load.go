package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/redis/go-redis/v9"

	"github.com/latchkey-id/latchkey/token"
)

// Problems are all the faults of an environment, one line each: the variable
// and what is wrong, never its value.
type Problems []string

// Error joins the lines.
func (p Problems) Error() string { return "configuration:\n  " + strings.Join(p, "\n  ") }

func (p *Problems) add(name, format string, args ...any) {
	if !p.has(name) { // one mistake is one line
		*p = append(*p, name+": "+fmt.Sprintf(format, args...))
	}
}

func (p *Problems) has(name string) bool {
	return slices.ContainsFunc(*p, func(line string) bool { return strings.HasPrefix(line, name+":") })
}

// LoadUsers reads the users service's configuration from environ, which is as
// os.Environ gives it. The error is a Problems.
func LoadUsers(environ []string) (Users, error) {
	var c Users
	problems := parse(environ, &c)
	problems.common(&c.Common, environ)
	if c.Database() == "" {
		problems.add("DATABASE_URL", "is required (or USERS_DATABASE_URL)")
	}
	problems.database("USERS_", c.Common, c.OwnDatabase, c.OwnMigrate)
	problems.replica(c)
	problems.url("JWKS_URL", c.JWKSURL)
	if c.PasswordHash != "bcrypt" && c.PasswordHash != "argon2id" {
		problems.add("PASSWORD_HASH", "must be bcrypt or argon2id")
	}
	if c.BcryptCost < 10 || c.BcryptCost > 14 {
		problems.add("BCRYPT_COST", "must be 10 to 14")
	}
	if c.HashWorkers < 0 || c.HashWorkers > 256 {
		problems.add("HASH_WORKERS", "must be 0 to 256")
	}
	if c.HashQueue <= 0 || c.HashQueue > 3*time.Second {
		problems.add("HASH_QUEUE", "must be over 0 and at most 3s")
	}
	if c.PasswordMin < 8 || c.PasswordMin > 64 {
		problems.add("PASSWORD_MIN", "must be 8 to 64")
	}
	if c.AdminEmail == "" && c.Env == Development {
		c.AdminEmail = "admin@localhost"
	}
	return c, problems.err()
}

// LoadAuth reads the auth service's configuration.
func LoadAuth(environ []string) (Auth, error) {
	var c Auth
	problems := parse(environ, &c)
	problems.common(&c.Common, environ)
	if c.Database() == "" {
		problems.add("DATABASE_URL", "is required (or AUTH_DATABASE_URL)")
	}
	problems.database("AUTH_", c.Common, c.OwnDatabase, c.OwnMigrate)
	problems.url("USERS_URL", c.UsersURL)
	if c.UsersPublicURL != "" {
		problems.url("USERS_PUBLIC_URL", c.UsersPublicURL)
	}
	problems.key("KEY_ENCRYPTION_KEY", c.KeyEncryptionKey, c.Env)
	if !slices.Contains([]int{2048, 3072, 4096}, c.KeyBits) {
		problems.add("KEY_BITS", "must be 2048, 3072 or 4096")
	}
	if !slices.Contains(token.Algorithms(), c.KeyAlg) {
		problems.add("KEY_ALG", "must be RS256, ES256 or EdDSA")
	}
	if c.KeyRotation != 0 && c.KeyRotation < time.Hour {
		problems.add("KEY_ROTATION", "must be at least 1h, or 0 for none")
	}
	if c.AccessTTL <= 0 || c.AccessTTL.Hours() > 24 {
		problems.add("ACCESS_TTL", "must be over 0 and at most 24h")
	}
	if c.RefreshIdle <= 0 || c.RefreshMax < c.RefreshIdle {
		problems.add("REFRESH_MAX", "must be at least REFRESH_IDLE, and both over 0")
	}
	if c.RegistrationPrivacy != Open && c.RegistrationPrivacy != Private {
		problems.add("REGISTRATION_PRIVACY", "must be open or private")
	}
	if c.RefreshGrace < 0 || c.RefreshGrace >= c.RefreshIdle {
		problems.add("REFRESH_GRACE", "must be at least 0 and under REFRESH_IDLE")
	}
	problems.mail(&c)
	return c, problems.err()
}

// parse fills into and collects what the library finds.
func parse(environ []string, into any) Problems {
	var problems Problems
	err := env.ParseWithOptions(into, env.Options{Environment: env.ToMap(environ)})
	var many env.AggregateError
	switch {
	case errors.As(err, &many):
		for _, one := range many.Errors {
			problems = append(problems, describe(into, one))
		}
	case err != nil:
		problems = append(problems, describe(into, err))
	}
	return problems
}

// describe names the variable. The library's own text holds the value, which
// may be a secret, so only what our types say is kept.
func describe(into any, err error) string {
	var parseErr env.ParseError
	if !errors.As(err, &parseErr) {
		return "the environment could not be read"
	}
	name := variableOf(into, parseErr.Name)
	for _, known := range []string{"must be 32 bytes in base64 (`openssl rand -base64 32` makes one)", "must be on or off", errNetworks.Error(), errRateLimit.Error(), errOrigins.Error()} {
		if parseErr.Err != nil && parseErr.Err.Error() == known {
			return name + ": " + known
		}
	}
	return fmt.Sprintf("%s: is not a %s", name, plainType(parseErr.Type.String()))
}

func plainType(goType string) string {
	switch goType {
	case "bool":
		return "true or false"
	case "int", "int32":
		return "whole number"
	case "time.Duration":
		return "duration (such as 10m or 168h)"
	}
	return "valid value"
}

func (p *Problems) common(c *Common, environ []string) {
	if c.Env != Development && c.Env != Production {
		p.add("ENV", "must be development or production")
	}
	p.url("PUBLIC_URL", c.PublicURL)
	p.key("SESSION_KEY", c.SessionKey, c.Env)
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		p.add("LOG_LEVEL", "must be debug, info, warn or error")
	}
	if !slices.Contains([]string{"auto", "json", "text"}, c.LogFormat) {
		p.add("LOG_FORMAT", "must be json, text or auto")
	}
	for name, endpoint := range map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": c.OTLPEndpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": c.OTLPTraces} {
		if endpoint != "" {
			p.url(name, strings.TrimRight(endpoint, "/")) // which the OTLP exporters' specification allows
		}
	}
	if c.TracesURL() != "" && c.OTLPProtocol != "http/protobuf" {
		p.add("OTEL_EXPORTER_OTLP_PROTOCOL", "must be http/protobuf")
	}
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		p.add("TLS_CERT_FILE", "comes with TLS_KEY_FILE")
	}
	if c.MaxConns < 2 {
		p.add("DATABASE_MAX_CONNS", "must be at least 2")
	}
	if _, err := redis.ParseURL(c.RedisURL.Reveal()); c.RedisURL != "" && err != nil { // its words may hold the password
		p.add("REDIS_URL", "is not of the form redis://user:password@host:6379/0")
	}
	if c.RedisTimeout < time.Millisecond || c.RedisTimeout > 3*time.Second {
		p.add("REDIS_TIMEOUT", "must be 1ms to 3s")
	}
	if c.DrainDelay < 0 || c.DrainDelay.Seconds() > 15 {
		p.add("DRAIN_DELAY", "must be 0 to 15s")
	}
	c.RateLimitOverrides = map[string]RateLimit{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		id, ok := strings.CutPrefix(name, "RATE_LIMIT_")
		if !ok {
			continue
		}
		limit, err := parseRateLimit(value)
		if err != nil {
			p.add(name, "%v", err)
			continue
		}
		c.RateLimitOverrides[id] = limit
	}
}

func (p *Problems) url(name, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || strings.HasSuffix(u.Path, "/") || u.RawQuery != "" || u.Fragment != "" {
		p.add(name, "must be an http or https URL without user, query, fragment or slash at its end")
	}
}

// database checks the form of every database URL; the parser's words may hold
// a password and are not shown.
func (p *Problems) database(prefix string, c Common, own, ownMigrate Secret) {
	for name, url := range map[string]Secret{
		"DATABASE_URL": c.DatabaseURL, "MIGRATE_DATABASE_URL": c.MigrateURL,
		prefix + "DATABASE_URL": own, prefix + "MIGRATE_DATABASE_URL": ownMigrate,
	} {
		if _, err := pgconn.ParseConfig(url.Reveal()); url != "" && err != nil {
			p.add(name, "is not of the form postgres://user:password@host:5432/database")
		}
	}
}

// replica checks READ_DATABASE_URL. Several servers have not got equally far.
func (p *Problems) replica(c Users) {
	if c.ReadDatabaseURL == "" {
		return
	}
	replica, err := pgconn.ParseConfig(c.ReadDatabaseURL.Reveal())
	switch {
	case err != nil:
		p.add("READ_DATABASE_URL", "is not of the form postgres://user:password@host:5432/database")
	case slices.ContainsFunc(replica.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != replica.Host || f.Port != replica.Port }):
		p.add("READ_DATABASE_URL", "names several servers; an instance reads from one")
	case c.RedisURL == "" && c.Env != Development:
		p.add("READ_DATABASE_URL", "comes with REDIS_URL, by which instances tell each other what has changed")
	}
}

func (p *Problems) key(name string, key Key, environment string) {
	switch {
	case p.has(name):
	case len(key) == 0:
		p.add(name, "is required: 32 bytes in base64 (`openssl rand -base64 32` makes one)")
	case environment != Development && key.placeholder():
		p.add(name, "is a placeholder, not a random key")
	}
}

func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}
