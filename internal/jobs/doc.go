// Package jobs runs work that must not get lost and need not be done while a
// client waits: mail, and what is done every hour. A job is inserted in the
// caller's transaction, so that it exists if and only if the change that it
// belongs to does, and is worked at least once by some instance.
//
// It is River (github.com/riverqueue/river) on PostgreSQL, with what this house
// decided: a small pool of its own, polling only (so it works behind
// PgBouncer), no address in a log, no maintenance that needs the owner's rights.
//
//   - migrations.go brings River's tables, as a step after those of schema auth.
//   - client.go opens a Client, inserts, runs and stops it.
//   - failures.go tells what failed; log.go keeps River's own log short.
//   - backoff.go is how long to wait before the next try.
//   - list.go and letters.go show jobs to an operator, retry and drop them.
//
// A job is `available` or `scheduled`, then `running`, then `completed`; after a
// failure `retryable`, and a dead letter at last: `discarded` when no attempt
// is left, `cancelled` when its worker returned river.JobCancel.
package jobs
