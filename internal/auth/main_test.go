package auth_test

import (
	"testing"

	"github.com/latchkey-id/latchkey/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
