package rest_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/latchkey-id/latchkey/gen/authdb"
	"github.com/latchkey-id/latchkey/internal/dbtest"
	"github.com/latchkey-id/latchkey/internal/dbtest/explain"
)

// bigTables grow with accounts and time: none is read from end to end.
var bigTables = map[string]bool{
	"sessions": true, "one_time_tokens": true, "audit_events": true, "intents": true, "mail_recipients": true,
	"reserved_usernames": true, "idempotency_keys": true, "revoked_tokens": true,
}

// bigSize is how many sessions, tokens, events and the like there are; ten
// sessions and ten events are one account's.
const bigSize = 100_000

// bigID is the id of the nth account, session or event: UUIDv7, one a second.
func bigID(n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("019%05x-%04x-7000-8000-000000000000", n>>16, n&0xffff))
}

// fillBig: half of the sessions have ended, one in a hundred is long over, as
// is one in a hundred of everything that goes by time.
const fillBig = `
CREATE FUNCTION pg_temp.id(n int) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
	SELECT ('019' || lpad(to_hex(n >> 16), 5, '0') || '-' || lpad(to_hex(n & 65535), 4, '0') || '-7000-8000-000000000000')::uuid $$;
CREATE FUNCTION pg_temp.at(n int) RETURNS timestamptz LANGUAGE sql AS $$
	SELECT now() + CASE n % 100 WHEN 0 THEN interval '-30 days' ELSE interval '1 hour' END $$;
INSERT INTO auth.sessions (id, user_id, salt, credential_epoch, address, idle_expires_at, expires_at, ended_at, end_reason)
	SELECT pg_temp.id(n), pg_temp.id(n / 10), substr(sha256(n::text::bytea), 1, 16), 1, '192.0.2.1', pg_temp.at(n), pg_temp.at(n),
		CASE WHEN n % 2 = 0 THEN now() END, CASE WHEN n % 2 = 0 THEN 'logout' END FROM generate_series(1, {n}) n;
INSERT INTO auth.one_time_tokens (user_id, purpose, id, salt, hash, credential_epoch, username, address, expires_at)
	SELECT pg_temp.id(n), CASE n % 2 WHEN 0 THEN 'verify_email' ELSE 'reset_password' END, pg_temp.id(n), sha256(n::text::bytea),
		sha256(sha256(n::text::bytea)), 1, 'user' || n, 'mail' || n || '@example.com', pg_temp.at(n) FROM generate_series(1, {n}) n;
INSERT INTO auth.audit_events (id, occurred_at, type, actor_kind, actor, user_id)
	SELECT pg_temp.id(n), now(), CASE WHEN n % 10000 = 5 THEN 'key.created' WHEN n % 10 = 0 THEN 'user.registered' WHEN n % 10 = 1 THEN 'session.revoked' ELSE 'session.created' END, 'person', pg_temp.id(n / 10)::text,
		pg_temp.id(n / 10) FROM generate_series(1, {n}) n;
INSERT INTO auth.intents (id, kind, user_id, username) SELECT pg_temp.id(n), 'delete_account', pg_temp.id(n), 'user' || n FROM generate_series(1, {n}) n;
INSERT INTO auth.mail_recipients (key, since, mails) SELECT sha256(n::text::bytea), pg_temp.at(n), 1 FROM generate_series(1, {n}) n;
INSERT INTO auth.reserved_usernames (key, reserved_until) SELECT sha256(n::text::bytea), pg_temp.at(n) FROM generate_series(1, {n}) n;
INSERT INTO auth.idempotency_keys (key, fingerprint, lease, leased_until, created_at)
	SELECT sha256(n::text::bytea), sha256(n::text::bytea), pg_temp.id(n), now(), pg_temp.at(n) FROM generate_series(1, {n}) n;
INSERT INTO auth.clients (id, scopes, secret_hash) SELECT 'client-' || n, '{users:read}', sha256(n::text::bytea) FROM generate_series(1, {n}) n;
INSERT INTO auth.revoked_tokens (jti, expires_at) SELECT pg_temp.id(n), pg_temp.at(n) FROM generate_series(1, {n}) n;
VACUUM ANALYZE`

