package password_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/latchkey-id/latchkey/internal/password"
)

// Policies that are quick under the race detector.
var (
	quick       = password.Policy{Algorithm: password.Bcrypt, BcryptCost: 4}
	quickArgon2 = password.Policy{Algorithm: password.Argon2id, Argon2MemoryKiB: 64, Argon2Time: 1, Argon2Threads: 1}
)

func mustHash(t testing.TB, p password.Policy, pw string) string {
	t.Helper()
	encoded, err := p.Hash(pw)
	if err != nil {
		t.Fatalf("Hash: %v", err)
	}
	if err := password.ParseHash(encoded); err != nil {
		t.Fatalf("ParseHash(%q): %v", encoded, err)
	}
	return encoded
}

func verify(t testing.TB, encoded, pw string) bool {
	t.Helper()
	ok, err := password.Verify(encoded, pw)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	return ok
}

func TestVerify(t *testing.T) {
	t.Parallel()
	spaces := strings.Repeat("four score ", 6)[:64]
	a72 := strings.Repeat("a", 72)
	for name, c := range map[string]struct {
		policy     password.Policy
		made, sent string
		want       bool
	}{
		"right":                   {quick, "correct horse", "correct horse", true},
		"wrong":                   {quick, "correct horse", "correct horsf", false},
		"case counts":             {quick, "correct horse", "Correct horse", false},
		"64 with spaces":          {quick, spaces, spaces, true},
		"trailing space counts":   {quick, "correct horse", "correct horse ", false},
		"emoji":                   {quick, "🔑🔒🗝️🚪", "🔑🔒🗝️🚪", true},
		"other emoji":             {quick, "🔑🔒🗝️🚪", "🔑🔒🗝️🔑", false},
		"72 bytes":                {quick, a72, a72, true},
		"73 for 72":               {quick, a72, a72 + "a", false},
		"1024 for 72":             {quick, a72, strings.Repeat("a", 1024), false},
		"NUL repeats":             {quick, "ab", "ab\x00ab", false},
		"NUL at the end":          {quick, "ab", "ab\x00", false},
		"empty":                   {quick, "ab", "", false},
		"bad UTF-8":               {quick, "ab", "ab\xff", false},
		"argon2id right":          {quickArgon2, "correct horse", "correct horse", true},
		"argon2id wrong":          {quickArgon2, "correct horse", "correct horsf", false},
		"argon2id emoji":          {quickArgon2, strings.Repeat("🔑", 256), strings.Repeat("🔑", 256), true},
		"argon2id 73 for 72":      {quickArgon2, a72, a72 + "a", false},
		"argon2id NUL":            {quickArgon2, "ab", "ab\x00ab", false},
		"argon2id 4097 for 4096":  {quickArgon2, strings.Repeat("a", 4096), strings.Repeat("a", 4097), false},
		"argon2id, 4096 for 4096": {quickArgon2, strings.Repeat("a", 4096), strings.Repeat("a", 4096), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := verify(t, mustHash(t, c.policy, c.made), c.sent); got != c.want {
				t.Errorf("Verify = %v, want %v", got, c.want)
			}
		})
	}
}

// TestVerifyUnusable makes hashes that really belong to passwords the package
// refuses, as another system may have: they never match.
func TestVerifyUnusable(t *testing.T) {
	t.Parallel()
	for _, pw := range []string{"", "a\x00b", "\xff\xfe123"} {
		raw, err := bcrypt.GenerateFromPassword([]byte(pw), 4)
		if err != nil {
			t.Fatal(err)
		}
		if verify(t, string(raw), pw) {
			t.Errorf("%q matches", pw)
		}
		for _, p := range []password.Policy{quick, quickArgon2} {
			if _, err := p.Hash(pw); !errors.Is(err, password.ErrUnhashable) {
				t.Errorf("Hash(%q) = %v, want ErrUnhashable", pw, err)
			}
		}
	}
	if _, err := quick.Hash(strings.Repeat("a", 73)); !errors.Is(err, password.ErrUnhashable) {
		t.Errorf("bcrypt hashes 73 bytes: %v", err)
	}
}

func TestBcryptPrefixes(t *testing.T) {
	t.Parallel()
	made := mustHash(t, quick, "correct horse")
	for _, prefix := range []string{"$2a$", "$2b$", "$2y$"} {
		encoded := prefix + made[4:]
		if !verify(t, encoded, "correct horse") || verify(t, encoded, "correct hors") {
			t.Errorf("%s does not verify", prefix)
		}
		if quick.Weaker(encoded) {
			t.Errorf("%s of the same cost is called weaker", prefix)
		}
	}
	// From the test vectors of crypt_blowfish (Openwall), $2y$ and $2a$ alike.
	for _, encoded := range []string{
		"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
	} {
		if !verify(t, encoded, "U*U") || verify(t, encoded, "U*U*") {
			t.Errorf("the vector %s does not verify", encoded)
		}
	}
}

