package rest_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

// canary is in every password of the story, and in much else.
const canary = "canary-5f2e8a-tell-nobody"

// hashes match a stored hash of either kind, wherever it turns up.
var hashes = regexp.MustCompile(`\$2[aby]\$|\$argon2`)

// linkToken finds the token of a mail's link.
var linkToken = regexp.MustCompile(`#token=([A-Za-z0-9_-]{43})`)

// keeper goes through a story and keeps what was answered, and what is secret
// in it, by what it is.
type keeper struct {
	*testing.T
	s       *apitest.System
	server  *apitest.MailServer
	mails   int
	answers strings.Builder
	secrets map[string]string
}

// see sends a request and keeps the answer. A grant's is checked by itself: it
// is there to hold tokens.
func (k *keeper) see(r apitest.Request) apitest.Response {
	k.Helper()
	answer := k.s.Auth.Do(k.T, r)
	if !strings.Contains(string(answer.Body), "access_token") {
		k.answers.Write(answer.Body)
		fmt.Fprint(&k.answers, answer.Header)
	}
	return answer
}

func (k *keeper) post(path, token string, in any) apitest.Response {
	k.Helper()
	return k.see(byPost(path, token, in))
}

// token waits for the next mail that has a link, and keeps its token.
func (k *keeper) token(what string) string {
	k.Helper()
	for {
		k.mails++
		found := linkToken.FindStringSubmatch(k.server.Await(k.T, k.mails, time.Minute)[k.mails-1].Text)
		if found != nil {
			k.secrets[what] = found[1]
			return found[1]
		}
	}
}

// grant signs in by cookie, and keeps both tokens.
func (k *keeper) grant(what, login, password string) (access, cookie string) {
	k.Helper()
	var grant apitest.Grant
	answer := k.post("/auth/login", "", body{"login": login, "password": password, "transport": "cookie"}).Is(http.StatusOK)
	answer.JSON(&grant)
	cookie = cookieOf(k.T, answer)
	k.secrets[what+": access token"], k.secrets[what+": refresh token"] = grant.AccessToken, cookie
	k.secrets[what+": its MAC"] = strings.Split(cookie, ".")[3]
	return grant.AccessToken, cookie
}

// TestS79NoSecretIsTold plants passwords and tokens wherever the account's
// operations take one, in requests that work and in ones that don't, and looks
// for them in all that is logged, answered, mailed and stored. S58, S66.
func TestS79NoSecretIsTold(t *testing.T) {
	t.Parallel()
	s, server := mailed(t)
	k := &keeper{T: t, s: s, server: server, secrets: map[string]string{"a password": canary}}
	k.recover()
	k.move()
	k.mishaps()
	k.undelivered()
	k.look()
}

// recover registers, confirms, loses the password and gets a new one.
func (k *keeper) recover() {
	const first, second = canary + "-1", canary + "-2"
	k.post("/auth/register", "", body{"username": "ada", "email": "ada@example.com", "password": first}).Is(http.StatusCreated)
	k.post("/auth/register", "", body{"username": "ada", "email": "b@example.com", "password": first}).Is(http.StatusConflict)
	token := k.token("a link to confirm") // before the other is sent: several workers send mails, in any order
	k.see(registerUnder(canary+"-key", body{"username": "grace", "email": "grace@example.com", "password": first})).Is(http.StatusCreated)
	other := k.token("another link to confirm")
	k.grant("the first session", "ada", first)
	k.see(apitest.Request{Method: http.MethodGet, Path: "/verify?token=" + token})
	k.see(apitest.Request{Method: http.MethodGet, Path: "/auth/me", Token: token})
	k.see(apitest.Request{Method: http.MethodGet, Path: "/auth/" + token})
	k.see(byPost("/auth/email/verify?token="+token, "", body{"token": token}))
	k.post("/auth/email/verify", "", body{"token": token, "extra": canary})
	k.post("/auth/email/verify", token, `{"token":"`+token+`"`)
	k.see(verify(token)).Is(http.StatusNoContent)
	k.see(verify(token)).Is(http.StatusUnauthorized)
	k.see(reset(other, second)).Is(http.StatusUnauthorized)

	k.post("/auth/password/forgot", "", body{"email": "ada@example.com"}).Is(http.StatusAccepted)
	token = k.token("a link to reset")
	k.see(reset(token, "ada"+canary[:5])).Is(http.StatusUnprocessableEntity)
	k.see(reset(token, strings.Repeat(canary, 50))).Is(http.StatusBadRequest)
	k.see(verify(token)).Is(http.StatusUnauthorized)
	k.see(reset(token, second)).Is(http.StatusNoContent)
	k.see(reset(token, second)).Is(http.StatusUnauthorized)
	k.post("/auth/login", "", body{"login": "ada", "password": first}).Is(http.StatusUnauthorized)
}

