package main

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/gen/authclient"
	"github.com/latchkey-id/latchkey/gen/sharedapi"
	"github.com/latchkey-id/latchkey/gen/usersclient"
	"github.com/latchkey-id/latchkey/internal/apitest"
)

const adasEmail = "ada@example.com"

// register registers ada, twice under one key.
func (s *story) register() {
	t, ctx := s.t, s.t.Context()
	key := &authclient.RegisterParams{IdempotencyKey: new(uuid.NewString())}
	ada := authclient.Registration{Username: "ada", Email: adasEmail, Password: apitest.Password}
	first := of(s.auth.RegisterWithResponse(ctx, key, ada)).ok(t)
	again := of(s.auth.RegisterWithResponse(ctx, key, ada)).ok(t)
	if again.JSON201.User.Id != first.JSON201.User.Id || again.Headers201.IdempotencyReplayed == nil || first.Headers201.IdempotencyReplayed != nil {
		t.Errorf("the answer under one key: %s, then %s", first.Body, again.Body)
	}
	other := func(username, email, password string) authclient.Registration {
		return authclient.Registration{Username: username, Email: email, Password: password}
	}
	s.meets(sharedapi.ProblemCodeIdempotencyMismatch)(s.auth.RegisterWithResponse(ctx, key, other("ada", "eve@example.com", apitest.Password)))
	s.meets(sharedapi.ProblemCodeUsernameTaken)(s.auth.RegisterWithResponse(ctx, nil, other("Ada", "eve@example.com", apitest.Password)))
	s.meets(sharedapi.ProblemCodeEmailTaken)(s.auth.RegisterWithResponse(ctx, nil, other("eve", adasEmail, apitest.Password)))
	weak := s.meets(sharedapi.ProblemCodePasswordRejected)(s.auth.RegisterWithResponse(ctx, nil, other("eve", "eve@example.com", "short")))
	if weak.Problem.Reasons == nil || !slices.Contains(*weak.Problem.Reasons, "too_short") {
		t.Errorf("%+v", weak.Problem)
	}
	bad := s.meets(sharedapi.ProblemCodeInvalidRequest)(s.auth.RegisterWithResponse(ctx, nil, other("e", "eve@example.com", apitest.Password)))
	if bad.Problem.Errors == nil || (*bad.Problem.Errors)[0].Pointer != "/username" {
		t.Errorf("%+v", bad.Problem)
	}
}

// confirmAndSignIn follows the mail's link and signs ada in.
func (s *story) confirmAndSignIn() *session {
	t, ctx := s.t, s.t.Context()
	login := authclient.Login{Login: "ada", Password: apitest.Password}
	s.meets(sharedapi.ProblemCodeEmailNotVerified)(s.auth.LoginWithResponse(ctx, nil, login))
	of(s.auth.ResendVerificationWithResponse(ctx, authclient.EmailBody{Email: "nobody@example.com"})).ok(t)
	s.meets(sharedapi.ProblemCodeRateLimited)(s.auth.ResendVerificationWithResponse(ctx, authclient.EmailBody{Email: "nobody@example.com"}))
	link := authclient.TokenBody{Token: s.Do(t, "verification", adasEmail)}
	of(s.auth.VerifyEmailWithResponse(ctx, link)).ok(t)
	s.meets(sharedapi.ProblemCodeInvalidToken)(s.auth.VerifyEmailWithResponse(ctx, link))

	login.Password = "not the password"
	s.meets(sharedapi.ProblemCodeInvalidCredentials)(s.auth.LoginWithResponse(ctx, nil, login))
	ada, err := signIn(ctx, s.auth, "ada", apitest.Password)
	if err != nil {
		t.Fatal(err)
	}
	before := ada.grant.AccessToken
	if err := ada.refresh(ctx); err != nil || ada.grant.AccessToken == before {
		t.Fatalf("refresh: %v", err)
	}
	me := of(s.auth.GetMeWithResponse(ctx, s.as(ada))).ok(t)
	if me.JSON200.Username != "ada" || !me.JSON200.Verified {
		t.Errorf("%s", me.Body)
	}
	s.meets(sharedapi.ProblemCodeUnauthorized)(s.auth.GetMeWithResponse(ctx))
	return ada
}

