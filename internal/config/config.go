package config

import (
	"strings"
	"time"
)

// Environments.
const (
	Development = "development"
	Production  = "production"
)

// Values of REGISTRATION_PRIVACY.
const (
	Open    = "open"
	Private = "private"
)

// Common is what both services read.
type Common struct {
	Env            string        `env:"ENV" envDefault:"production" chapter:"Surroundings" desc:"development (set by latchkey up) or production, where no secret has a default"`
	PublicURL      string        `env:"PUBLIC_URL" envDefault:"http://127.0.0.1:8080" desc:"where clients reach the auth service: the issuer of tokens; https turns HSTS on"`
	DatabaseURL    Secret        `env:"DATABASE_URL" chapter:"Database" desc:"PostgreSQL 14 or later, for both services; latchkey up starts its own where none is set"`
	MigrateURL     Secret        `env:"MIGRATE_DATABASE_URL" desc:"the same as owner and without a pooler, for migrations; the database URL where it is not set"`
	Migrate        bool          `env:"MIGRATE" envDefault:"false" desc:"migrate at start-up; otherwise start-up refuses a database that is behind"`
	MaxConns       int32         `env:"DATABASE_MAX_CONNS" envDefault:"16" desc:"connections per service and process"`
	TrustedProxies Networks      `env:"TRUSTED_PROXIES" chapter:"Clients and limits" desc:"comma-separated networks whose X-Forwarded-For is believed"`
	CORSOrigins    Origins       `env:"CORS_ORIGINS" desc:"comma-separated origins (https://app.example.com) whose scripts may call, with credentials; no other origin's may"`
	RateLimits     Switch        `env:"RATE_LIMITS" envDefault:"on" desc:"on or off: the limits that the specifications declare, and the throttle of failed sign-ins per address"`
	RedisURL       Secret        `env:"REDIS_URL" desc:"redis://user:password@host:6379/0 (or rediss://, or unix://): instances of a service share their limits there; each counts alone where it is not set"`
	RedisTimeout   time.Duration `env:"REDIS_TIMEOUT" envDefault:"100ms" desc:"so long may one call to Redis take before the instance counts alone"`
	Docs           bool          `env:"DOCS" envDefault:"true" chapter:"Listeners" desc:"Swagger UI at /docs; the OpenAPI documents are served either way"`
	DrainDelay     time.Duration `env:"DRAIN_DELAY" envDefault:"1s" desc:"between readiness going off and the listener closing, for load balancers to notice"`
	LogLevel       string        `env:"LOG_LEVEL" envDefault:"info" chapter:"Logs and traces" desc:"debug, info, warn or error"`
	LogFormat      string        `env:"LOG_FORMAT" envDefault:"auto" desc:"json, text, or auto: text on a terminal"`
	OTLPEndpoint   string        `env:"OTEL_EXPORTER_OTLP_ENDPOINT" desc:"traces go there by OTLP over HTTP (http://collector:4318); none are made where it is not set. OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT (ms), _COMPRESSION (gzip), _CERTIFICATE, _CLIENT_CERTIFICATE and _CLIENT_KEY are read too, also as OTEL_EXPORTER_OTLP_TRACES_…, and what the SDK reads: OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME, …"`
	OTLPTraces     string        `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" desc:"the same for traces alone, taken as it is (…/v1/traces)"`
	OTLPProtocol   string        `env:"OTEL_EXPORTER_OTLP_PROTOCOL" envDefault:"http/protobuf" desc:"no other protocol is spoken"`
	OTELDisabled   bool          `env:"OTEL_SDK_DISABLED" envDefault:"false" desc:"true: no traces, whatever else is set"`
	TLSCertFile    string        `env:"TLS_CERT_FILE" chapter:"TLS" desc:"both listeners speak TLS with this certificate (and TLS_KEY_FILE), and take it anew when the files change"`
	TLSKeyFile     string        `env:"TLS_KEY_FILE" desc:"the certificate's key"`
	TLSCAFile      string        `env:"TLS_CA_FILE" desc:"authorities (PEM) that the services trust for each other, beside the system's; under latchkey up TLS_CERT_FILE where it is not set"`
	SessionKey     Key           `env:"SESSION_KEY" chapter:"Keys and tokens" desc:"32 bytes in base64. Auth: refresh tokens; users: page cursors and throttles. The two services may hold different ones"`
	SessionKeyOld  Key           `env:"SESSION_KEY_PREVIOUS" desc:"the key before, still accepted while it is being changed"`

	// RateLimitOverrides are the RATE_LIMIT_<OPERATION_ID> variables, by the
	// operation's id in upper case with underscores.
	RateLimitOverrides map[string]RateLimit
}

