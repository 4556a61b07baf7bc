package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/cursor"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/jobs"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/internal/mail"
	"github.com/latchkey-id/latchkey/internal/observe"
	"github.com/latchkey-id/latchkey/internal/postgres"
	"github.com/latchkey-id/latchkey/token"
)

// Service is the auth domain. It is safe for concurrent use.
type Service struct {
	queries  *authdb.Queries
	accounts Accounts
	keys     *keyring.Ring
	keyStore *keyring.Store
	refresh  refreshTokens
	lives    Lifetimes
	issuer   string
	audience string
	log      *slog.Logger
	outcomes *observe.Outcomes
	now      func() time.Time
	newID    func() uuid.UUID

	oneTime oneTimeTokens
	names   []byte       // the HMAC key of sealed
	jobs    *jobs.Client // inserts only; Workers are the other side

	sender     mail.Sender
	templates  *mail.Templates
	mailDomain string // of Message-IDs
	mailLimit  MailLimit

	requireVerified bool
	private         bool

	pool         *pgxpool.Pool
	lists        *authdb.Queries // planned for the filters at hand
	auditCursors cursor.Codec
	throttled    audit.Tally[uuid.UUID]
	refused      audit.Tally[string] // clients, by id; "" is unknown ones
	verifier     *token.Verifier     // of our own access tokens
}

// Lifetimes are how long things last.
type Lifetimes struct {
	Access time.Duration // an access token
	Idle   time.Duration // a session without a refresh
	Max    time.Duration // a session, whatever happens
	Grace  time.Duration // an exchanged refresh token
}

// Options are a Service's parts.
type Options struct {
	Pool     *pgxpool.Pool
	Accounts Accounts
	Keys     *keyring.Ring
	KeyStore *keyring.Store // what Keys follows
	// SessionKey authenticates refresh tokens and page cursors; the one before
	// is still accepted. 32 bytes each.
	SessionKey, SessionKeyPrevious []byte
	Lifetimes                      Lifetimes
	Issuer, Audience               string // iss and aud of access tokens
	Mail                           Mail
	// RequireVerified refuses to sign in an account whose address nobody
	// confirmed. Private tells what became of a registration by mail alone, and
	// needs the former.
	RequireVerified, Private bool
	Log                      *slog.Logger
	Outcomes                 *observe.Outcomes // nil: not counted
	Now                      func() time.Time  // nil is time.Now
}

// Mail is how mails are written and sent.
type Mail struct {
	Sender    mail.Sender
	Templates *mail.Templates
	Domain    string // of Message-IDs (RFC 5322, section 3.6.4)
	Limit     MailLimit
}

// MailLimit is how many mails one address may get in a window.
type MailLimit struct {
	Most   int32
	Window time.Duration
}

// New joins the parts.
func New(o Options) (*Service, error) {
	refresh, err := newRefreshTokens(o.SessionKey, o.SessionKeyPrevious)
	if err != nil {
		return nil, err
	}
	oneTime, err := newOneTimeTokens(o.SessionKey, o.SessionKeyPrevious)
	if err != nil {
		return nil, err
	}
	names, err := derivedKeys("latchkey auth names", o.SessionKey)
	if err != nil {
		return nil, err
	}
	inserter, err := jobs.New(context.Background(), jobs.Options{Log: o.Log})
	if err != nil {
		return nil, err
	}
	auditCursors, err := cursor.New("auth audit", o.SessionKey, o.SessionKeyPrevious)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{
		queries:  authdb.New(o.Pool),
		accounts: o.Accounts,
		keys:     o.Keys,
		keyStore: o.KeyStore,
		refresh:  refresh,
		lives:    o.Lifetimes,
		issuer:   o.Issuer,
		audience: o.Audience,
		log:      o.Log,
		outcomes: o.Outcomes,
		now:      o.Now,
		newID:    func() uuid.UUID { return uuid.Must(uuid.NewV7()) },

		oneTime: oneTime,
		names:   names[0],
		jobs:    inserter,

		sender:     o.Mail.Sender,
		templates:  o.Mail.Templates,
		mailDomain: o.Mail.Domain,
		mailLimit:  o.Mail.Limit,

		requireVerified: o.RequireVerified || o.Private,
		private:         o.Private,

		pool:         o.Pool,
		lists:        authdb.New(postgres.PlannedEachTime{Pool: o.Pool}),
		auditCursors: auditCursors,
		verifier:     &token.Verifier{Issuer: o.Issuer, Audience: o.Audience, Keys: o.Keys, Now: o.Now},
	}, nil
}

// Client is who asks, as far as the request tells.
type Client struct {
	Address   netip.Addr `json:"address"`
	UserAgent string     `json:"user_agent"`
	RequestID string     `json:"request_id"`
}

// Grant is what a sign-in or a refresh gives (RFC 6749, section 5.1).
type Grant struct {
	AccessToken  string
	ExpiresIn    time.Duration
	RefreshToken string
	Account      Account
}

// firstParty is the client_id of sessions that people open (RFC 9068, section
// 2.2, wants one in every token).
const firstParty = "latchkey"

// mint signs an access token for a session (RFC 9068, section 2.2).
func (s *Service) mint(account Account, session uuid.UUID) (string, error) {
	return s.sign(token.Claims{
		Subject: account.ID.String(), ID: s.newID().String(), SessionID: session.String(), ClientID: firstParty,
		Roles: account.Roles, EmailVerified: account.Verified,
	})
}

// sign makes an access token of what it is to say about its subject.
func (s *Service) sign(c token.Claims) (string, error) {
	c.Issuer, c.Audience, c.IssuedAt = s.issuer, []string{s.audience}, s.now()
	c.ExpiresAt = c.IssuedAt.Add(s.lives.Access)
	minted, _, err := s.keys.Mint(c)
	switch {
	case errors.Is(err, keyring.ErrNoSigningKey):
		return "", fault.ErrDependency.Because(err)
	case err != nil:
		return "", fault.ErrInternal.Because(err)
	}
	return minted, nil
}

func (s *Service) grant(account Account, access, refresh string) Grant {
	return Grant{AccessToken: access, ExpiresIn: s.lives.Access, RefreshToken: refresh, Account: account}
}
