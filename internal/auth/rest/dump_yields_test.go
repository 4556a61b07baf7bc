package rest_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/config"
)

// sessionRow and linkRow are what tokens are made from but for the key.
type sessionRow struct {
	ID         uuid.UUID
	Generation int64
	Salt       []byte
}

type linkRow struct {
	ID      uuid.UUID
	Purpose string
	Salt    []byte
	Hash    []byte
}

// dumped is a system with everything in its tables that there is to steal, and
// who holds what.
type dumped struct {
	*apitest.System
	relay   *apitest.MailServer
	persons []apitest.Grant // with live sessions
	waits   []apitest.User  // with links that are queued and not sent
	dump    dump
	rows    []sessionRow
	links   []linkRow
	law     apitest.Law
}

// A dump of the database plus all its rows yields no token that is accepted,
// and trying costs nobody a session or a link. The queue holds no token, no
// password and no link.
func TestS45ADumpYieldsNoToken(t *testing.T) {
	t.Parallel()
	s := dumpedStory(t)
	t.Run("no secret is in it", s.holdsNoSecret)
	t.Run("no candidate is a token", s.candidatesMiss)
	t.Run("none is accepted", s.nothingIsAccepted)
	t.Run("forgery ended nothing", s.everythingStands)
}

func dumpedStory(t *testing.T) *dumped {
	t.Helper()
	relay := apitest.StartMail(t, apitest.MailOptions{})
	relay.Stop()
	s := &dumped{relay: relay}
	s.System = apitest.Start(t, func(a *config.Auth, _ *config.Users) {
		a.SMTPURL, a.AccessTTL = config.Secret(relay.URL()), time.Hour
	})
	s.law = apitest.NewLaw(t, s.AuthConfig.SessionKey)
	for range 3 {
		person := s.Person(t)
		person = s.Refresh(t, s.Refresh(t, person.RefreshToken).RefreshToken)
		s.persons = append(s.persons, person, s.Login(t, person.User.Username, apitest.Password))
	}
	s.Auth.Patch(t, "/auth/me", s.persons[0].AccessToken, "", body{"email": "new-" + s.persons[0].User.Email, "current_password": apitest.Password}).Is(http.StatusOK)
	for range 3 {
		user := s.Register(t)
		s.waits = append(s.waits, user)
		s.Auth.Post(t, "/auth/password/forgot", "", body{"email": user.Email}).Is(http.StatusAccepted)
	}
	db, err := pgx.Connect(context.Background(), s.AuthDB.SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.Background()) }()
	for began := time.Now(); len(column[int](t, db, "SELECT 1 FROM auth.one_time_tokens WHERE purpose = 'reset_password'")) < len(s.waits); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			t.Fatal("the links do not come about")
		}
	}
	s.dump = dumpAll(t, s.System)
	s.rows, s.links = sessionsIn(t, db), linksIn(t, db)
	return s
}

func sessionsIn(t *testing.T, db *pgx.Conn) []sessionRow {
	t.Helper()
	rows, err := db.Query(context.Background(), "SELECT id, generation, salt FROM auth.sessions WHERE ended_at IS NULL")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[sessionRow])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func linksIn(t *testing.T, db *pgx.Conn) []linkRow {
	t.Helper()
	rows, err := db.Query(context.Background(), "SELECT id, purpose, salt, hash FROM auth.one_time_tokens WHERE used_at IS NULL")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[linkRow])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// holdsNoSecret looks for what was typed, given and mailed, in every spelling.
func (s *dumped) holdsNoSecret(t *testing.T) {
	queue := s.dump.rows["auth.river_job"]
	t.Logf("%d values in %d tables; %d jobs, %d live sessions, %d open links", len(s.dump.values), len(s.dump.rows), len(queue), len(s.rows), len(s.links))
	if len(s.rows) != len(s.persons) || len(s.links) != 10 || len(queue) < 10 {
		t.Fatal("the story is not what it was")
	}
	secret := map[string]string{"a password": apitest.Password, "a link": "#token=", "the session key": string(s.AuthConfig.SessionKey)}
	for i, person := range s.persons {
		secret[fmt.Sprintf("access token %d", i)] = person.AccessToken
		secret[fmt.Sprintf("refresh token %d", i)] = person.RefreshToken
		secret[fmt.Sprintf("MAC %d", i)] = person.RefreshToken[strings.LastIndexByte(person.RefreshToken, '.')+1:]
	}
	for _, row := range s.links {
		secret["the token of "+row.ID.String()] = s.law.OneTime(row.ID, row.Salt)
	}
	for what, text := range secret {
		raw, _ := base64.RawURLEncoding.DecodeString(text) // empty where it is no base64
		for _, spelling := range []string{text, fmt.Sprintf("%x", text), base64.StdEncoding.EncodeToString([]byte(text)), fmt.Sprintf("%x", raw), base64.StdEncoding.EncodeToString(raw)} {
			if spelling != "" && strings.Contains(s.dump.text, spelling) {
				t.Errorf("the database holds %s", what)
			}
		}
	}
}

// trueTokens are every token of a session, up to the successor of its newest,
// and the SHA-256 of every token of a link.
func (s *dumped) trueTokens() (tokens, links map[string]bool) {
	tokens, links = map[string]bool{}, map[string]bool{}
	for _, row := range s.links {
		links[string(row.Hash)] = true
	}
	for _, row := range s.rows {
		for generation := range uint64(row.Generation + 1) {
			tokens[s.law.Refresh(row.ID, generation+1, row.Salt)] = true
		}
	}
	return tokens, links
}

