package main_test

import (
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// S42: rotated, killed with SIGKILL, started again: what was exchanged before stays so.
// TestKilledInTheMiddleOfRefreshChains does it under load.
func TestS42AKilledServiceRevivesNoToken(t *testing.T) {
	t.Parallel()
	d := apitest.Deploy(t)
	users, auth := d.RunUsers(t, d.UsersAddr), d.RunAuth(t, d.AuthAddr)
	users.AwaitReady(t, d.UsersAddr, refusalLimit)
	auth.AwaitReady(t, d.AuthAddr, refusalLimit)
	person, bystander := d.Person(t), d.Person(t)
	first := person.RefreshToken
	second := d.Refresh(t, first).RefreshToken
	third := d.Refresh(t, second).RefreshToken
	auth.Kill()
	d.RunAuth(t, d.AuthAddr).AwaitReady(t, d.AuthAddr, refusalLimit)
	if again := d.Refresh(t, second).RefreshToken; again != third { // the parent, in its grace
		t.Error("the parent gave another successor after the kill")
	}
	for _, token := range []string{first, third} { // the first ends the session
		d.Auth.Post(t, "/auth/refresh", "", apitest.Body{"refresh_token": token}).Problem(http.StatusUnauthorized, "invalid_token")
	}
	d.Refresh(t, bystander.RefreshToken)
}