// manageAccounts makes, reads, changes, deletes and restores one.
func (s *story) manageAccounts(ada *session) {
	t, ctx := s.t, s.t.Context()
	s.meets(sharedapi.ProblemCodeForbidden)(s.users(ada).ListUsersWithResponse(ctx, nil))
	made := of(s.admin.CreateUserWithResponse(ctx, &usersclient.CreateUserParams{IdempotencyKey: new(uuid.NewString())},
		usersclient.NewUser{Username: "bob", Email: "bob@example.com", Password: new(apitest.Password), Verified: new(true)})).ok(t)
	id, first := made.JSON201.Id, made.Headers201.ETag
	changed := of(s.admin.UpdateUserWithResponse(ctx, id, &usersclient.UpdateUserParams{IfMatch: &first}, usersclient.UserPatch{Username: new("robert")})).ok(t)
	if changed.JSON200.Username != "robert" || changed.Headers200.ETag == first {
		t.Errorf("%s %s", changed.Headers200.ETag, changed.Body)
	}
	s.meets(sharedapi.ProblemCodeVersionMismatch)(s.admin.UpdateUserWithResponse(ctx, id, &usersclient.UpdateUserParams{IfMatch: &first}, usersclient.UserPatch{Username: new("rob")}))
	of(s.admin.DeleteUserWithResponse(ctx, id, &usersclient.DeleteUserParams{IfMatch: &changed.Headers200.ETag})).ok(t)
	s.meets(sharedapi.ProblemCodeNotFound)(s.admin.GetUserWithResponse(ctx, id.String(), nil))
	of(s.admin.RestoreUserWithResponse(ctx, id, nil)).ok(t)
	page := of(s.admin.ListUsersWithResponse(ctx, &usersclient.ListUsersParams{Q: new("rob")})).ok(t)
	if len(page.JSON200.Items) != 1 || page.JSON200.Items[0].Id != id || !page.JSON200.NextCursor.IsNull() {
		t.Errorf("%s", page.Body)
	}
	s.meets(sharedapi.ProblemCodeLastAdmin)(s.admin.DeleteUserWithResponse(ctx, s.root.grant.User.Id, nil))
	s.meets(sharedapi.ProblemCodeBodyTooLarge)(s.admin.CreateUserWithResponse(ctx, nil, usersclient.NewUser{Username: strings.Repeat("x", 70_000), Email: "x@example.com"}))
	s.meets(sharedapi.ProblemCodeUnsupportedMediaType)(s.admin.CreateUserWithBodyWithResponse(ctx, nil, "text/plain", strings.NewReader("bob")))
	s.meets(sharedapi.ProblemCodeHeadersTooLarge)(s.admin.ListRolesWithResponse(ctx, header("X-Padding", strings.Repeat("x", 17_000))))
}

// roles runs the example itself, whose account then holds a role.
func (s *story) roles() {
	t, ctx := s.t, s.t.Context()
	at := services{auth: s.Auth.URL, users: s.Users.URL}
	grace, err := run(ctx, at, apitest.AdminUsername, apitest.AdminPassword, wanted{"grace", "grace@example.com", "editor"})
	if err != nil || !slices.Equal(grace.Roles, []string{"editor", "user"}) {
		t.Fatalf("%+v, %v", grace, err)
	}
	_, err = run(ctx, at, apitest.AdminUsername, apitest.AdminPassword, wanted{"grace", "grace@example.com", "editor"})
	if codeOf(err) != sharedapi.ProblemCodeUsernameTaken || !strings.Contains(explain(err), string(askPerson)) {
		t.Errorf("the second time: %v", err)
	}
	s.meets(sharedapi.ProblemCodeRoleInUse)(s.admin.DeleteRoleWithResponse(ctx, "editor"))
	of(s.admin.UpdateUserWithResponse(ctx, grace.Id, nil, usersclient.UserPatch{Roles: &usersclient.RoleNames{"user"}})).ok(t)
	of(s.admin.DeleteRoleWithResponse(ctx, "editor")).ok(t)
	s.meets(sharedapi.ProblemCodeMethodNotAllowed)(s.admin.ListRolesWithResponse(ctx, method(http.MethodDelete)))
}
