package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/internal/users"
)

// handler implements the generated interface, one method per operation.
type handler struct {
	users *users.Service
}

var _ usersapi.StrictServerInterface = (*handler)(nil)

// defaultLimit is the page size where none is asked for (default in the spec).
const defaultLimit = 50

func (h *handler) CreateUser(ctx context.Context, r usersapi.CreateUserRequestObject) (usersapi.CreateUserResponseObject, error) {
	account, err := h.users.Create(ctx, httpapi.Caller(ctx), newAccountOf(r.Body))
	if err != nil {
		return nil, err
	}
	return usersapi.CreateUser201JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.CreateUser201ResponseHeaders{ETag: etagOf(account), Location: "/users/" + account.ID.String()},
	}, nil
}

func (h *handler) ListUsers(ctx context.Context, r usersapi.ListUsersRequestObject) (usersapi.ListUsersResponseObject, error) {
	limit, cursor := int32(defaultLimit), ""
	if r.Params.Limit != nil {
		limit = *r.Params.Limit
	}
	if r.Params.Cursor != nil {
		cursor = *r.Params.Cursor
	}
	page, err := h.users.List(ctx, limit, cursor)
	if err != nil {
		return nil, err
	}
	return usersapi.ListUsers200JSONResponse{Body: pageOf(page)}, nil
}

func (h *handler) GetUser(ctx context.Context, r usersapi.GetUserRequestObject) (usersapi.GetUserResponseObject, error) {
	account, err := h.users.Get(ctx, httpapi.Caller(ctx), r.User)
	if err != nil {
		return nil, err
	}
	return usersapi.GetUser200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.GetUser200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) GetUserByEmail(ctx context.Context, r usersapi.GetUserByEmailRequestObject) (usersapi.GetUserByEmailResponseObject, error) {
	account, err := h.users.GetByEmail(ctx, httpapi.Caller(ctx), r.Email)
	if err != nil {
		return nil, err
	}
	return usersapi.GetUserByEmail200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.GetUserByEmail200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) UpdateUser(ctx context.Context, r usersapi.UpdateUserRequestObject) (usersapi.UpdateUserResponseObject, error) {
	account, err := h.users.Update(ctx, httpapi.Caller(ctx), r.User, preconditionOf(r.Params.IfMatch), patchOf(r.Body))
	if err != nil {
		return nil, err
	}
	return usersapi.UpdateUser200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.UpdateUser200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) DeleteUser(ctx context.Context, r usersapi.DeleteUserRequestObject) (usersapi.DeleteUserResponseObject, error) {
	if err := h.users.Delete(ctx, httpapi.Caller(ctx), r.User, preconditionOf(r.Params.IfMatch)); err != nil {
		return nil, err
	}
	return usersapi.DeleteUser204Response{}, nil
}

func (h *handler) VerifyCredentials(ctx context.Context, r usersapi.VerifyCredentialsRequestObject) (usersapi.VerifyCredentialsResponseObject, error) {
	found, err := h.users.VerifyCredentials(ctx, r.Body.Login, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return usersapi.VerifyCredentials200JSONResponse{Body: verifiedOf(found)}, nil
}

func (h *handler) GetUserSecurity(ctx context.Context, r usersapi.GetUserSecurityRequestObject) (usersapi.GetUserSecurityResponseObject, error) {
	row, err := h.users.Security(ctx, r.User)
	if err != nil {
		return nil, err
	}
	return usersapi.GetUserSecurity200JSONResponse{Body: securityOf(row)}, nil
}
