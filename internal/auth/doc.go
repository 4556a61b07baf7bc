// Package auth holds the rules of signing in and staying signed in.
//
// A session is one row. Its life:
//
//	         refresh with the current token        (generation moves on)
//	          ┌──────┐
//	          ▼      │
//	login ─▶ live ───┴─▶ ended   logout, logout_all
//	          │  ▲       ended   refresh_reuse: a token older than the parent,
//	          │  │               or the parent after the grace
//	          │  └─ refresh with the parent within the grace (nothing moves,
//	          │     the successor is the same)
//	          ├────────▶ ended   credentials_changed: the account was deleted,
//	          │                  disabled, or its credentials moved on
//	          └────────▶ expired idle, or too old; nothing is written
//
// Passwords and accounts are the users service's: it is reached through
// Accounts, and a fault of it is never answered as a wrong password.
package auth
