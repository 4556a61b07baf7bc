// Package auth holds the rules of signing in and staying signed in, and of
// what people do to their own accounts.
//
// A session is one row. Its life:
//
//	         refresh with the current token        (generation moves on)
//	          ┌──────┐
//	          ▼      │
//	login ─▶ live ───┴─▶ ended   logout, logout_all, revoked, revoked_by_admin,
//	          │  ▲               signed_in_again (with this session's cookie)
//	          │  │       ended   refresh_reuse: a token older than the parent,
//	          │  │               or the parent after the grace
//	          │  └─ refresh with the parent within the grace (nothing moves,
//	          │     the successor is the same)
//	          ├────────▶ ended   password_changed (the others), password_reset,
//	          │                  email_changed, account_deleted
//	          ├────────▶ ended   credentials_changed: found out at a refresh, by
//	          │                  the account's epoch
//	          └────────▶ expired idle, or too old; nothing is written
//
// A one-time token, the link in a mail, is one row per account and purpose: a
// newer one takes the place of the one before. It is claimed for its use, and
// given back where the use comes to nothing.
//
// Passwords and accounts are the users service's: it is reached through
// Accounts, and a fault of it is never answered as a wrong password. What it is
// asked to do and this service owes something for is noted first, as an
// intent; whoever gets the answer (the request, or else a worker that looks
// into it) does the rest and removes the note, in one transaction. Mails are
// jobs, queued in the transaction of what they belong to.
package auth
