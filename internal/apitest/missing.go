package apitest

import (
	"os"
	"testing"
)

// Missing ends a test for which this machine lacks something, and says what. In CI, which `.ci/run`
// says by the environment's CI, it fails the test: there nothing may be lacking.
func Missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("missing: %s", what)
	}
	t.Skipf("missing: %s", what)
}
