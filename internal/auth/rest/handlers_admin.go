package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/authapi"
	auditrest "github.com/latchkey-id/latchkey/internal/audit/rest"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

// defaultLimit is the page size where none is asked for (default in the spec).
const defaultLimit = 50

func (h *handler) ListUserSessions(ctx context.Context, r authapi.ListUserSessionsRequestObject) (authapi.ListUserSessionsResponseObject, error) {
	rows, err := h.auth.SessionsOf(ctx, httpapi.Caller(ctx), r.User)
	if err != nil {
		return nil, err
	}
	return authapi.ListUserSessions200JSONResponse{Body: sessionListOf(rows, httpapi.Caller(ctx))}, nil
}

func (h *handler) RevokeUserSessions(ctx context.Context, r authapi.RevokeUserSessionsRequestObject) (authapi.RevokeUserSessionsResponseObject, error) {
	if err := h.auth.RevokeSessionsOf(ctx, httpapi.Caller(ctx), r.User, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.RevokeUserSessions204Response{}, nil
}

func (h *handler) ListAuthAuditEvents(ctx context.Context, r authapi.ListAuthAuditEventsRequestObject) (authapi.ListAuthAuditEventsResponseObject, error) {
	if err := h.auth.Live(ctx, httpapi.Caller(ctx)); err != nil {
		return nil, err
	}
	page, err := h.auth.AuditEvents(ctx, auditFilterOf(r.Params), orElse(r.Params.Limit, defaultLimit), orElse(r.Params.Cursor, ""))
	if err != nil {
		return nil, err
	}
	body, err := auditrest.PageOf(page)
	if err != nil {
		return nil, err
	}
	return authapi.ListAuthAuditEvents200JSONResponse{Body: body}, nil
}