// Of the Argon2 reference implementation's test.c.
func TestArgon2Vector(t *testing.T) {
	t.Parallel()
	const vector = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if !verify(t, vector, "password") || verify(t, vector, "passwore") {
		t.Error("the vector does not verify")
	}
}

func TestHostileHashes(t *testing.T) {
	t.Parallel()
	tail := strings.Repeat("a", 53)
	b64 := base64.RawStdEncoding.EncodeToString
	salt, tag := b64(make([]byte, 16)), b64(make([]byte, 32))
	argon := func(params, salt, tag string) string { return "$argon2id$v=19$" + params + "$" + salt + "$" + tag }
	const ok = "m=19456,t=2,p=1"
	for name, encoded := range map[string]string{
		"empty": "", "text": "hunter2", "md5crypt": "$1$abcdefgh$abcdefghijklmnopqrstuv",
		"bcrypt cost 31": "$2b$31$" + tail, "bcrypt cost 15": "$2b$15$" + tail, "bcrypt cost 3": "$2b$03$" + tail,
		"bcrypt cost 99": "$2b$99$" + tail, "bcrypt cost +4": "$2b$+4$" + tail, "bcrypt cost ' 4'": "$2b$ 4$" + tail,
		"bcrypt 59": "$2b$10$" + tail[1:], "bcrypt 61": "$2b$10$" + tail + "a", "bcrypt $2x$": "$2x$10$" + tail,
		"bcrypt $2$": "$2$10$" + tail + "a", "bcrypt $3a$": "$3a$10$" + tail, "bcrypt alphabet": "$2b$10$" + tail[1:] + "+",
		"bcrypt newline": "$2b$10$" + tail[1:] + "\n", "bcrypt NUL": "$2b$10$" + tail[1:] + "\x00",
		"argon2i":  strings.Replace(argon(ok, salt, tag), "argon2id", "argon2i", 1),
		"v=16":     strings.Replace(argon(ok, salt, tag), "v=19", "v=16", 1),
		"no v":     strings.Replace(argon(ok, salt, tag), "v=19$", "", 1),
		"m 4 TiB":  argon("m=4294967295,t=1,p=1", salt, tag),
		"m 65537":  argon("m=65537,t=1,p=1", salt, tag),
		"m 2^32+8": argon("m=4294967304,t=1,p=1", salt, tag), "m 2^64": argon("m=18446744073709551624,t=1,p=1", salt, tag),
		"m < 8p": argon("m=31,t=1,p=4", salt, tag), "t 0": argon("m=64,t=0,p=1", salt, tag),
		"t 5": argon("m=64,t=5,p=1", salt, tag), "p 0": argon("m=64,t=1,p=0", salt, tag),
		"p 5": argon("m=64,t=1,p=5", salt, tag), "p 257": argon("m=64,t=1,p=257", salt, tag),
		"leading 0": argon("m=064,t=1,p=1", salt, tag), "sign": argon("m=+64,t=1,p=1", salt, tag),
		"order": argon("t=1,m=64,p=1", salt, tag), "extra": argon("m=64,t=1,p=1,x=1", salt, tag),
		"keyid":      argon("m=64,t=1,p=1,keyid=AA", salt, tag),
		"short salt": argon(ok, b64(make([]byte, 7)), tag), "long salt": argon(ok, b64(make([]byte, 65)), tag),
		"short tag": argon(ok, salt, b64(make([]byte, 15))), "long tag": argon(ok, salt, b64(make([]byte, 65))),
		"padded": argon(ok, salt+"==", tag), "newline in salt": argon(ok, salt[:4]+"\n"+salt[4:], tag),
		"spare bits": argon(ok, salt[:len(salt)-1]+"B", tag), "base64url": argon(ok, salt, tag[:42]+"_"),
		"trailing $": argon(ok, salt, tag) + "$", "huge": argon(ok, strings.Repeat("A", 1<<20), tag),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			if err := password.ParseHash(encoded); !errors.Is(err, password.ErrHashFormat) {
				t.Errorf("ParseHash = %v, want ErrHashFormat", err)
			}
			matched, err := password.Verify(encoded, "whatever")
			if matched || !errors.Is(err, password.ErrHashFormat) {
				t.Errorf("Verify = %v, %v, want ErrHashFormat", matched, err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("refused after %v", took)
			}
			if !quick.Weaker(encoded) {
				t.Error("not called weaker")
			}
		})
	}
}

