package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/keyring"
)

// handler implements the generated interface, one method per operation.
type handler struct {
	auth *auth.Service
	keys *keyring.Ring
}

var _ authapi.StrictServerInterface = (*handler)(nil)

func (h *handler) Register(ctx context.Context, r authapi.RegisterRequestObject) (authapi.RegisterResponseObject, error) {
	account, err := h.auth.Register(ctx, auth.Registration{
		Username: r.Body.Username, Email: r.Body.Email, Password: r.Body.Password,
	})
	if err != nil {
		return nil, err
	}
	return authapi.Register201JSONResponse{Body: authapi.Registered{User: userOf(account)}}, nil
}

func (h *handler) Login(ctx context.Context, r authapi.LoginRequestObject) (authapi.LoginResponseObject, error) {
	grant, err := h.auth.Login(ctx, r.Body.Login, r.Body.Password, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.Login200JSONResponse{Body: grantOf(grant)}, nil
}

func (h *handler) Refresh(ctx context.Context, r authapi.RefreshRequestObject) (authapi.RefreshResponseObject, error) {
	grant, err := h.auth.Refresh(ctx, r.Body.RefreshToken, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.Refresh200JSONResponse{Body: grantOf(grant)}, nil
}

func (h *handler) Logout(ctx context.Context, r authapi.LogoutRequestObject) (authapi.LogoutResponseObject, error) {
	var err error
	switch caller := httpapi.Caller(ctx); {
	case r.Body != nil:
		err = h.auth.LogoutToken(ctx, r.Body.RefreshToken, clientOf(ctx))
	case caller != nil:
		err = h.auth.Logout(ctx, caller, clientOf(ctx))
	default:
		err = fault.ErrUnauthorized
	}
	if err != nil {
		return nil, err
	}
	return authapi.Logout204Response{}, nil
}

func (h *handler) LogoutAll(ctx context.Context, _ authapi.LogoutAllRequestObject) (authapi.LogoutAllResponseObject, error) {
	if err := h.auth.LogoutAll(ctx, httpapi.Caller(ctx), clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.LogoutAll204Response{}, nil
}

func (h *handler) GetMe(ctx context.Context, _ authapi.GetMeRequestObject) (authapi.GetMeResponseObject, error) {
	account, err := h.auth.Me(ctx, httpapi.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.GetMe200JSONResponse{Body: userOf(account)}, nil
}

func (h *handler) GetJwks(_ context.Context, r authapi.GetJwksRequestObject) (authapi.GetJwksResponseObject, error) {
	body, etag := h.keys.JWKS()
	if matches(r.Params.IfNoneMatch, etag) {
		return authapi.GetJwks304Response{Headers: authapi.GetJwks304ResponseHeaders{ETag: etag, CacheControl: jwksCaching}}, nil
	}
	return keySet{body: body, etag: etag}, nil
}