// big gives a connection, as the superuser, to a database that is full.
func big(t *testing.T) *pgx.Conn {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.Auth(t).SuperURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(ctx) })
	for statement := range strings.SplitSeq(strings.ReplaceAll(fillBig, "{n}", fmt.Sprint(bigSize)), ";\n") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return conn
}

// ordinary are arguments by their name; those that are not here stay zero.
func ordinary(n int) map[string]any {
	return map[string]any{
		"ID": bigID(n), "SessionID": bigID(n), "UserID": bigID(n / 10), "Keep": bigID(n), "Below": bigID(n), "FromID": bigID(n / 2),
		"Before": bigID(1000), "Most": int32(1000), "PageSize": int32(51), "Type": "session.revoked", "Hash": make([]byte, 32),
		"PresentedHash": make([]byte, 32), "SecretHash": make([]byte, 32), "ClientID": "client-5", "Jti": bigID(n),
		"Key": make([]byte, 32), "Fingerprint": make([]byte, 32), "Salt": make([]byte, 32), "Purposes": []string{"verify_email", "change_email"},
		"Purpose": "verify_email", "Kind": "delete_account", "Reason": "logout", "CredentialEpoch": int64(1), "Grace": 10 * time.Second,
		"Idle": time.Hour, "Absolute": time.Hour, "Life": time.Hour, "WindowLength": time.Hour, "Status": int32(200), "ActorKind": "person",
	}
}

// capture calls one query of the generated package, with arguments by name.
func capture(method reflect.Method, arguments map[string]any) explain.Statement {
	r := &explain.Recorder{}
	if strings.Contains(method.Name, "Client") { // whose ids are words
		arguments = maps.Clone(arguments)
		arguments["ID"] = arguments["ClientID"]
	}
	return explain.Query(r, authdb.New(r), method, arguments, func(m reflect.Method) any {
		switch name := m.Name; {
		case name == "IsRegistered" || name == "VoidTokens" || name == "EraseTokens" || strings.HasSuffix(name, "OfPerson"):
			return arguments["UserID"]
		case m.Type.In(2).Kind() == reflect.Int32:
			return arguments["Most"]
		case m.Type.In(2).Kind() == reflect.String:
			return "" // a key's id, or a client's
		case strings.HasPrefix(name, "Count"):
			return arguments["Before"]
		case name == "ListClients":
			return true
		case m.Type.In(2) == reflect.TypeFor[uuid.UUID]():
			return arguments["ID"]
		}
		return arguments["Key"]
	})
}