// move changes the address, the password and the cookie, and deletes.
func (k *keeper) move() {
	const second, third = canary + "-2", canary + "-3"
	access, cookie := k.grant("the second session", "ada", second)
	k.see(withCookie("/auth/refresh", cookie, body{"refresh_token": cookie})).Is(http.StatusBadRequest)
	k.see(withCookie("/auth/refresh", cookie+"x", nil)).Is(http.StatusUnauthorized)
	renewed := k.see(withCookie("/auth/refresh", cookie, nil)).Is(http.StatusOK)
	k.secrets["a renewed cookie"] = cookieOf(k.T, renewed)
	patch := func(in body) apitest.Response {
		return k.see(apitest.Request{Method: http.MethodPatch, Path: "/auth/me", Token: access, Body: in})
	}
	patch(body{"email": "next@example.com", "current_password": canary + "-wrong"}).Is(http.StatusUnauthorized)
	patch(body{"email": canary, "current_password": second}).Is(http.StatusBadRequest)
	patch(body{"email": "next@example.com", "current_password": second}).Is(http.StatusOK)
	k.see(verify(k.token("a link to change the address"))).Is(http.StatusNoContent)

	access, cookie = k.grant("the third session", "next@example.com", second)
	k.post("/auth/password/change", access, body{"current_password": canary, "new_password": third}).Is(http.StatusUnauthorized)
	k.post("/auth/password/change", access, body{"current_password": second, "new_password": third}).Is(http.StatusNoContent)
	k.see(apitest.Request{Method: http.MethodGet, Path: "/auth/sessions", Token: access}).Is(http.StatusOK)
	k.post("/auth/me/delete", access, body{"current_password": canary}).Is(http.StatusUnauthorized)
	k.see(withCookie("/auth/logout", cookie, nil)).Is(http.StatusNoContent)
	access, _ = k.grant("the last session", "ada", third)
	k.post("/auth/me/delete", access, body{"current_password": third}).Is(http.StatusNoContent)
}

// mishaps sends secrets where none belongs, and while users is away.
func (k *keeper) mishaps() {
	secret := k.secrets["a link to reset"]
	k.see(apitest.Request{Method: http.MethodGet, Path: "/livez", Header: http.Header{
		"Cookie": {"__Host-refresh=" + canary + "; other=" + secret}, "Authorization": {"Basic " + canary}, "X-Request-Id": {secret + " " + canary},
		"User-Agent": {"probe/1"}, "X-Forwarded-For": {canary}, "Referer": {publicURL + "/reset#token=" + secret},
	}})
	k.post("/auth/login", canary, body{"login": canary, "password": canary})
	k.s.StopUsers()
	k.post("/auth/register", "", body{"username": "lin", "email": "lin@example.com", "password": canary + "-4"}).Is(http.StatusServiceUnavailable)
	k.see(verify(k.secrets["another link to confirm"])).Is(http.StatusServiceUnavailable)
	k.s.RunUsers(apitest.Rebind(k.T, k.s.Users.URL))
	k.s.AwaitUsers(k.T)
}

// undelivered has a relay refuse links, with what it dislikes in its words.
func (k *keeper) undelivered() {
	k.server.Refuse(apitest.MailBody, "554 5.7.1 "+canary)
	seen := k.server.Commands()
	k.post("/auth/password/forgot", "", body{"email": "grace@example.com"}).Is(http.StatusAccepted)
	k.server.AwaitCommand(k.T, "RCPT TO:<grace@example.com>", count(seen, "RCPT TO:<grace@example.com>")+1, time.Minute)
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		var dead int
		err := k.s.AuthDB.Pool.QueryRow(context.Background(), "SELECT count(*) FROM auth.river_job WHERE kind = 'mail' AND state = 'cancelled' AND errors IS NOT NULL").Scan(&dead)
		if err != nil || time.Since(began) > time.Minute {
			k.Fatalf("%d dead letters, %v", dead, err)
		}
		if dead == 1 {
			break
		}
	}
	k.server.Accept()
}

func count(lines []string, line string) (n int) {
	for _, l := range lines {
		if l == line {
			n++
		}
	}
	return n
}

// look looks for the secrets.
func (k *keeper) look() {
	var mailed strings.Builder
	for _, m := range k.server.Messages() {
		mailed.Write(m.Raw)
		mailed.WriteString(m.Text + m.HTML)
	}
	places := map[string]string{"the log": k.s.Logs.String(), "an answer": k.answers.String(), "a row": stored(k.T, k.s), "a mail": mailed.String()}
	if !strings.Contains(places["a row"], "5.7.1") || !strings.Contains(places["the log"], `"/auth/password/reset"`) || !strings.Contains(places["a row"], "lin@example.com") {
		k.Fatal("it is not all there")
	}
	for _, what := range slices.Sorted(maps.Keys(k.secrets)) {
		secret := k.secrets[what]
		for place, text := range places {
			if place == "a mail" && strings.Contains(what, "link") {
				continue
			}
			for _, spelled := range spellings(secret) {
				if at := strings.Index(text, spelled); at >= 0 {
					k.Errorf("S79 %s is in %s: %s", what, place, text[max(0, at-200):min(len(text), at+len(spelled)+50)])
				}
			}
		}
	}
	for place, text := range places {
		if found := hashes.FindString(text); found != "" {
			k.Errorf("S66 a hash is in %s: %s", place, found)
		}
	}
}

// spellings are how a secret may be written: as it is, in hexadecimal as the
// database shows bytes, and the 32 bytes behind it.
func spellings(secret string) []string {
	all := []string{secret, hex.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte(secret))}
	if raw, err := base64.RawURLEncoding.DecodeString(secret); err == nil && len(raw) == 32 {
		all = append(all, hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw))
	}
	return all
}

// stored are all rows of the auth service, and what the users service tells of
// accounts: jobs with their errors, intents, the audits, kept answers.
func stored(t *testing.T, s *apitest.System) string {
	t.Helper()
	db, err := pgx.Connect(context.Background(), s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	rows, _ := db.Query(context.Background(), `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
		WHERE schemaname = 'auth' OR schemaname = 'users' AND tablename IN ('audit_events', 'idempotency_keys', 'throttles', 'known_networks')`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) < 12 {
		t.Fatal(tables, err)
	}
	var all strings.Builder
	for _, table := range tables {
		var text string
		if err := db.QueryRow(context.Background(), "SELECT coalesce(string_agg(r::text, E'\n'), '') FROM "+table+" r").Scan(&text); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s\n", table, text)
	}
	return all.String()
}
