package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/password"
)

func TestHasher(t *testing.T) {
	t.Parallel()
	five := password.Policy{BcryptCost: 5}
	pool := newPool(t, 2, time.Minute)
	long := strings.Repeat("a", 100)
	for name, c := range map[string]struct {
		policy       password.Policy
		encoded, pw  string
		match, again bool
		err          error
	}{
		"right":                    {five, mustHash(t, five, "correct horse"), "correct horse", true, false, nil},
		"wrong":                    {five, mustHash(t, five, "correct horse"), "wrong horse", false, false, nil},
		"weaker, right":            {five, mustHash(t, quick, "correct horse"), "correct horse", true, true, nil},
		"weaker, wrong":            {five, mustHash(t, quick, "correct horse"), "wrong horse", false, false, nil},
		"stronger, right":          {quick, mustHash(t, five, "correct horse"), "correct horse", true, false, nil},
		"other algorithm, right":   {five, mustHash(t, quickArgon2, "correct horse"), "correct horse", true, true, nil},
		"other algorithm, wrong":   {five, mustHash(t, quickArgon2, "correct horse"), "wrong horse", false, false, nil},
		"to argon2id":              {quickArgon2, mustHash(t, quick, "correct horse"), "correct horse", true, true, nil},
		"too long for the policy":  {five, mustHash(t, quickArgon2, long), long, true, false, nil},
		"unknown":                  {five, "", "correct horse", false, false, nil},
		"unknown under argon2id":   {quickArgon2, "", "correct horse", false, false, nil},
		"unknown, empty password":  {five, "", "", false, false, nil},
		"unknown, 73 bytes":        {five, "", strings.Repeat("a", 73), false, false, nil},
		"a hostile hash is stored": {five, "$2b$31$" + strings.Repeat("a", 53), "correct horse", false, false, password.ErrHashFormat},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := password.NewHasher(c.policy, pool)
			got, err := h.Verify(context.Background(), c.encoded, c.pw)
			if !errors.Is(err, c.err) || got.Match != c.match || (got.Rehash != "") != c.again {
				t.Fatalf("Verify = %+v, %v", got, err)
			}
			if !c.again {
				return
			}
			if h.Policy().Weaker(got.Rehash) {
				t.Error("the new hash is weaker too")
			}
			if again, err := h.Verify(context.Background(), got.Rehash, c.pw); err != nil || !again.Match || again.Rehash != "" {
				t.Errorf("Verify of the new hash = %+v, %v", again, err)
			}
		})
	}
}

func TestHasherHash(t *testing.T) {
	t.Parallel()
	h := password.NewHasher(quick, newPool(t, 1, time.Minute))
	encoded, err := h.Hash(context.Background(), "correct horse")
	if err != nil || !verify(t, encoded, "correct horse") {
		t.Errorf("Hash = %q, %v", encoded, err)
	}
	if _, err := h.Hash(context.Background(), strings.Repeat("a", 73)); !errors.Is(err, password.ErrUnhashable) {
		t.Errorf("Hash of 73 bytes = %v", err)
	}

	pool := newPool(t, 1, 10*time.Millisecond)
	h = password.NewHasher(quick, pool)
	release := occupy(t, pool)
	defer release()
	if _, err := h.Hash(context.Background(), "correct horse"); !errors.Is(err, fault.ErrOverloaded) {
		t.Errorf("Hash = %v, want overloaded", err)
	}
	if r, err := h.Verify(context.Background(), encoded, "correct horse"); !errors.Is(err, fault.ErrOverloaded) || r.Match {
		t.Errorf("Verify = %+v, %v, want overloaded", r, err)
	}
}

// TestS14S15TimeTellsNothing counts the work of what fails: it is that of a wrong
// password, to the round. It is not parallel, as it counts everybody's.
// BenchmarkFailures and the tag `timing` have the times.
func TestS14S15TimeTellsNothing(t *testing.T) {
	policy := password.Policy{BcryptCost: 5}
	h := password.NewHasher(policy, newPool(t, 1, time.Minute))
	for name, c := range failures(t, policy) {
		rounds := password.CountRounds(func() {
			if r, err := h.Verify(context.Background(), c.encoded, c.pw); err != nil && !errors.Is(err, password.ErrHashFormat) || r.Match {
				t.Fatalf("%s: %+v, %v", name, r, err)
			}
		})
		if rounds != 1<<policy.BcryptCost {
			t.Errorf("%s took %d rounds, want %d", name, rounds, 1<<policy.BcryptCost)
		}
	}
}

type failure struct{ encoded, pw string }

func failures(t testing.TB, policy password.Policy) map[string]failure {
	t.Helper()
	made := mustHash(t, policy, strings.Repeat("a", 72))
	return map[string]failure{
		"wrong":       {made, "correct horse"},
		"empty":       {made, ""},
		"73 bytes":    {made, strings.Repeat("a", 73)},
		"1024 bytes":  {made, strings.Repeat("a", 1024)},
		"NUL":         {made, "ab\x00ab"},
		"bad UTF-8":   {made, "ab\xff"},
		"unknown":     {"", "correct horse"},
		"unknown, 73": {"", strings.Repeat("a", 73)},
		"cheaper":     {mustHash(t, quick, "x"), "correct horse"},
		"hostile":     {"$2b$31$" + strings.Repeat("a", 53), "correct horse"},
	}
}
