package main_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// What one person brings into the databases; all but the address say canary.
const (
	canaryAddress = "203.0.113.77"
	canaryAgent   = "CanaryAgent/1.0"
)

// canary is a person who has been everywhere.
type canary struct {
	*drill
	id      string
	session apitest.Grant
}

// do sends a request as the canary's browser does, from their address.
func (c *canary) do(t *testing.T, method, path, token string, body apitest.Body, header ...string) apitest.Response {
	t.Helper()
	h := http.Header{"User-Agent": {canaryAgent}, "X-Forwarded-For": {canaryAddress}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	r := apitest.Request{Method: method, Path: path, Token: token, Header: h}
	if body != nil {
		r.Body = body
	}
	return c.Auth.Do(t, r)
}

// everywhere goes through every flow that leaves something behind.
func (c *canary) everywhere(t *testing.T) {
	t.Helper()
	post := func(path, token string, body apitest.Body, header ...string) apitest.Response {
		t.Helper()
		return c.do(t, http.MethodPost, path, token, body, header...)
	}
	first, next := "canary@example.com", "canary.next@example.com"
	var made struct{ User apitest.User }
	post("/auth/register", "", apitest.Body{"username": "canaryname", "email": first, "password": apitest.Password},
		"Idempotency-Key", "a-key-of-16-or-more").Is(http.StatusCreated).JSON(&made)
	c.id = made.User.ID
	post("/auth/email/verify", "", apitest.Body{"token": c.Mailbox.Token(t, first, mail.VerifyEmail, 1)}).Is(http.StatusNoContent)
	post("/auth/login", "", apitest.Body{"login": "canaryname", "password": "not the password"}).Is(http.StatusUnauthorized)
	login := func(name string) {
		t.Helper()
		post("/auth/login", "", apitest.Body{"login": name, "password": apitest.Password}).Is(http.StatusOK).JSON(&c.session)
	}
	login("canaryname")
	c.do(t, http.MethodPatch, "/auth/me", c.session.AccessToken, apitest.Body{"username": "canarynew", "current_password": apitest.Password}).Is(http.StatusOK)
	c.do(t, http.MethodPatch, "/auth/me", c.session.AccessToken, apitest.Body{"email": next, "current_password": apitest.Password}).Is(http.StatusOK)
	post("/auth/email/verify", "", apitest.Body{"token": c.Mailbox.Token(t, next, mail.ChangeEmail, 1)}).Is(http.StatusNoContent)
	login(next)
	post("/auth/logout", "", apitest.Body{"refresh_token": c.session.RefreshToken}).Is(http.StatusNoContent)
	post("/auth/password/forgot", "", apitest.Body{"email": next}).Is(http.StatusAccepted)
	c.Mailbox.Await(t, next, mail.ResetPassword, 1)
	post("/auth/password/forgot", "", apitest.Body{"email": first}).Is(http.StatusAccepted) // which is theirs no more
	login(next)
	post("/auth/refresh", "", apitest.Body{"refresh_token": c.session.RefreshToken}).Is(http.StatusOK).JSON(&c.session)
	admin := c.Admin(t)
	c.Users.Do(t, apitest.Request{
		Method: http.MethodPatch, Path: "/users/" + c.id, Token: admin, Body: apitest.Body{"verified": true},
		Header: http.Header{"Idempotency-Key": {"another-key-of-16"}, "If-Match": {"*"}},
	})
}

// found are the places in a dump that tell of the canary, in clear or, as bytes
// are written there, in hex.
func found(text string) []string {
	text = strings.ToLower(text)
	var all []string
	for _, word := range []string{"canary", canaryAddress} {
		for _, spelling := range []string{word, hex.EncodeToString([]byte(word)), hex.EncodeToString([]byte("Canary"))} {
			for rest := text; ; {
				before, after, hit := strings.Cut(rest, spelling)
				if !hit {
					break
				}
				all = append(all, before[max(0, len(before)-80):]+spelling+after[:min(len(after), 40)])
				rest = after
			}
		}
	}
	return all
}

// Everything is exported, nothing secret is; after the purge a dump of the whole
// database tells nothing of the person, while the services run.
func TestPeople(t *testing.T) {
	t.Parallel()
	c := &canary{drill: newDrill(t)}
	c.Env = append(c.Env, "TRUSTED_PROXIES=127.0.0.0/8")
	c.start(t)
	bystander := c.Person(t)
	c.everywhere(t)

	out := filepath.Join(t.TempDir(), "person.json")
	c.command(t, 0, "people", "export", "canarynew", "--out", out)
	c.checkExport(t, out)
	if hits := found(dump(t, c.AuthDB.SuperURL)); len(hits) < 20 {
		t.Errorf("the dump tells of the canary only %d times: %q", len(hits), hits)
	}
	wantWords(t, c.command(t, 3, "people", "purge", "canarynew").Stderr.String(), "Type yes")
	wantWords(t, c.command(t, 1, "people", "purge", "nobody-of-this-name", "--yes").Stderr.String(), "there is no account")
	wantWords(t, c.command(t, 3, "people", "purge", apitest.AdminUsername, "--yes", "--settle", "0s").Stderr.String(), "last admin")
	t.Logf("%s", c.command(t, 0, "people", "purge", "canarynew", "--yes", "--settle", "1s").Stdout)
	if hits := found(dump(t, c.AuthDB.SuperURL)); len(hits) > 0 {
		t.Errorf("%d places in the dump still tell of the canary:\n%s", len(hits), strings.Join(hits, "\n"))
	}
	c.do(t, http.MethodPost, "/auth/refresh", "", apitest.Body{"refresh_token": c.session.RefreshToken}).Problem(http.StatusUnauthorized, "invalid_token")

	if got := c.command(t, 0, "people", "purged", "--since", "1h").Stdout.String(); got != c.id+"\n" {
		t.Errorf("the list of the purged is %q, want %s", got, c.id)
	}
	wantWords(t, c.command(t, 0, "people", "purge", c.id, "--yes").Stdout.String(), "was gone")
	c.Refresh(t, bystander.RefreshToken)
	c.Login(t, bystander.User.Username, apitest.Password)
}

// checkExport: all that the person did is there, and nothing that opens a door.
func (c *canary) checkExport(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var person struct {
		Account apitest.User
		Names   []string
		Users   struct{ Networks, FailedSignIns, KeptAnswers, Events []json.RawMessage }
		Auth    struct {
			Sessions []struct {
				Address   string
				UserAgent string `json:"user_agent"`
			}
			Tokens      []json.RawMessage `json:"one_time_tokens"`
			Jobs        []json.RawMessage
			KeptAnswers []json.RawMessage `json:"kept_answers"`
			Events      []json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &person); err != nil {
		t.Fatal(err)
	}
	if person.Account.ID != c.id || len(person.Names) != 4 {
		t.Errorf("the account is %+v, the names %v", person.Account, person.Names)
	}
	if len(person.Auth.Sessions) != 3 || person.Auth.Sessions[0].Address != canaryAddress || person.Auth.Sessions[0].UserAgent != canaryAgent {
		t.Errorf("sessions: %+v", person.Auth.Sessions)
	}
	for what, list := range map[string][]json.RawMessage{
		"networks": person.Users.Networks, "users' events": person.Users.Events, "tokens": person.Auth.Tokens,
		"jobs": person.Auth.Jobs, "kept answers": person.Auth.KeptAnswers, "auth's events": person.Auth.Events,
	} {
		if len(list) == 0 {
			t.Errorf("no %s", what)
		}
	}
	if secret := regexp.MustCompile(`\$2[aby]\$|"(password_hash|salt|hash|token|refresh_token|lease)"`).FindString(string(text)); secret != "" {
		t.Errorf("the export holds %s", secret)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// Who was purged after the backup is purged again, by the list that was kept.
func TestPurgedAfterTheBackup(t *testing.T) {
	t.Parallel()
	c := &canary{drill: newDrill(t)}
	c.Env = append(c.Env, "TRUSTED_PROXIES=127.0.0.0/8")
	users, auth := c.start(t)
	c.everywhere(t)
	backupScript(t, "backup-logical.sh", c.super, 0, c.backups)
	c.command(t, 0, "people", "purge", c.id, "--yes", "--settle", "0s")
	list := filepath.Join(t.TempDir(), "purged")
	if err := os.WriteFile(list, []byte(c.command(t, 0, "people", "purged", "--since", "1h").Stdout.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	kid := c.keys(t)[0]
	users.Kill()
	auth.Kill()
	c.lose(t)
	backupScript(t, "restore-logical.sh", libpq(t, c.AuthDB.SuperURL, "postgres"), 0, only(t, filepath.Join(c.backups, "*.dump")), c.name)
	if hits := found(dump(t, c.AuthDB.SuperURL)); len(hits) == 0 {
		t.Error("the backup does not hold who was purged later: the test proves nothing")
	}
	wantWords(t, c.command(t, 0, "after-restore", "--purged", list, "--revoke-keys", "--dry-run").Stdout.String(), "would be ended", c.id+" would be purged", kid)
	said := c.command(t, 0, "after-restore", "--purged", list, "--revoke-keys").Stdout.String()
	wantWords(t, said, "are ended", c.id+": account purged", kid)
	if hits := found(dump(t, c.AuthDB.SuperURL)); len(hits) > 0 {
		t.Errorf("who was purged is back: %q", hits)
	}
	c.start(t)
	for _, now := range c.keys(t) {
		if now == kid {
			t.Errorf("the key %s is still published", kid)
		}
	}
	c.Login(t, apitest.AdminUsername, apitest.AdminPassword)
}
