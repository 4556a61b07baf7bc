package main_test

import (
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func mockIt(t *testing.T, env ...string) *apitest.Process {
	t.Helper()
	return apitest.Run(t, apitest.Command{Program: "latchkey", Args: []string{"mock"}, Env: append([]string{"AUTH_ADDR=127.0.0.1:0", "USERS_ADDR=127.0.0.1:0"}, env...)})
}

// TestMock runs what docs/consumers.md says of it: without a database, without
// any key, and plainly no service.
func TestMock(t *testing.T) {
	t.Parallel()
	const listed = "https://app.example.com"
	p := mockIt(t, "CORS_ORIGINS="+listed)
	at := regexp.MustCompile(`auth (\S+) users (\S+)`).FindStringSubmatch(p.AwaitLine(t, "latchkey mock is ready: ", commandLimit))
	auth, users := apitest.NewAuthClient(at[1]).OfMock(), apitest.NewUsersClient(at[2]).OfMock()
	wantWords(t, p.Stdout.String(), "mocks", "nothing is kept")

	lines := runScript(t, sessionOf(t, "../../docs/consumers.md", "mock"), "AUTH="+auth.URL, "USERS="+users.URL)
	checkLines(t, lines, []printed{
		{"an account", []string{`"username":"ada"`}}, {"another status", []string{`"code":"not_found"`}}, {"a code", []string{`"code":"email_taken"`}},
	})

	for service, other := range map[*apitest.Client]string{auth: users.URL, users: auth.URL} {
		service.Get(t, "/docs", "").Is(http.StatusOK)
		if doc := service.Get(t, "/openapi.yaml", "").Is(http.StatusOK); !strings.Contains(string(doc.Body), other+"/docs") {
			t.Errorf("%s does not lead to %s", service.URL, other)
		}
		answer := service.Do(t, apitest.Request{Method: "GET", Path: "/readyz", Header: http.Header{"Origin": {listed}}}).Is(http.StatusOK)
		if answer.Header.Get("Access-Control-Allow-Origin") != listed || answer.Header.Get("Latchkey-Mock") != "true" {
			t.Errorf("%s: %v", service.URL, answer.Header)
		}
	}
	second := mockIt(t, "USERS_ADDR="+strings.TrimPrefix(users.URL, "http://"))
	wantWords(t, oneLine(t, second, commandLimit), "in use")
	if code, _ := p.Stop(t, syscall.SIGTERM, stopLimit); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}
