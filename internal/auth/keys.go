package auth

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/latchkey-id/latchkey/internal/audit"
	"github.com/latchkey-id/latchkey/internal/keyring"
	"github.com/latchkey-id/latchkey/token"
)

// SigningKeys gives the keys for an administrator: those that are published, or
// all that ever were.
func (s *Service) SigningKeys(ctx context.Context, caller *token.Claims, all bool) ([]keyring.Key, error) {
	if err := s.Live(ctx, caller); err != nil {
		return nil, err
	}
	return s.keyStore.List(ctx, all)
}

// CreateKey makes a pending key for an administrator; see keyring.Store.Generate.
func (s *Service) CreateKey(ctx context.Context, caller *token.Claims, algorithm string, bits int, client Client) (keyring.Key, error) {
	by, err := s.administrator(ctx, caller, client)
	if err != nil {
		return keyring.Key{}, err
	}
	key, err := s.keyStore.Generate(ctx, by, algorithm, bits, false)
	s.followKeys(ctx, err)
	return key, err
}

// RotateKeys is keyring.Store.Rotate for an administrator.
func (s *Service) RotateKeys(ctx context.Context, caller *token.Claims, o keyring.RotateOptions, client Client) (keyring.Rotation, error) {
	by, err := s.administrator(ctx, caller, client)
	if err != nil {
		return keyring.Rotation{}, err
	}
	done, err := s.keyStore.Rotate(ctx, by, o)
	s.followKeys(ctx, err)
	return done, err
}

// RevokeKey is keyring.Store.Revoke for an administrator.
func (s *Service) RevokeKey(ctx context.Context, caller *token.Claims, kid string, o keyring.RevokeOptions, client Client) (keyring.Revocation, error) {
	by, err := s.administrator(ctx, caller, client)
	if err != nil {
		return keyring.Revocation{}, err
	}
	s.keys.WriteIssued(ctx) // so that the answer counts what was signed here just now
	done, err := s.keyStore.Revoke(ctx, by, kid, o)
	s.followKeys(ctx, err)
	return done, err
}

func (s *Service) administrator(ctx context.Context, caller *token.Claims, client Client) (audit.Actor, error) {
	user, _, err := s.liveSession(ctx, caller)
	return client.person(user), err
}

// followKeys has this instance follow its own move at once; the others poll.
func (s *Service) followKeys(ctx context.Context, moved error) {
	if moved == nil {
		s.warn(ctx, "the key ring was changed and could not be read again", s.keys.Reload(ctx))
	}
}

// MaintainKeysArgs is the periodic job that keyring.Store.Maintain is.
type MaintainKeysArgs struct{}

// Kind names the job.
func (MaintainKeysArgs) Kind() string { return "maintain_keys" }

// keymaster works it. It is not tried again: the next one comes in a minute.
type keymaster struct {
	river.WorkerDefaults[MaintainKeysArgs]
	service *Service
}

// Work does what time asks of the key ring.
func (w *keymaster) Work(ctx context.Context, _ *river.Job[MaintainKeysArgs]) error {
	err := w.service.keyStore.Maintain(ctx)
	w.service.followKeys(ctx, err)
	return err
}
