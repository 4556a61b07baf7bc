package rest_test

import (
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/auth"
	"github.com/latchkey-id/latchkey/internal/auth/rest"
	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/httpapi"
	"github.com/latchkey-id/latchkey/token"
)

// linked gives the auth service's way to the accounts of a system, through a
// proxy of its own.
func linked(t *testing.T, s *apitest.System) (auth.Accounts, *apitest.Proxy) {
	t.Helper()
	proxy := apitest.NewProxy(t, s.Users.URL)
	bearer := s.Mint(t, token.Claims{Subject: httpapi.AuthIdentity, Scope: "users:read users:write credentials:verify credentials:write"})
	accounts, err := rest.NewAccounts(proxy.URL(), func() (string, error) { return bearer, nil }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return accounts, proxy
}

func registration() auth.Registration {
	name := apitest.Name()
	return auth.Registration{Username: name, Email: name + "@example.com", Password: apitest.Password}
}

// is fails the test unless err is the fault, in kind and code.
func isFault(t *testing.T, err error, want *fault.Error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("the error is %v, want %v", err, want)
	}
}

func ptr[T any](value T) *T { return &value }

func TestAccounts(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	accounts, _ := linked(t, s)
	ctx, in := t.Context(), registration()
	made, err := accounts.Create(ctx, in, "key-1")
	if err != nil || made.Username != in.Username || !slices.Equal(made.Roles, []string{"user"}) {
		t.Fatalf("%+v, %v", made, err)
	}
	if again, err := accounts.Create(ctx, in, "key-1"); err != nil || again.ID != made.ID {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = accounts.Create(ctx, in, "key-2")
	isFault(t, err, fault.New(fault.Conflict, fault.CodeUsernameTaken, ""))
	_, err = accounts.Create(ctx, registration(), "key-1")
	isFault(t, err, fault.New(fault.Unprocessable, fault.CodeIdempotencyMismatch, ""))

	for name, find := range map[string]func() (auth.Account, error){
		"email":    func() (auth.Account, error) { return accounts.FindByEmail(ctx, in.Email) },
		"username": func() (auth.Account, error) { return accounts.FindByUsername(ctx, in.Username) },
	} {
		if found, err := find(); err != nil || found.ID != made.ID || found.Epoch != 0 {
			t.Errorf("by %s: %+v, %v", name, found, err)
		}
	}
	for _, nobody := range []string{"nobody@example.com", "no address", "../email/" + in.Email, "..", "a@b@c", ""} {
		_, err = accounts.FindByEmail(ctx, nobody)
		isFault(t, err, fault.ErrNotFound)
	}
	for _, nobody := range []string{"nobody", "no name", made.ID.String(), "email/" + in.Email, "..", "x/../" + in.Username, "?", ""} {
		_, err = accounts.FindByUsername(ctx, nobody)
		isFault(t, err, fault.ErrNotFound)
	}
}

func TestAccountsChange(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	accounts, _ := linked(t, s)
	ctx, in := t.Context(), registration()
	made, err := accounts.Create(ctx, in, "key")
	if err != nil {
		t.Fatal(err)
	}
	set := func(epoch int64, c auth.Credentials) (auth.Account, error) {
		return accounts.SetCredentials(ctx, made.ID, epoch, c, uuid.NewString())
	}
	if now, err := set(1, auth.Credentials{Verified: ptr(true)}); err != nil || now.Epoch != 1 || !now.Verified {
		t.Errorf("%+v, %v", now, err)
	}
	if now, err := set(1, auth.Credentials{Password: ptr("a new long passphrase"), Username: ptr("renamed")}); err != nil || now.Epoch != 2 || now.Username != "renamed" {
		t.Errorf("%+v, %v", now, err)
	}
	_, err = set(1, auth.Credentials{Email: ptr("late@example.com")})
	isFault(t, err, auth.ErrEpochMoved)
	_, err = set(2, auth.Credentials{Password: ptr("short")})
	if isFault(t, err, fault.New(fault.Unprocessable, fault.CodePasswordRejected, "")); len(fault.As(err).Reasons) == 0 {
		t.Error("no reasons")
	}
	_, err = accounts.SetCredentials(ctx, uuid.New(), 1, auth.Credentials{Verified: ptr(true)}, "another-key")
	isFault(t, err, fault.ErrNotFound)
	if now, err := accounts.Verify(ctx, "renamed", "a new long passphrase"); err != nil || now.Epoch != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	isFault(t, accounts.PurgeUnverified(ctx, made.ID), auth.ErrEpochMoved)

	if err := accounts.Delete(ctx, made.ID); err != nil {
		t.Error(err)
	}
	isFault(t, accounts.Delete(ctx, made.ID), fault.ErrNotFound)
	_, err = accounts.FindByEmail(ctx, in.Email)
	isFault(t, err, fault.ErrNotFound)
	admin, err := accounts.FindByUsername(ctx, apitest.AdminUsername)
	if err != nil {
		t.Fatal(err)
	}
	isFault(t, accounts.Delete(ctx, admin.ID), fault.New(fault.Conflict, fault.CodeLastAdmin, ""))
}

func TestAccountsPurge(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	accounts, proxy := linked(t, s)
	ctx := t.Context()
	for _, cut := range []bool{false, true} {
		in := registration()
		made, err := accounts.Create(ctx, in, uuid.NewString())
		if err != nil {
			t.Fatal(err)
		}
		if cut {
			proxy.Next(1, apitest.CutAfterRequest, "DELETE", "/users/")
		}
		if err := accounts.PurgeUnverified(ctx, made.ID); err != nil {
			t.Error(err)
		}
		isFault(t, accounts.PurgeUnverified(ctx, made.ID), auth.ErrEpochMoved)
		if again, err := accounts.Create(ctx, in, uuid.NewString()); err != nil || again.ID == made.ID {
			t.Errorf("%+v, %v", again, err)
		}
	}
}

// TestALostAnswerChangesNothing: what was done is done once, and told.
func TestALostAnswerChangesNothing(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	accounts, proxy := linked(t, s)
	ctx, in := t.Context(), registration()
	lose := func(method string) { proxy.Next(1, apitest.CutAfterRequest, method, "/users") }
	lose("POST")
	made, err := accounts.Create(ctx, in, uuid.NewString())
	if err != nil || proxy.Forwarded("POST", "/users") != 2 {
		t.Fatalf("%+v, %v", made, err)
	}
	lose("PATCH")
	now, err := accounts.SetCredentials(ctx, made.ID, 1, auth.Credentials{Password: ptr("a new long passphrase")}, uuid.NewString())
	if err != nil || now.Epoch != 2 || proxy.Forwarded("PATCH", "/users") != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	lose("GET")
	if now, err := accounts.Standing(ctx, made.ID); err != nil || now.Epoch != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	lose("DELETE")
	if err := accounts.Delete(ctx, made.ID); err != nil || proxy.Forwarded("DELETE", "/users") != 2 {
		t.Errorf("%v", err)
	}
	var events struct{ Items []struct{ Type string } }
	s.Users.Get(t, "/audit-events?user_id="+made.ID.String(), s.Admin(t)).Is(http.StatusOK).JSON(&events)
	if len(events.Items) != 3 {
		t.Errorf("what happened: %+v", events.Items)
	}
}
