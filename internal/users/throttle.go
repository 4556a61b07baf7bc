package users

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/usersdb"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/overtime"
	"github.com/latchkey-id/latchkey/internal/postgres"
)

// ErrThrottled is returned, with the time to wait, while too many sign-ins to
// an account or from an address have failed.
var ErrThrottled = fault.New(fault.RateLimited, fault.CodeThrottled, "Too many sign-ins have failed. Try again later.")

// How many failures cost no wait.
const (
	freeForAccount = 5
	freeForAddress = 20
)

// lastWordTime bounds what is taken back although the request's time is over.
const lastWordTime = 2 * time.Second

// throttle keeps guesses slow. An attempt is counted in the database before
// anything is checked, so that of many at once, on many instances, no more
// pass than may; what turns out right is taken back.
type throttle struct {
	key       []byte
	addresses bool // count per address too
}

func newThrottle(secret []byte, addresses bool) (throttle, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "latchkey sign-in throttle", sha256.Size)
	if err != nil {
		return throttle{}, fmt.Errorf("throttle key: %w", err)
	}
	return throttle{key: key, addresses: addresses}, nil
}

// name is the counter of what the parts say; the table holds no name that
// somebody tried. A zero byte can be in none of the parts.
func (t throttle) name(parts ...string) []byte {
	h := hmac.New(sha256.New, t.key)
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// attempt is one sign-in that was counted.
type attempt struct {
	service *Service
	account []byte // the counter that took it
	address []byte // likewise; nil where none did
	user    uuid.UUID
	network *netip.Addr
}

// reserve counts an attempt on the account that login names (uuid.Nil where it
// names none: then under the folded login, and treated alike). It returns
// ErrThrottled while a counter lets nobody pass.
func (s *Service) reserve(ctx context.Context, user uuid.UUID, login string, address netip.Addr) (*attempt, error) {
	a := &attempt{service: s, user: user, network: networkOf(address)}
	if s.throttle.addresses && a.network != nil {
		key := s.throttle.name("address", a.network.String())
		taken, err := s.count(ctx, usersdb.ReserveAttemptParams{Key: key, KnownKey: key, Free: freeForAddress})
		if err != nil {
			return nil, err
		}
		a.address = taken
	}
	who := "login " + login
	params := usersdb.ReserveAttemptParams{Free: freeForAccount, Network: a.network}
	if user != uuid.Nil {
		who, params.UserID = "user "+user.String(), &user
	}
	params.Key = s.throttle.name("account", who)
	params.KnownKey = params.Key
	if a.network != nil {
		params.KnownKey = s.throttle.name("account", who, a.network.String())
	}
	taken, err := s.count(ctx, params)
	switch {
	case errors.Is(err, ErrThrottled):
		return nil, err
	case err != nil: // a fault, which says nothing for the address either
		a.notEvaluated(ctx)
		return nil, err
	}
	a.account = taken
	return a, nil
}

func (s *Service) count(ctx context.Context, params usersdb.ReserveAttemptParams) ([]byte, error) {
	taken, err := s.queries.ReserveAttempt(ctx, params)
	if err == nil {
		return taken, nil
	}
	if !postgres.IsNoRows(err) {
		return nil, postgres.Fault(err)
	}
	wait, err := s.queries.ThrottleWait(ctx, usersdb.ThrottleWaitParams{Key: params.Key, KnownKey: params.KnownKey})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return nil, ErrThrottled.After(max(time.Second, time.Duration(wait*float64(time.Second))))
}

// succeeded clears the account's counter, remembers the network and takes the
// attempt back from the address: somebody's own password says nothing for the
// others that an address tries. The sign-in does not depend on it.
func (a *attempt) succeeded(ctx context.Context) {
	s := a.service
	params := usersdb.SignedInParams{Key: a.account, AddressKey: a.address, Free: freeForAddress, UserID: a.user, Network: a.network}
	err := overtime.Do(ctx, lastWordTime, func(ctx context.Context) error { return s.queries.SignedIn(ctx, params) })
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "throttle not cleared", slog.String("error", err.Error()))
	}
}

// notEvaluated takes the attempt back: the service was too busy to look.
func (a *attempt) notEvaluated(ctx context.Context) {
	_ = overtime.Do(ctx, lastWordTime, func(ctx context.Context) error { // giveBack logs
		a.giveBack(ctx, a.account, freeForAccount)
		a.giveBack(ctx, a.address, freeForAddress)
		return nil
	})
}

func (a *attempt) giveBack(ctx context.Context, key []byte, free int32) {
	if key == nil {
		return
	}
	if err := a.service.queries.ReturnAttempt(ctx, usersdb.ReturnAttemptParams{Key: key, Free: free}); err != nil {
		a.service.log.LogAttrs(ctx, slog.LevelWarn, "attempt not taken back", slog.String("error", err.Error()))
	}
}

// networkOf is the unit that addresses are counted in: an IPv4 address or an
// IPv6 /64, which is what one subscriber holds. Nil where there is none.
func networkOf(address netip.Addr) *netip.Addr {
	if !address.IsValid() {
		return nil
	}
	network := address.Unmap()
	if network.Is6() {
		network = netip.PrefixFrom(network.WithZone(""), 64).Masked().Addr()
	}
	return &network
}