// candidatesMiss holds what an attacker can make of the dump against the true
// tokens: every value as a MAC and as a link's token, and every value as the
// key of the law, which is public.
func (s *dumped) candidatesMiss(t *testing.T) {
	tokens, links := s.trueTokens()
	for _, person := range s.persons { // the law is the service's
		if !tokens[person.RefreshToken] {
			t.Fatal("the true tokens are not what the service gave")
		}
	}
	secrets, keys := s.dump.secrets(), s.dump.keys()
	for _, secret := range secrets {
		if sum := sha256.Sum256(secret); links[string(sum[:])] {
			t.Error("a value is the token of a link")
		}
		for token := range tokens {
			if strings.HasSuffix(token, "."+base64.RawURLEncoding.EncodeToString(secret)) {
				t.Error("a value is the MAC of a session")
			}
		}
	}
	for _, key := range keys {
		guess := &dumped{law: apitest.NewLaw(t, key), rows: s.rows, links: s.links}
		guessed, _ := guess.trueTokens()
		for token := range guessed {
			if tokens[token] {
				t.Error("a value is the key of sessions")
			}
		}
		for _, row := range s.links {
			raw, err := base64.RawURLEncoding.DecodeString(guess.law.OneTime(row.ID, row.Salt))
			if sum := sha256.Sum256(raw); err != nil || links[string(sum[:])] {
				t.Errorf("a value is the key of links: %v", err)
			}
		}
	}
	t.Logf("%d values as MACs of %d session tokens and as tokens of %d links, %d values as the key of all", len(secrets), len(tokens), len(links), len(keys))
}

// nothingIsAccepted presents what is in the dump, and what can be made of it,
// to the service itself.
func (s *dumped) nothingIsAccepted(t *testing.T) {
	requests := sample(s.attempts(t), 3000)
	statuses := map[int]int{}
	for _, status := range presentAll(t, s.System, requests) {
		statuses[status]++
	}
	t.Logf("%d requests: %v", len(requests), statuses)
	for status := range statuses {
		if status != http.StatusUnauthorized && status != http.StatusBadRequest && status != http.StatusTooManyRequests {
			t.Errorf("%d answers are %d", statuses[status], status)
		}
	}
	if statuses[http.StatusUnauthorized] < len(requests)/2 {
		t.Error("most were not even looked at")
	}
}

// attempts are the requests of an attacker with the dump.
func (s *dumped) attempts(t *testing.T) (requests []apitest.Request) {
	t.Helper()
	refresh := func(token string) {
		requests = append(requests, apitest.Request{Method: http.MethodPost, Path: "/auth/refresh", Body: body{"refresh_token": token}})
	}
	for i, secret := range s.dump.secrets() {
		token := base64.RawURLEncoding.EncodeToString(secret)
		if row := s.rows[i%len(s.rows)]; i%4 == 0 {
			refresh(fmt.Sprintf("v1.%s.%d.%s", row.ID, row.Generation, token))
		} else if i%4 == 1 {
			requests = append(requests, verify(token), reset(token, newPassword))
		}
	}
	for _, row := range s.links { // a row's own values
		for _, value := range [][]byte{row.Hash, row.Salt} {
			token := base64.RawURLEncoding.EncodeToString(value)
			requests = append(requests, verify(token), reset(token, newPassword))
		}
	}
	for i, key := range s.dump.keys() {
		row := s.rows[i%len(s.rows)]
		refresh(apitest.NewLaw(t, key).Refresh(row.ID, uint64(row.Generation), row.Salt))
	}
	for value := range s.dump.values {
		if len(value) < 20 || len(value) > 4000 || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
			continue
		}
		refresh(value)
		requests = append(requests, apitest.Request{Method: http.MethodGet, Path: "/auth/me", Token: value})
		if strings.HasPrefix(value, "$2") { // the hash as the password
			requests = append(requests, apitest.Request{Method: http.MethodPost, Path: "/auth/login", Body: body{"login": s.persons[0].User.Username, "password": value}})
		}
	}
	return requests
}

// sample takes so many of all, evenly.
func sample[T any](all []T, most int) []T {
	step := max(1, (len(all)+most-1)/most)
	var out []T
	for i := 0; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}

func presentAll(t *testing.T, s *apitest.System, requests []apitest.Request) []int {
	t.Helper()
	statuses := make([]int, len(requests))
	var wg sync.WaitGroup
	for first := range 8 {
		wg.Go(func() {
			for i := first; i < len(requests); i += 8 {
				statuses[i] = s.Auth.Do(t, requests[i]).Status
			}
		})
	}
	wg.Wait()
	return statuses
}

// everythingStands uses what the dump was of: it was good all the while.
func (s *dumped) everythingStands(t *testing.T) {
	for _, person := range s.persons {
		s.Refresh(t, person.RefreshToken)
	}
	execAuth(t, s.System, "UPDATE auth.river_job SET state = 'available', scheduled_at = now() WHERE queue = 'mail' AND state IN ('retryable', 'available')")
	s.relay.Start(t)
	links := map[string]string{} // by path and recipient
	for _, message := range s.relay.Await(t, len(s.links)+1, time.Minute) {
		_, link, found := strings.Cut(message.Text, s.AuthConfig.PublicURL+"/")
		if page, token, is := strings.Cut(link, "#token="); found && is {
			token, _, _ = strings.Cut(token, "\n")
			links[page+" "+message.To[0]] = token
		}
	}
	for _, user := range s.waits {
		s.Auth.Do(t, verify(links["verify "+user.Email])).Is(http.StatusNoContent)
		s.Auth.Do(t, reset(links["reset "+user.Email], newPassword)).Is(http.StatusNoContent)
	}
}