// indexed are the indexes that a query may go by: where there are several, the
// server chooses, or takes one to find and the other to remove. A new query
// gets its own.
var indexed = map[string][]string{
	"ListAuditEvents":        {"audit_events_pkey"},
	"ListAuditEventsOfType":  {"audit_events_type_id_idx", "audit_events_pkey"}, // by time, where the type is an everyday one
	"ListAuditEventsOfUser":  {"audit_events_user_id_id_idx"},
	"IsRegistered":           {"audit_events_user_id_id_idx"},
	"CountAuditEventsBefore": {"audit_events_pkey"},
	"PruneAuditEvents":       {"audit_events_pkey"},

	"GetSession":         {"sessions_pkey"},
	"GetLiveSession":     {"sessions_pkey", "sessions_user_id_id_idx"},
	"ExchangeGeneration": {"sessions_pkey"},
	"EndSession":         {"sessions_pkey"},
	"EndOwnSession":      {"sessions_pkey", "sessions_user_id_id_idx"},
	"EndPresented":       {"sessions_pkey"},
	"MoveEpoch":          {"sessions_pkey", "sessions_user_id_id_idx"},
	"EndSessions":        {"sessions_user_id_id_idx"},
	"EndSessionsBefore":  {"sessions_user_id_id_idx"},
	"ListSessions":       {"sessions_user_id_id_idx"},
	"DropOldSessions":    {"sessions_expires_at_idx", "sessions_pkey"},

	"ClaimToken":     {"one_time_tokens_hash_key"},
	"FindToken":      {"one_time_tokens_hash_key"},
	"GetTokenToMail": {"one_time_tokens_pkey"},
	"ReleaseToken":   {"one_time_tokens_pkey"},
	"UseToken":       {"one_time_tokens_pkey"},
	"VoidTokens":     {"one_time_tokens_pkey"},
	"DropOldTokens":  {"one_time_tokens_expires_at_idx", "one_time_tokens_pkey"},

	"GetIntent":    {"intents_pkey"},
	"DeleteIntent": {"intents_pkey"},
	"DropIntent":   {"intents_pkey", "intents_created_at_idx"},

	"EndAllSessions":   {"sessions_pkey"},
	"VoidAllTokens":    {"one_time_tokens_pkey", "one_time_tokens_hash_key"},
	"DropOldIntents":   {"intents_created_at_idx", "intents_pkey"},
	"SessionsOfPerson": {"sessions_user_id_id_idx", "sessions_ended_user_id_idx"},
	"TokensOfPerson":   {"one_time_tokens_pkey"},
	"EventsOfPerson":   {"audit_events_user_id_id_idx", "audit_events_actor_idx"},
	"NamesOfPerson":    {"one_time_tokens_pkey", "intents_question_key", "audit_events_user_id_id_idx"},
	"EraseSessions":    {"sessions_user_id_id_idx", "sessions_ended_user_id_idx", "sessions_pkey"},
	"EraseTokens":      {"one_time_tokens_pkey"},
	"RedactEvents":     {"audit_events_user_id_id_idx", "audit_events_actor_idx", "audit_events_pkey"},

	"UseClient":          {"clients_pkey"},
	"RotateClientSecret": {"clients_pkey"},
	"RevokeClient":       {"clients_pkey"},
	"IsTokenLive":        {"clients_pkey", "revoked_tokens_pkey", "sessions_pkey", "sessions_user_id_id_idx"},
	"DropOldRevocations": {"revoked_tokens_expires_at_idx", "revoked_tokens_pkey"},

	"DropOldRecipients":   {"mail_recipients_since_idx", "mail_recipients_pkey"},
	"FreeUsername":        {"reserved_usernames_pkey"},
	"DropOldReservations": {"reserved_usernames_reserved_until_idx", "reserved_usernames_pkey"},
	"GetKey":              {"idempotency_keys_pkey"},
	"StoreAnswer":         {"idempotency_keys_pkey"},
	"ReleaseKey":          {"idempotency_keys_pkey"},
	"DropOldKeys":         {"idempotency_keys_created_at_idx", "idempotency_keys_pkey"},
}

// ofNoIndex insert, or read what never grows.
var ofNoIndex = []string{
	"Clock", "ListLiveKeys", "ListPublicKeys", "ListKeys", "LockKeyRing", "InsertActiveKey", "InsertPendingKey", "AddIssuedTokens",
	"CoverTokens", "RetireActiveKey", "ActivateKey", "RevokeKey", "RetireKeys", "RewrapKey", // a key a month
	"DropExpiredCounts", // what expires within an hour
	"InsertSession", "InsertAuditEvent", "InsertIntent", "PutToken", "CountMail", "ReserveUsername", "ClaimKey",
	"InsertClient", "ListClients", "RevokeToken",
	"LockRegistration", // a lock of no row
}

// readsAll are what an operator asks, not a client: there is no index for it that
// would be worth its keep.
var readsAll = map[string]string{
	"AnswersOfPerson": "reads the answers of a day", "EraseAnswers": "reads the answers of a day",
	"IntentsOfPerson": "reads what is open at this moment", "EraseIntents": "reads what is open at this moment",
	"CountLiveSessions": "is a dry run's", "CountTokens": "is a dry run's",
}

