package rest

import (
	"context"
	"errors"
	"time"

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
	// metadata is what OAuth libraries find the operations by.
	metadata authapi.OAuthMetadata
	// cookieAge is how long a browser keeps a refresh token: until its session
	// ends unless it is used.
	cookieAge time.Duration
}

var _ authapi.StrictServerInterface = (*handler)(nil)

func (h *handler) Register(ctx context.Context, r authapi.RegisterRequestObject) (authapi.RegisterResponseObject, error) {
	account, err := h.auth.Register(ctx, auth.Registration{
		Username: r.Body.Username, Email: r.Body.Email, Password: r.Body.Password,
	}, orElse(r.Params.IdempotencyKey, ""), clientOf(ctx))
	if err != nil {
		return nil, err
	}
	if account == nil {
		return authapi.Register202Response{}, nil
	}
	return authapi.Register201JSONResponse{Body: authapi.Registered{User: userOf(*account)}}, nil
}

func (h *handler) Login(ctx context.Context, r authapi.LoginRequestObject) (authapi.LoginResponseObject, error) {
	grant, err := h.auth.Login(ctx, r.Body.Login, r.Body.Password, orElse(r.Params.RefreshCookie, ""), clientOf(ctx))
	if err != nil {
		return nil, err
	}
	body, cookie := h.deliver(grant, orElse(r.Body.Transport, authapi.Body) == authapi.Cookie)
	return authapi.Login200JSONResponse{Body: body, Headers: authapi.Login200ResponseHeaders{SetCookie: cookie}}, nil
}

func (h *handler) Refresh(ctx context.Context, r authapi.RefreshRequestObject) (authapi.RefreshResponseObject, error) {
	presented, byCookie, err := presentedToken(r.Body, r.Params.RefreshCookie)
	if err != nil {
		return nil, err
	}
	grant, err := h.auth.Refresh(ctx, presented, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	body, cookie := h.deliver(grant, byCookie)
	return authapi.Refresh200JSONResponse{Body: body, Headers: authapi.Refresh200ResponseHeaders{SetCookie: cookie}}, nil
}

func (h *handler) Logout(ctx context.Context, r authapi.LogoutRequestObject) (authapi.LogoutResponseObject, error) {
	presented, byCookie, err := presentedToken(r.Body, r.Params.RefreshCookie)
	if err != nil {
		return nil, err
	}
	caller := httpapi.Caller(ctx)
	switch {
	case caller == nil && presented == "":
		err = fault.ErrUnauthorized
	case caller != nil && (byCookie || presented == ""):
		err = h.auth.Logout(ctx, caller, clientOf(ctx))
	}
	if presented != "" && err == nil {
		if err = h.auth.LogoutToken(ctx, presented, clientOf(ctx)); byCookie && caller != nil && errors.Is(err, auth.ErrInvalidToken) {
			err = nil // an old cookie beside a bearer token
		}
	}
	if err != nil {
		return nil, err
	}
	return authapi.Logout204Response{Headers: authapi.Logout204ResponseHeaders{SetCookie: cleared()}}, nil
}

func (h *handler) LogoutAll(ctx context.Context, _ authapi.LogoutAllRequestObject) (authapi.LogoutAllResponseObject, error) {
	if err := h.auth.LogoutAll(ctx, httpapi.Caller(ctx), clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.LogoutAll204Response{Headers: authapi.LogoutAll204ResponseHeaders{SetCookie: cleared()}}, nil
}

func (h *handler) ListSessions(ctx context.Context, _ authapi.ListSessionsRequestObject) (authapi.ListSessionsResponseObject, error) {
	rows, err := h.auth.Sessions(ctx, httpapi.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.ListSessions200JSONResponse{Body: sessionListOf(rows, httpapi.Caller(ctx))}, nil
}

func (h *handler) RevokeSession(ctx context.Context, r authapi.RevokeSessionRequestObject) (authapi.RevokeSessionResponseObject, error) {
	if err := h.auth.RevokeSession(ctx, httpapi.Caller(ctx), r.Session, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.RevokeSession204Response{}, nil
}

func (h *handler) GetJwks(_ context.Context, r authapi.GetJwksRequestObject) (authapi.GetJwksResponseObject, error) {
	body, etag := h.keys.JWKS()
	if matches(r.Params.IfNoneMatch, etag) {
		return authapi.GetJwks304Response{Headers: authapi.GetJwks304ResponseHeaders{ETag: etag, CacheControl: jwksCaching}}, nil
	}
	return keySet{body: body, etag: etag}, nil
}
