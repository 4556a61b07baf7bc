package hammer

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/latchkey-id/latchkey/internal/apitest"
	"github.com/latchkey-id/latchkey/internal/hammer/judge"
	"github.com/latchkey-id/latchkey/internal/mail"
)

// world is what the running system has that requests can name.
type world struct {
	s           *apitest.System
	adminName   string
	client      apitest.BackEnd
	adminGrant  *apitest.Grant
	personGrant *apitest.Grant
	tokens      map[string]kept

	users   []apitest.User // nobody who calls
	kids    []string       // of pending keys
	cursors map[string]string
}

func newWorld(t testing.TB, s *apitest.System) *world {
	t.Helper()
	w := &world{s: s, adminName: apitest.Name(), tokens: map[string]kept{}, cursors: map[string]string{}, client: s.NewBackEnd(t, "users:read")}
	root := s.Admin(t)
	s.Users.Post(t, "/users", root, apitest.Body{
		"username": w.adminName, "email": w.adminName + "@example.com", "password": apitest.Password, "roles": []string{"user", "admin"},
	}).Is(http.StatusCreated)
	for range 6 {
		w.users = append(w.users, s.Person(t).User)
	}
	w.readKeys(t)
	return w
}

// readKeys learns which keys are pending: those may be revoked, while the active
// one is everybody's.
func (w *world) readKeys(t testing.TB) {
	t.Helper()
	var list struct {
		Items []struct{ KID, State string }
	}
	w.s.Auth.Get(t, "/admin/keys", w.admin(t).AccessToken).Is(http.StatusOK).JSON(&list)
	w.kids = nil
	for _, key := range list.Items {
		if key.State == "pending" {
			w.kids = append(w.kids, key.KID)
		}
	}
}

// learn takes from an answer what later requests can name.
func (w *world) learn(t testing.TB, op *operation, answer apitest.Response) {
	var body struct {
		NextCursor *string `json:"next_cursor"`
	}
	if answer.Status >= http.StatusMultipleChoices || len(answer.Body) == 0 {
		return
	}
	switch op.id {
	case "createUser", "restoreUser":
		var made apitest.User
		if json.Unmarshal(answer.Body, &made) == nil {
			w.users = append(w.users, made)
		}
	case "createKey", "rotateKeys", "revokeKey":
		w.readKeys(t)
	case "listUsers", "listAuditEvents", "listAuthAuditEvents":
		if json.Unmarshal(answer.Body, &body) == nil && body.NextCursor != nil {
			w.cursors[op.id] = *body.NextCursor
		}
	}
	w.users = w.users[max(0, len(w.users)-200):]
}

// hints for one operation's requests. Each is given with a chance of its own,
// so that other values come as well.
func (w *world) hints(t testing.TB, op *operation) hints {
	return func(d *dice, name string) (any, bool) {
		if value, ok := w.always(d, op, name); ok {
			return value, true
		}
		if !d.percent(60) {
			return nil, false
		}
		user := pick(d, w.users)
		switch name {
		case "user", "user_id":
			return user.ID, true
		case "email":
			return pick(d, []string{user.Email, d.name() + "@example.com", d.name() + "@bücher.example"}), true
		case "username":
			return d.name(), true
		case "q":
			return user.Username[:3], true
		case "login":
			return w.person(t).User.Username, true
		case "password", "current_password":
			return apitest.Password, true
		case "new_password":
			return "a staple for the correct horse " + d.name(), true
		case "session":
			return sessionOf(w.person(t)), true
		case "refresh_token", "__Host-refresh":
			return w.person(t).RefreshToken, true
		}
		return w.hint(t, d, op, name)
	}
}

func (w *world) hint(t testing.TB, d *dice, op *operation, name string) (any, bool) {
	switch name {
	case "token":
		if op.id == "resetPassword" {
			return w.resetting(t), true
		}
		if op.clients {
			return pick(d, []string{w.person(t).AccessToken, w.person(t).RefreshToken, w.s.Token(t, w.client)}), true
		}
		return w.mailed(t)
	case "cursor":
		cursor, ok := w.cursors[op.id]
		return cursor, ok
	case "kid":
		if len(w.kids) > 0 {
			return pick(d, w.kids), true
		}
	case "role", "roles[]":
		return pick(d, []string{"user", "editor", "user"}), true
	case "type":
		return pick(d, []string{"user.created", "session.created", "key.created"}), true
	case "file":
		return pick(d, []string{"pages.css", "pages.js", "service.js", "icon.svg"}), true
	case "password_hash":
		return "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", true
	case "credential_epoch":
		return literal(pick(d, []string{"1", "2"})), true
	case "grant_type":
		return "client_credentials", true
	case "scope":
		return pick(d, []string{"users:read", "users:write", "users:read users:read"}), true
	case "client_id":
		return w.client.ID, true
	case "client_secret":
		return w.client.Secret, true
	}
	return nil, false
}

// mailed is the token of a mail that the person got.
func (w *world) mailed(t testing.TB) (any, bool) {
	mails := w.s.Mails.All(w.person(t).User.Email, mail.VerifyEmail)
	if len(mails) == 0 {
		return nil, false
	}
	return w.s.Mails.Token(t, w.person(t).User.Email, mail.VerifyEmail, len(mails)), true
}

// resetting is the token of a mail that lets the person set a new password.
func (w *world) resetting(t testing.TB) string {
	address := w.person(t).User.Email
	n := len(w.s.Mails.All(address, mail.ResetPassword))
	if n == 0 {
		w.s.Auth.Post(t, "/auth/password/forgot", "", apitest.Body{"email": address}).Is(http.StatusAccepted)
		n = 1
	}
	return w.s.Mails.Token(t, address, mail.ResetPassword, n)
}

// always gives the values that keep the system standing: a key that verifiers
// have not seen must not sign, the active one must not be revoked, and making
// RSA keys takes a second each.
func (w *world) always(d *dice, op *operation, name string) (any, bool) {
	switch {
	case op.id == "rotateKeys" && name == "" && d.percent(30):
		return object{{"force", true}, {"dry_run", true}}, true
	case op.id == "rotateKeys" && name == "force":
		return false, true
	case op.id == "createKey" && name == "algorithm":
		return pick(d, []string{"ES256", "EdDSA"}), true
	}
	return nil, false
}

// spared reports whether a request would do what always spares the system from.
func spared(op *operation, r judge.Request, v judge.Verdict) bool {
	var body struct {
		Force  bool `json:"force"`
		DryRun bool `json:"dry_run"`
	}
	return op.id == "rotateKeys" && v.Status == 0 && json.Unmarshal(r.Body, &body) == nil && body.Force && !body.DryRun
}

func (d *dice) name() string {
	letters := make([]byte, 10)
	for i := range letters {
		letters[i] = byte('a' + d.IntN(26))
	}
	return "h" + string(letters)
}