func TestLookUpsInAuthAreServedByIndexes(t *testing.T) {
	t.Parallel()
	conn := big(t)
	t.Run("each by its own", func(t *testing.T) { everyStatement(t, conn) })
	t.Run("a page far down costs what the first does", func(t *testing.T) { farDown(t, conn) })
	t.Run("what is dropped costs what is dropped", func(t *testing.T) { dropsLittle(t, conn) })
}

func everyStatement(t *testing.T, conn *pgx.Conn) {
	unknown := maps.Clone(indexed)
	queries := reflect.TypeFor[*authdb.Queries]()
	for i := range queries.NumMethod() {
		method := queries.Method(i)
		if method.Name == "WithTx" || readsAll[method.Name] != "" || strings.HasPrefix(method.Name, "CountOld") {
			continue
		}
		want, known := indexed[method.Name]
		delete(unknown, method.Name)
		if !known && !slices.Contains(ofNoIndex, method.Name) {
			t.Errorf("%s: say in indexed what it goes by", method.Name)
		}
		for _, mode := range []string{explain.Generic, explain.Custom} {
			p := explain.Explain(t, conn, capture(method, ordinary(bigSize/2)), mode, "")
			got, scans := p.Indexes(), p.SeqScans(bigTables)
			foreign := slices.ContainsFunc(got, func(index string) bool { return !slices.Contains(want, index) })
			if known && (foreign || len(got) == 0) || len(scans) > 0 {
				t.Errorf("%s (%s) goes by %v, and reads all of %v; want %v", method.Name, mode, got, scans, want)
			}
		}
	}
	method, _ := queries.MethodByName("ListAuditEventsOfType")
	rare := ordinary(bigSize)
	rare["Type"], rare["FromID"] = "key.created", uuid.Nil
	if got := explain.Explain(t, conn, capture(method, rare), explain.Custom, "").Indexes(); !slices.Equal(got, []string{"audit_events_type_id_idx"}) {
		t.Errorf("events of a rare type are found by %v", got)
	}
	for name := range unknown {
		t.Errorf("indexed has %s, which is no query", name)
	}
}

func farDown(t *testing.T, conn *pgx.Conn) {
	queries := reflect.TypeFor[*authdb.Queries]()
	for _, name := range []string{"ListAuditEvents", "ListAuditEventsOfType"} {
		method, _ := queries.MethodByName(name)
		for _, mode := range []string{explain.Generic, explain.Custom} {
			var cost [2]int64
			for i, below := range []uuid.UUID{uuid.Max, bigID(bigSize / 10)} {
				arguments := ordinary(bigSize)
				arguments["Below"], arguments["FromID"], arguments["PageSize"] = below, uuid.Nil, int32(11)
				cost[i] = explain.Buffers(t, conn, capture(method, arguments), mode)
			}
			if float64(cost[1]) > 1.2*float64(cost[0])+2 { // 2: a parent page more
				t.Errorf("%s (%s): the first page costs %d buffers, one far down %d", name, mode, cost[0], cost[1])
			}
		}
	}
}

// dropsLittle: a round of tidying up touches the 1,000 rows that are over, and
// not the others.
func dropsLittle(t *testing.T, conn *pgx.Conn) {
	queries := reflect.TypeFor[*authdb.Queries]()
	for i := range queries.NumMethod() {
		method := queries.Method(i)
		if !strings.HasPrefix(method.Name, "DropOld") {
			continue
		}
		const rows, each = bigSize / 100, 12 // pages: found, then removed, with an index to go by each time
		if cost := explain.Buffers(t, conn, capture(method, ordinary(0)), explain.Generic); cost > rows*each {
			t.Errorf("%s touches %d pages for %d rows", method.Name, cost, rows)
		}
	}
}
