package hammer

import (
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/gen/authapi"
	"github.com/latchkey-id/latchkey/gen/usersapi"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
)

func operationsForTest(t *testing.T) []*operation {
	t.Helper()
	auth, errAuth := operationsOf(authService, authapi.SpecJSON)
	users, errUsers := operationsOf(usersService, usersapi.SpecJSON)
	if errAuth != nil || errUsers != nil {
		t.Fatal(errAuth, errUsers)
	}
	return append(auth, users...)
}

// made writes all requests of a seed, with what a running system would give left out.
func made(all []*operation, seed uint64) string {
	var text strings.Builder
	for _, op := range all {
		for number := range 5 {
			d := roll(seed, op.id+strconv.Itoa(number))
			r := none.valid(d.of("valid"), op, "nobody")
			none.mutate(d.of("change"), r)
			if len(r.text()) > 4<<10 { // as good as any other
				continue
			}
			text.WriteString(curl("", r) + "\n")
		}
	}
	return text.String()
}

func TestSameSeedSameRequests(t *testing.T) {
	all := operationsForTest(t)
	if made(all, 1) != made(operationsForTest(t), 1) {
		t.Error("one seed makes different requests")
	}
	if made(all, 1) == made(all, 2) {
		t.Error("two seeds make the same requests")
	}
}

// TestValidIsValid: where nothing was changed, the judge accepts.
func TestValidIsValid(t *testing.T) {
	judges := map[string]*judge.Judge{}
	for service, text := range map[string][]byte{authService: authapi.SpecJSON, usersService: usersapi.SpecJSON} {
		var err error
		if judges[service], err = judge.New(text); err != nil {
			t.Fatal(err)
		}
	}
	everybody := judge.Standing{Valid: true, Person: true, Auth: true, Roles: []string{"admin"}, Scopes: good["latchkey-auth"].standing.Scopes}
	refused, sent := 0, 0
	for _, op := range operationsForTest(t) {
		for number := range 15 {
			r := none.valid(roll(uint64(number), op.id), op, "everybody")
			if v := judges[op.service].Request(r.request(caller{"everybody", []string{"Bearer x"}, everybody})); v.Status != 0 && v.Status != http.StatusRequestEntityTooLarge {
				t.Logf("%s: %v", curl("", r), v)
				refused++
			}
			sent++
		}
	}
	if refused > sent/50 { // a pattern's alternatives have bounds of their own, which not every length hits
		t.Errorf("%d of %d are refused", refused, sent)
	}
}

func TestMatching(t *testing.T) {
	for _, pattern := range []string{
		"^[A-Za-z][A-Za-z0-9_.-]*$", "^[a-z]+\\.[a-z_]+$", "^(\\*|(W/)?\"[!#-~]*\"([ \\t]*,[ \\t]*(W/)?\"[!#-~]*\")*)$",
		"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[^@\\s]+$", "^\\$(2[aby]|argon2id)\\$[!-~]+$",
	} {
		exact := 0
		for seed := range 200 {
			text := matching(roll(uint64(seed), pattern), pattern, 32)
			if !regexp.MustCompile(pattern).MatchString(text) {
				t.Errorf("%q does not match %s", text, pattern)
			}
			if utf8.RuneCountInString(text) == 32 {
				exact++
			}
		}
		if exact < 100 {
			t.Errorf("%s: %d of 200 have the length", pattern, exact)
		}
	}
}

// TestQuotedForAShell: bash reads back what was quoted.
func TestQuotedForAShell(t *testing.T) {
	for _, text := range []string{"plain", "it's", "tab\tand\nline", "\\", "$HOME `id` \"x\"", "\xff\xfe", "é😀", "", "x" + string(padded([]byte("{"), 300)), "''''"} {
		out, err := exec.Command("bash", "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q came back as %q, %v (%s)", text, out, err, quote(text))
		}
	}
}