// Users is the configuration of the users service.
type Users struct {
	Common
	Addr        string `env:"USERS_ADDR" envDefault:"127.0.0.1:8081" chapter:"Listeners" desc:"users service: listener for clients"`
	OpsAddr     string `env:"USERS_OPS_ADDR" envDefault:"127.0.0.1:9081" desc:"users service: health, metrics and profiles, for operators"`
	OwnDatabase Secret `env:"USERS_DATABASE_URL" chapter:"Database" desc:"users service: its own database instead of DATABASE_URL"`
	OwnMigrate  Secret `env:"USERS_MIGRATE_DATABASE_URL" desc:"users service: the same for migrations"`
	// ReadDatabaseURL is a physical standby of the database.
	ReadDatabaseURL Secret        `env:"READ_DATABASE_URL" desc:"users service: a streaming replica of its database, one server, for look-ups and lists; comes with REDIS_URL"`
	JWKSURL         string        `env:"JWKS_URL" envDefault:"http://127.0.0.1:8080/.well-known/jwks.json" chapter:"One service to the other" desc:"users service: the auth service's public keys"`
	AdminUsername   string        `env:"ADMIN_USERNAME" envDefault:"admin" chapter:"The first admin" desc:"the first admin, made where there is none"`
	AdminEmail      string        `env:"ADMIN_EMAIL" desc:"the first admin's address; admin@localhost in development"`
	AdminPassword   Secret        `env:"ADMIN_PASSWORD" desc:"the first admin's password; in development one is made and printed once"`
	PasswordHash    string        `env:"PASSWORD_HASH" envDefault:"bcrypt" chapter:"Passwords" desc:"bcrypt or argon2id (19 MiB, t=2, p=1), for new hashes; both are verified"`
	BcryptCost      int           `env:"BCRYPT_COST" envDefault:"12" desc:"10 to 14"`
	HashWorkers     int           `env:"HASH_WORKERS" envDefault:"0" desc:"password hashes at a time; 0 is one per core"`
	HashQueue       time.Duration `env:"HASH_QUEUE" envDefault:"500ms" desc:"so long may a password wait for a free hash worker before the request is shed with 503"`
	HashNice        Switch        `env:"HASH_NICE" envDefault:"on" desc:"hashing threads stand behind all others of the machine (nice 19), so that sign-ins slow nothing else; off where other programs keep it busy"`
	PasswordMin     int           `env:"PASSWORD_MIN" envDefault:"12" desc:"length of a new password in characters, at least"`
}

