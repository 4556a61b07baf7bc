// Package dbtest gives each test a PostgreSQL database of its own. Only tests
// import it.
//
//	func TestLogin(t *testing.T) {
//		t.Parallel()
//		users, auth := dbtest.Both(t)
//		…
//	}
//
// The databases are clones of a template that holds both schemas, migrated as
// their owners; its name is a hash of the migration files and River's version, so
// a changed migration makes a new one. Tests connect as the lesser role, as services do.
//
// The cluster is the one that LATCHKEY_TEST_CLUSTER names (the directory of its
// socket; internal/dbtest/cluster starts one around a command), else one that
// the first call starts and that ends with the test process. It has no
// durability whatsoever.
package dbtest