func TestParseHashLimits(t *testing.T) {
	t.Parallel()
	b64 := base64.RawStdEncoding.EncodeToString
	for _, encoded := range []string{
		"$2a$04$" + strings.Repeat("/", 53), "$2y$14$" + strings.Repeat("Z", 53),
		"$argon2id$v=19$m=65536,t=4,p=4$" + b64(make([]byte, 64)) + "$" + b64(make([]byte, 64)),
		"$argon2id$v=19$m=8,t=1,p=1$" + b64(make([]byte, 8)) + "$" + b64(make([]byte, 16)),
	} {
		if err := password.ParseHash(encoded); err != nil {
			t.Errorf("ParseHash(%q) = %v", encoded, err)
		}
	}
	// The costliest but one that the limits allow, computed: not only parsed.
	if verify(t, "$argon2id$v=19$m=4096,t=4,p=4$"+b64(make([]byte, 64))+"$"+b64(make([]byte, 64)), "x") {
		t.Error("zeroes match")
	}
}

func TestWeaker(t *testing.T) {
	t.Parallel()
	bc := func(cost int) string { return fmt.Sprintf("$2b$%02d$%s", cost, strings.Repeat("a", 53)) }
	ar := func(m, t, p, salt, tag int) string {
		b64 := base64.RawStdEncoding.EncodeToString
		return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", m, t, p, b64(make([]byte, salt)), b64(make([]byte, tag)))
	}
	byArgon2 := password.Policy{Algorithm: password.Argon2id}
	for name, c := range map[string]struct {
		policy  password.Policy
		encoded string
		want    bool
	}{
		"same cost":              {password.Policy{BcryptCost: 12}, bc(12), false},
		"default is 12":          {password.Policy{}, bc(11), true},
		"lower cost":             {password.Policy{BcryptCost: 12}, bc(4), true},
		"higher cost":            {password.Policy{BcryptCost: 12}, bc(14), false},
		"argon2id under bcrypt":  {password.Policy{}, ar(65536, 4, 1, 16, 32), true},
		"bcrypt under argon2id":  {byArgon2, bc(14), true},
		"same argon2id":          {byArgon2, ar(19456, 2, 1, 16, 32), false},
		"dearer argon2id":        {byArgon2, ar(65536, 3, 4, 16, 32), false},
		"less memory":            {byArgon2, ar(19455, 2, 1, 16, 32), true},
		"fewer passes":           {byArgon2, ar(65536, 1, 1, 16, 32), true},
		"short salt":             {byArgon2, ar(19456, 2, 1, 8, 32), true},
		"short tag":              {byArgon2, ar(19456, 2, 1, 16, 16), true},
		"its own dummy":          {byArgon2, byArgon2.Dummy(), false},
		"its own dummy (bcrypt)": {password.Policy{BcryptCost: 10}, password.Policy{BcryptCost: 10}.Dummy(), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.policy.Weaker(c.encoded); got != c.want {
				t.Errorf("Weaker(%q) = %v, want %v", c.encoded, got, c.want)
			}
		})
	}
}

func TestDummy(t *testing.T) {
	t.Parallel()
	for cost := 4; cost <= 14; cost++ {
		d := password.Policy{BcryptCost: cost}.Dummy()
		if got, err := bcrypt.Cost([]byte(d)); err != nil || got != cost || password.ParseHash(d) != nil {
			t.Errorf("the dummy of cost %d is %q", cost, d)
		}
	}
	if d := quickArgon2.Dummy(); !strings.HasPrefix(d, "$argon2id$v=19$m=64,t=1,p=1$") || password.ParseHash(d) != nil {
		t.Errorf("the dummy is %q", d)
	}
	if a, b := mustHash(t, quickArgon2, "same"), mustHash(t, quickArgon2, "same"); a == b {
		t.Error("two hashes share a salt")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy password.Policy
		ok     bool
	}{
		"zero":      {password.Policy{}, true},
		"argon2id":  {password.Policy{Algorithm: password.Argon2id}, true},
		"md5":       {password.Policy{Algorithm: "md5"}, false},
		"cost 15":   {password.Policy{BcryptCost: 15}, false},
		"cost 3":    {password.Policy{BcryptCost: 3}, false},
		"cost 14":   {password.Policy{BcryptCost: 14}, true},
		"cost 4":    {password.Policy{BcryptCost: 4}, true},
		"min 72":    {password.Policy{MinLength: 72}, true},
		"min 1":     {password.Policy{MinLength: 1}, true},
		"min 73":    {password.Policy{MinLength: 73}, false},
		"min -1":    {password.Policy{MinLength: -1}, false},
		"t missing": {password.Policy{Argon2MemoryKiB: 1024, Argon2Threads: 1}, false},
		"1 GiB":     {password.Policy{Argon2MemoryKiB: 1 << 20, Argon2Time: 1, Argon2Threads: 1}, false},
	} {
		if err := c.policy.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: Validate = %v", name, err)
		}
		if c.ok {
			continue // hashing at cost 12 takes seconds under the race detector
		}
		if _, err := c.policy.Hash("correct horse"); err == nil {
			t.Errorf("%s: hashes all the same", name)
		}
	}
}
