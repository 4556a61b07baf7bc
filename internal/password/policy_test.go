package password_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/fault"
	"github.com/latchkey-id/latchkey/internal/password"
	"github.com/latchkey-id/latchkey/internal/password/denylist"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	byArgon2 := password.Policy{Algorithm: password.Argon2id}
	type reasons = []password.Reason
	for name, c := range map[string]struct {
		policy                    password.Policy
		password, username, email string
		want                      reasons
	}{
		"good":                      {quick, "vorpal-Kettle-91", "alice", "al.smith@example.com", nil},
		"only lower case":           {quick, "vorpalkettlemoss", "alice", "a@example.com", nil},
		"64 with spaces":            {quick, strings.Repeat("vorpal k", 8), "alice", "", nil},
		"11 bytes":                  {quick, "vorpal-Kett", "", "", reasons{password.TooShort}},
		"12 bytes":                  {quick, "vorpal-Kettl", "", "", nil},
		"12 bytes of 6 letters":     {quick, "éèêëàù", "", "", reasons{password.TooShort}},
		"24 bytes of 12 letters":    {quick, "éèêëàùâäüößñ", "", "", nil},
		"12 bytes of 3 emoji":       {quick, "🔑🔒🚪", "", "", reasons{password.TooShort}},
		"72 bytes":                  {quick, strings.Repeat("vorpal k", 9), "", "", nil},
		"73 bytes":                  {quick, strings.Repeat("vorpal k", 9) + "!", "", "", reasons{password.TooLong}},
		"19 emoji under bcrypt":     {quick, strings.Repeat("🔑🔒", 9) + "🚪", "", "", reasons{password.TooLong}},
		"11 letters under argon2id": {byArgon2, "éèêëàùâäüöß", "", "", reasons{password.TooShort}},
		"12 letters under argon2id": {byArgon2, "éèêëàùâäüößñ", "", "", nil},
		"256 emoji under argon2id":  {byArgon2, strings.Repeat("🔑🔒", 128), "", "", nil},
		"257 emoji under argon2id":  {byArgon2, strings.Repeat("🔑🔒", 128) + "🚪", "", "", reasons{password.TooLong}},
		"minimum 20":                {password.Policy{MinLength: 20}, "vorpal-Kettle-91", "", "", reasons{password.TooShort}},
		"NUL":                       {quick, "vorpal\x00Kettle", "", "", reasons{password.ContainsNUL}},
		"bad UTF-8":                 {quick, "vorpal\xffKettle", "", "", reasons{password.InvalidUTF8}},
		"common":                    {quick, "password1234", "", "", reasons{password.Common}},
		"common in capitals":        {quick, "PassWord1234", "", "", reasons{password.Common}},
		"common and short":          {quick, "password", "", "", reasons{password.TooShort, password.Common}},
		"username":                  {quick, "xx-ALICE-vorpal", "alice", "", reasons{password.ContainsUsername}},
		"username, 3":               {quick, "vorpalBobkettle", "bob", "", reasons{password.ContainsUsername}},
		"username, Kelvin sign":     {quick, "vorpal\u212Aimkettle", "kim", "", reasons{password.ContainsUsername}},
		"local part":                {quick, "my-al.smith-pw", "alice", "Al.Smith@example.com", reasons{password.ContainsEmail}},
		"local part, 2":             {quick, "vorpal-joker-91", "alice", "jo@example.com", nil},
		"domain is free":            {quick, "example.com-91x", "alice", "bob@example.com", nil},
		"both, and common":          {quick, "password1234", "password", "password@example.com", reasons{password.Common, password.ContainsUsername, password.ContainsEmail}},
		"nobody":                    {quick, "vorpal-Kettle-91", "", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.policy.Check(c.password, c.username, c.email); !slices.Equal(got, c.want) {
				t.Errorf("Check = %v, want %v", got, c.want)
			}
		})
	}
}

func TestRejected(t *testing.T) {
	t.Parallel()
	if err := password.Rejected(nil); err != nil {
		t.Errorf("Rejected(nil) = %v", err)
	}
	err := password.Rejected([]password.Reason{password.TooShort, password.Common})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unprocessable || f.Code != fault.CodePasswordRejected ||
		!slices.Equal(f.Reasons, []string{"too_short", "common"}) {
		t.Errorf("Rejected = %#v", err)
	}
	if len(password.Reasons()) != 7 {
		t.Error("Reasons is not complete")
	}
}

func commonInClear(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/common.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		words = append(words, lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return words
}

// TestS02CommonIsTheList holds the embedded table equal to the list in clear.
func TestS02CommonIsTheList(t *testing.T) {
	t.Parallel()
	words := commonInClear(t)
	embedded, err := os.ReadFile("common.bin")
	if err != nil {
		t.Fatal(err)
	}
	if string(denylist.Build(words)) != string(embedded) {
		t.Error("common.bin is not what testdata/common.txt.gz gives: run commongen")
	}
	long := 0
	for _, w := range words {
		if !password.IsCommon(w) {
			t.Fatalf("%q is not found", w)
		}
		if utf8.RuneCountInString(w) >= 12 {
			long++
		}
	}
	if long < 10_000 {
		t.Errorf("%d entries of at least 12 characters, want 10,000", long)
	}
	t.Logf("%d entries, %d of at least 12 characters, %d bytes", len(words), long, len(embedded))
}

func TestCommonSamples(t *testing.T) {
	t.Parallel()
	for _, w := range strings.Fields(`password1234 qwertyuiop123 123456789012 Password1234! 111111111111 aaaaaaaaaaaa
		123456123456 qwertyqwerty 1qaz2wsx3edc 1q2w3e4r5t6y passwordpassword iloveyou1234 administrator1 welcome12345
		changeme1234 p@ssw0rd1234 Winter2025!! letmeinplease abcdefghijkl 112233445566 12345678987654321 latchkey1234
		correcthorsebatterystaple unbelievable manchesterunited password!123 qwertyuiop[] asdfghjkl123`) {
		if !password.IsCommon(w) {
			t.Errorf("%q is not on the list", w)
		}
	}
	for _, w := range []string{"", "vorpal-Kettle-91", "tuba wanders past noon", "eleven umbrellas", "password 1234 x"} {
		if password.IsCommon(w) {
			t.Errorf("%q is on the list", w)
		}
	}
	random := rand.NewChaCha8([32]byte{}) // the same words at every run: never a chance hit
	for range 20_000 {
		if w := strconv.FormatUint(random.Uint64(), 36) + "x"; password.IsCommon(w) {
			t.Errorf("%q is on the list", w)
		}
	}
}
