package fill

import "time"

// tableNames are all that rows come into.
var tableNames = []string{
	"users.users", "users.user_roles", "users.known_networks", "users.audit_events", "auth.sessions", "auth.audit_events",
}

// table is what comes into one.
type table struct {
	name    string
	columns string
	rows    int64
	encode  func(e *encoder, n int64)
}

// content is what rows are made of.
type content struct {
	Options
	hash string
	now  time.Time // the database's
}

const (
	agent       = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	eventFields = "id, occurred_at, type, actor_kind, actor, user_id, after, address, user_agent, request_id"
)

// loads are the transactions, longest first. Tables that foreign keys join can
// only be emptied together.
func loads(c content) []load {
	all := []load{
		{
			{"users.users", "id, username, email, password_hash, verified, created_at, updated_at", c.Users, c.user},
			{"users.user_roles", "user_id, role", c.Users, c.role},
			{"users.known_networks", "user_id, network, seen_at", min(c.Sessions, c.Users), c.network},
		},
		{{"auth.audit_events", eventFields, c.Sessions, c.sessionEvent}},
		{{"users.audit_events", eventFields, c.Users, c.userEvent}},
		{{"auth.sessions", "id, user_id, salt, credential_epoch, address, user_agent, created_at, rotated_at, idle_expires_at, expires_at", c.Sessions, c.session}},
	}
	var wanted []load
	for _, l := range all {
		if audit := l[0].columns == eventFields; l[0].rows > 0 && !(audit && c.NoAudit) {
			wanted = append(wanted, l)
		}
	}
	return wanted
}

func (c content) user(e *encoder, n int64) {
	at := UserTime(n)
	var room [32]byte
	name := appendName(room[:0], n)
	e.row(7)
	e.uuid(UserID(n))
	e.bytes(name)
	e.size(len(name) + len(mailHost))
	e.buf = append(append(e.buf, name...), mailHost...)
	e.text(c.hash)
	e.yes()
	e.time(at)
	e.time(at)
}

func (c content) role(e *encoder, n int64) {
	e.row(2)
	e.uuid(UserID(n))
	e.text("user")
}

// network is where the account of session n signed in: before anybody has a
// second session.
func (c content) network(e *encoder, n int64) {
	user := SessionUser(n, c.Users)
	e.row(3)
	e.uuid(UserID(user))
	e.inet(address(user))
	e.time(c.sessionTime(n))
}

func (c content) userEvent(e *encoder, n int64) {
	at, name := UserTime(n), Username(n)
	e.row(10)
	e.uuid(uuid7(at.UnixMilli(), forUserEvent, n))
	e.time(at)
	e.text("user.created")
	e.text("service")
	e.text("latchkey-auth")
	e.uuid(UserID(n))
	e.jsonb(`{"username":"`, name, `","email":"`, name, mailHost, `","verified":false,"roles":["user"]}`)
	e.inet(address(n))
	e.text(agent)
	e.text(uuid7(at.UnixMilli(), forUserRequest, n).String())
}

func (c content) session(e *encoder, n int64) {
	user, at, salt := SessionUser(n, c.Users), c.sessionTime(n), SessionSalt(n)
	e.row(10)
	e.uuid(SessionID(n))
	e.uuid(UserID(user))
	e.bytes(salt[:])
	e.int64(1)
	e.inet(address(user))
	e.text(agent)
	e.time(at)
	e.time(at)
	e.time(at.Add(7 * 24 * time.Hour))
	e.time(at.Add(30 * 24 * time.Hour))
}

func (c content) sessionEvent(e *encoder, n int64) {
	user, at := SessionUser(n, c.Users), c.sessionTime(n)
	id := UserID(user)
	e.row(10)
	e.uuid(uuid7(at.UnixMilli(), forSessionEvent, n))
	e.time(at)
	e.text("session.created")
	e.text("person")
	e.text(id.String())
	e.uuid(id)
	e.jsonb(`{"session_id":"`, SessionID(n).String(), `"}`)
	e.inet(address(user))
	e.text(agent)
	e.text(uuid7(at.UnixMilli(), forSessionRequest, n).String())
}

// sessionTime is when session n was opened: they come evenly over the day
// before, so that all can be refreshed for six days.
func (c content) sessionTime(n int64) time.Time {
	before := float64(c.Sessions-n+1) / float64(c.Sessions) * float64(24*time.Hour)
	return c.now.Add(-time.Duration(before)).Truncate(time.Microsecond)
}

// address is where account n comes from: in 198.18.0.0/15, which is for
// benchmarks (RFC 2544).
func address(n int64) [4]byte {
	return [4]byte{198, byte(18 + n>>16&1), byte(n >> 8), byte(n)}
}
