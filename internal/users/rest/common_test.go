package rest_test

import (
	"bufio"
	"compress/gzip"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// asked is how many common passwords of the minimum length are sent.
// TestS02CommonIsTheList has all of the list.
const asked = 1000

// commonPasswords are some of the list in clear that have the minimum length,
// from all over it.
func commonPasswords(t *testing.T) (some []string) {
	t.Helper()
	f, err := os.Open("../../password/testdata/common.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		if utf8.RuneCountInString(lines.Text()) >= 12 {
			all = append(all, lines.Text())
		}
	}
	if lines.Err() != nil || len(all) < asked {
		t.Fatalf("%d passwords of the list, %v", len(all), lines.Err())
	}
	for i := range asked {
		some = append(some, all[i*len(all)/asked])
	}
	return some
}

func TestS02CommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	s := apitest.Start(t)
	admin := s.Admin(t)
	next := make(chan string)
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for password := range next {
				answer := s.Users.Post(t, "/users", admin, body{"username": "zz9", "email": "zz8@example.com", "password": password})
				if answer.Status != http.StatusUnprocessableEntity {
					t.Errorf("%q: %d %s", password, answer.Status, answer.Body)
					continue
				}
				if p := answer.Problem(http.StatusUnprocessableEntity, "password_rejected"); !slices.Contains(p.Reasons, "common") {
					t.Errorf("%q is refused for %v", password, p.Reasons)
				}
			}
		})
	}
	for _, password := range commonPasswords(t) {
		next <- password
	}
	close(next)
	asking.Wait()
}
