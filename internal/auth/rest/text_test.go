package rest_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func TestS05WhatIsNoText(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	t.Logf("%d requests", s.WalkBadText(t, s.Auth, "auth"))
}
