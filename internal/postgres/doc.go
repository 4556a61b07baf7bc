// Package postgres is everything latchkey knows about its database beside the
// queries themselves.
//
//   - pool.go opens a pool with the house's timeouts and as the lesser role, and
//     CheckLesser refuses to serve with more rights than that.
//   - tx.go is InTx, the one way to run a transaction.
//   - errors.go matches constraints by name and turns what is left into faults.
//   - migrate.go applies a schema's migrations, however many instances start at
//     once; migrate_lock.go keeps them from holding up traffic, migrate_status.go
//     lists them and migrate_undo.go takes them back.
//   - server*.go is the embedded launcher behind `latchkey up` and the tests: a
//     real PostgreSQL of this machine, on a unix socket that only we can reach;
//     bootstrap.go gives it its database, schemas and roles.
//
// Each schema S has two roles: latchkey_S_owner, which owns the schema and runs
// the migrations, and latchkey_S, which the service runs as.
package postgres