// Auth is the configuration of the auth service.
type Auth struct {
	Common
	Addr                string        `env:"AUTH_ADDR" envDefault:"127.0.0.1:8080" chapter:"Listeners" desc:"auth service: listener for clients"`
	OpsAddr             string        `env:"AUTH_OPS_ADDR" envDefault:"127.0.0.1:9080" desc:"auth service: health, metrics and profiles, for operators"`
	OwnDatabase         Secret        `env:"AUTH_DATABASE_URL" chapter:"Database" desc:"auth service: its own database instead of DATABASE_URL"`
	OwnMigrate          Secret        `env:"AUTH_MIGRATE_DATABASE_URL" desc:"auth service: the same for migrations"`
	UsersURL            string        `env:"USERS_URL" envDefault:"http://127.0.0.1:8081" chapter:"One service to the other" desc:"auth service: where the users service is"`
	UsersPublicURL      string        `env:"USERS_PUBLIC_URL" desc:"auth service: where clients reach the users service, for the link from one specification to the other; no link where it is not set, except in development (USERS_URL)"`
	KeyEncryptionKey    Key           `env:"KEY_ENCRYPTION_KEY" chapter:"Keys and tokens" desc:"32 bytes in base64: the private signing keys lie in the database under it"`
	KeyEncryptionOld    Key           `env:"KEY_ENCRYPTION_KEY_PREVIOUS" desc:"the key before, while they are being re-wrapped"`
	KeyAlg              string        `env:"KEY_ALG" envDefault:"RS256" desc:"RS256, ES256 or EdDSA, for new signing keys"`
	KeyBits             int           `env:"KEY_BITS" envDefault:"2048" desc:"2048, 3072 or 4096, for new RSA keys"`
	KeyRotation         time.Duration `env:"KEY_ROTATION" envDefault:"720h" desc:"a key signs for so long, then the next one does; at least 1h, or 0: only when told to"`
	AccessTTL           time.Duration `env:"ACCESS_TTL" envDefault:"10m" desc:"life of an access token"`
	RefreshIdle         time.Duration `env:"REFRESH_IDLE" envDefault:"168h" chapter:"Sessions and registration" desc:"a session ends after so long without a refresh"`
	RefreshMax          time.Duration `env:"REFRESH_MAX" envDefault:"720h" desc:"a session ends after so long, whatever happens"`
	RefreshGrace        time.Duration `env:"REFRESH_GRACE" envDefault:"10s" desc:"for so long an exchanged refresh token gives its successor again"`
	RequireVerified     bool          `env:"REQUIRE_VERIFIED" envDefault:"false" desc:"refuse to sign in an account whose address nobody confirmed"`
	RegistrationPrivacy string        `env:"REGISTRATION_PRIVACY" envDefault:"open" desc:"open, or private: what became of a registration is told by mail alone; REQUIRE_VERIFIED is then on"`
	SMTPURL             Secret        `env:"SMTP_URL" chapter:"Mail" desc:"auth service: smtp://user:password@host:587 (STARTTLS, or ?tls=opportunistic, ?tls=none for a sink on this machine) or smtps://user:password@host:465; ?ca=FILE is a private CA. Without it, mails are files in DATA_DIR/mail"`
	MailFrom            string        `env:"MAIL_FROM" desc:"the sender of mails, such as latchkey <no-reply@example.com>; required with SMTP_URL, except in development"`
	MailTemplates       string        `env:"MAIL_TEMPLATES" desc:"a folder of templates that take the place of the built-in ones, file by file"`
	RecipientLimit      RateLimit     `env:"MAIL_RECIPIENT_LIMIT" envDefault:"10/1h" desc:"so many mails to one address in the window"`
	DataDir             string        `env:"DATA_DIR" envDefault:".latchkey" chapter:"Surroundings" desc:"the development mailbox, and what latchkey up keeps: its PostgreSQL and keys"`
}

// TracesURL is where spans go; empty where none are made.
func (c Common) TracesURL() string {
	switch {
	case c.OTELDisabled:
		return ""
	case c.OTLPTraces != "" || c.OTLPEndpoint == "":
		return c.OTLPTraces
	}
	return strings.TrimRight(c.OTLPEndpoint, "/") + "/v1/traces"
}

// Database is the URL that the service runs on.
func (u Users) Database() Secret { return first(u.OwnDatabase, u.DatabaseURL) }

// Migration is the URL that migrations run on.
func (u Users) Migration() Secret { return first(u.OwnMigrate, u.MigrateURL, u.Database()) }

// Database is the URL that the service runs on.
func (a Auth) Database() Secret { return first(a.OwnDatabase, a.DatabaseURL) }

// Migration is the URL that migrations run on.
func (a Auth) Migration() Secret { return first(a.OwnMigrate, a.MigrateURL, a.Database()) }

func first(candidates ...Secret) Secret {
	for _, candidate := range candidates {
		if candidate != "" {
			return candidate
		}
	}
	return ""
}
