package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/usersapi"
	auditrest "github.com/latchkey-id/latchkey/internal/audit/rest"
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
	account, err := h.users.Create(ctx, actorOf(ctx), newAccountOf(r.Body))
	if err != nil {
		return nil, err
	}
	return usersapi.CreateUser201JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.CreateUser201ResponseHeaders{ETag: etagOf(account), Location: "/users/" + account.ID.String()},
	}, nil
}

func (h *handler) ListUsers(ctx context.Context, r usersapi.ListUsersRequestObject) (usersapi.ListUsersResponseObject, error) {
	page, err := h.users.List(ctx, actorOf(ctx), filterOf(r.Params), orElse(r.Params.Limit, defaultLimit), orElse(r.Params.Cursor, ""))
	if err != nil {
		return nil, err
	}
	return usersapi.ListUsers200JSONResponse{Body: pageOf(page)}, nil
}

func (h *handler) GetUser(ctx context.Context, r usersapi.GetUserRequestObject) (usersapi.GetUserResponseObject, error) {
	account, err := h.users.Get(ctx, actorOf(ctx), r.User, orElse(r.Params.IncludeDeleted, false))
	if err != nil {
		return nil, err
	}
	return usersapi.GetUser200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.GetUser200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) GetUserByEmail(ctx context.Context, r usersapi.GetUserByEmailRequestObject) (usersapi.GetUserByEmailResponseObject, error) {
	account, err := h.users.GetByEmail(ctx, actorOf(ctx), r.Email, orElse(r.Params.IncludeDeleted, false))
	if err != nil {
		return nil, err
	}
	return usersapi.GetUserByEmail200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.GetUserByEmail200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) UpdateUser(ctx context.Context, r usersapi.UpdateUserRequestObject) (usersapi.UpdateUserResponseObject, error) {
	account, err := h.users.Update(ctx, actorOf(ctx), r.User, preconditionOf(r.Params.IfMatch), patchOf(r.Body))
	if err != nil {
		return nil, err
	}
	return usersapi.UpdateUser200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.UpdateUser200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) DeleteUser(ctx context.Context, r usersapi.DeleteUserRequestObject) (usersapi.DeleteUserResponseObject, error) {
	remove := h.users.Delete
	if orElse(r.Params.Purge, false) {
		remove = h.users.Purge
	}
	if err := remove(ctx, actorOf(ctx), r.User, preconditionOf(r.Params.IfMatch)); err != nil {
		return nil, err
	}
	return usersapi.DeleteUser204Response{}, nil
}

func (h *handler) RestoreUser(ctx context.Context, r usersapi.RestoreUserRequestObject) (usersapi.RestoreUserResponseObject, error) {
	account, err := h.users.Restore(ctx, actorOf(ctx), r.User, preconditionOf(r.Params.IfMatch))
	if err != nil {
		return nil, err
	}
	return usersapi.RestoreUser200JSONResponse{
		Body:    userOf(account),
		Headers: usersapi.RestoreUser200ResponseHeaders{ETag: etagOf(account)},
	}, nil
}

func (h *handler) ListRoles(ctx context.Context, _ usersapi.ListRolesRequestObject) (usersapi.ListRolesResponseObject, error) {
	roles, err := h.users.Roles(ctx, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return usersapi.ListRoles200JSONResponse{Body: roleListOf(roles)}, nil
}

func (h *handler) PutRole(ctx context.Context, r usersapi.PutRoleRequestObject) (usersapi.PutRoleResponseObject, error) {
	row, err := h.users.PutRole(ctx, actorOf(ctx), r.Role, r.Body.Description)
	if err != nil {
		return nil, err
	}
	role := usersapi.Role{Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt.UTC()}
	if row.Inserted {
		return usersapi.PutRole201JSONResponse{Body: role}, nil
	}
	return usersapi.PutRole200JSONResponse{Body: role}, nil
}

func (h *handler) DeleteRole(ctx context.Context, r usersapi.DeleteRoleRequestObject) (usersapi.DeleteRoleResponseObject, error) {
	if err := h.users.DeleteRole(ctx, actorOf(ctx), r.Role); err != nil {
		return nil, err
	}
	return usersapi.DeleteRole204Response{}, nil
}

func (h *handler) ListAuditEvents(ctx context.Context, r usersapi.ListAuditEventsRequestObject) (usersapi.ListAuditEventsResponseObject, error) {
	page, err := h.users.AuditEvents(ctx, actorOf(ctx), auditFilterOf(r.Params), orElse(r.Params.Limit, defaultLimit), orElse(r.Params.Cursor, ""))
	if err != nil {
		return nil, err
	}
	body, err := auditrest.PageOf(page)
	if err != nil {
		return nil, err
	}
	return usersapi.ListAuditEvents200JSONResponse{Body: body}, nil
}

func (h *handler) VerifyCredentials(ctx context.Context, r usersapi.VerifyCredentialsRequestObject) (usersapi.VerifyCredentialsResponseObject, error) {
	found, err := h.users.VerifyCredentials(ctx, actorOf(ctx), r.Body.Login, r.Body.Password)
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

func (h *handler) UpdateCredentials(ctx context.Context, r usersapi.UpdateCredentialsRequestObject) (usersapi.UpdateCredentialsResponseObject, error) {
	account, epoch, err := h.users.UpdateCredentials(ctx, actorOf(ctx), r.User, r.Body.CredentialEpoch, credentialsPatchOf(r.Body))
	if err != nil {
		return nil, err
	}
	return usersapi.UpdateCredentials200JSONResponse{
		Body: usersapi.VerifiedCredentials{User: userOf(account), CredentialEpoch: epoch},
	}, nil
}
