package rest

import (
	"context"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/httpapi"
)

func (h *handler) GetMe(ctx context.Context, _ authapi.GetMeRequestObject) (authapi.GetMeResponseObject, error) {
	account, err := h.auth.Me(ctx, httpapi.Caller(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.GetMe200JSONResponse{Body: userOf(account)}, nil
}

func (h *handler) UpdateMe(ctx context.Context, r authapi.UpdateMeRequestObject) (authapi.UpdateMeResponseObject, error) {
	account, err := h.auth.UpdateMe(ctx, httpapi.Caller(ctx), auth.MePatch{
		Username: r.Body.Username, Email: r.Body.Email, CurrentPassword: r.Body.CurrentPassword,
	}, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.UpdateMe200JSONResponse{Body: userOf(account)}, nil
}

func (h *handler) DeleteMe(ctx context.Context, r authapi.DeleteMeRequestObject) (authapi.DeleteMeResponseObject, error) {
	if err := h.auth.DeleteMe(ctx, httpapi.Caller(ctx), r.Body.CurrentPassword, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.DeleteMe204Response{Headers: authapi.DeleteMe204ResponseHeaders{SetCookie: cleared()}}, nil
}

func (h *handler) ChangePassword(ctx context.Context, r authapi.ChangePasswordRequestObject) (authapi.ChangePasswordResponseObject, error) {
	err := h.auth.ChangePassword(ctx, httpapi.Caller(ctx), r.Body.CurrentPassword, r.Body.NewPassword, clientOf(ctx))
	if err != nil {
		return nil, err
	}
	return authapi.ChangePassword204Response{}, nil
}

func (h *handler) ForgotPassword(ctx context.Context, r authapi.ForgotPasswordRequestObject) (authapi.ForgotPasswordResponseObject, error) {
	if err := h.auth.ForgotPassword(ctx, r.Body.Email, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.ForgotPassword202Response{}, nil
}

func (h *handler) ResetPassword(ctx context.Context, r authapi.ResetPasswordRequestObject) (authapi.ResetPasswordResponseObject, error) {
	if err := h.auth.ResetPassword(ctx, r.Body.Token, r.Body.NewPassword, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.ResetPassword204Response{}, nil
}

func (h *handler) VerifyEmail(ctx context.Context, r authapi.VerifyEmailRequestObject) (authapi.VerifyEmailResponseObject, error) {
	if err := h.auth.VerifyEmail(ctx, r.Body.Token, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.VerifyEmail204Response{}, nil
}

func (h *handler) ResendVerification(ctx context.Context, r authapi.ResendVerificationRequestObject) (authapi.ResendVerificationResponseObject, error) {
	if err := h.auth.ResendVerification(ctx, r.Body.Email, clientOf(ctx)); err != nil {
		return nil, err
	}
	return authapi.ResendVerification202Response{}, nil
}
