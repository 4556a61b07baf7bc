// Package fill makes accounts and sessions by the million in a migrated
// database, to measure how large it gets and how fast it stays. Benchmarks and
// tests import it; cmd is the same as a program:
//
//	go run ./internal/dbtest/fill/cmd -users 1000000 -sessions 1000000 URL
//
// Accounts and sessions are numbered from 1, and all that a load needs to
// address one is a function of its number (names.go, tokens.go): it reads
// nothing from the database first. Every account has the password that Password
// names, and each account and session has the rows beside it that the services
// would have written: its role, its event in the audit, its known network.
//
// How it is quick (load.go): each table is loaded by COPY in one transaction
// that begins by emptying it, so that rows are frozen as they come and, with
// wal_level=minimal, go past the log; indexes are set aside while rows come and
// built afterwards, which also proves that keys are unique; constraints are not
// asked of each of ten million rows that only their number tells apart, but by
// a test, of a few thousand. The schema is afterwards the very one that was
// there before, down to the identity of its indexes.
//
// Ten million of both took six and a half minutes on two cores that had other
// work, and 19 GB of disk, in a cluster that is thrown away: fsync=off,
// wal_level=minimal with max_wal_senders=0 (30 MB of log for all; with replica
// it is 1.7 kB for each account with its session, and half as long again),
// autovacuum=off, shared_buffers as they come.
package fill
