package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

func (h *handler) ListKeys(ctx context.Context, r authapi.ListKeysRequestObject) (authapi.ListKeysResponseObject, error) {
	keys, err := h.auth.SigningKeys(ctx, httpapi.Caller(ctx), orElse(r.Params.All, false))
	if err != nil {
		return nil, err
	}
	list := authapi.KeyList{Items: []authapi.Key{}}
	for _, key := range keys {
		list.Items = append(list.Items, keyOf(key))
	}
	return authapi.ListKeys200JSONResponse{Body: list}, nil
}

func (h *handler) CreateKey(ctx context.Context, r authapi.CreateKeyRequestObject) (authapi.CreateKeyResponseObject, error) {
	wanted := orElse(r.Body, authapi.NewKey{})
	key, err := h.auth.CreateKey(ctx, httpapi.Caller(ctx), string(orElse(wanted.Algorithm, "")), int(orElse(wanted.Bits, 0)), clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.CreateKey201JSONResponse{Body: keyOf(key)}, nil
}

func (h *handler) RotateKeys(ctx context.Context, r authapi.RotateKeysRequestObject) (authapi.RotateKeysResponseObject, error) {
	wanted := orElse(r.Body, authapi.KeyRotation{})
	options := keyring.RotateOptions{KID: orElse(wanted.Kid, ""), Force: orElse(wanted.Force, false), DryRun: orElse(wanted.DryRun, false)}
	done, err := h.auth.RotateKeys(ctx, httpapi.Caller(ctx), options, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.RotateKeys200JSONResponse{Body: authapi.KeyRotationResult{
		Activated: keyOf(done.Activated), Retiring: keyOrNull(done.Retiring), Pending: keyOrNull(done.Pending),
		Changed: !done.Again && !options.DryRun,
	}}, nil
}

func (h *handler) RevokeKey(ctx context.Context, r authapi.RevokeKeyRequestObject) (authapi.RevokeKeyResponseObject, error) {
	wanted := orElse(r.Body, authapi.KeyRevocation{})
	options := keyring.RevokeOptions{Active: orElse(wanted.Active, false), DryRun: orElse(wanted.DryRun, false)}
	done, err := h.auth.RevokeKey(ctx, httpapi.Caller(ctx), r.Kid, options, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.RevokeKey200JSONResponse{Body: authapi.KeyRevocationResult{
		Revoked: keyOf(done.Revoked), TokensOut: done.Revoked.TokensOut, Activated: keyOrNull(done.Activated),
		Unseen: done.Unseen, Pending: keyOrNull(done.Pending), Changed: !done.Again && !options.DryRun,
	}}, nil
}
