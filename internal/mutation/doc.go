// Command mutation asks what the tests are worth: it makes small changes to the
// code of token, the key ring, the sessions and the passwords, one at a time, and
// looks whether some test fails. A change that no test notices is a survivor:
// either a test is missing, or the change makes no difference, and then
// docs/mutation.md says why.
//
//	make mutate
//	make mutate ARGS='-only internal/keyring -fraction 0.2 -seed 7'
//
// All changes are compiled into one binary per package of tests, through `go test
// -overlay`: each stands behind a switch (package mutant), and the environment
// turns one on. So nothing is copied, and a change costs the time of its tests. A
// first pass runs each test alone and notes which places it reaches; a change is
// then put to the tests that reach it, the quickest first, until one fails. What
// no test reaches has survived.
//
// The changes: a comparison or another condition is turned round, its limit moved
// by one, && and || exchanged; + and -, * and / exchanged; a statement that calls
// or assigns is left out; a return gives zero values; true becomes false. Constants
// stay, and so do deferred calls, whose loss is a leak that ends with the test.
package main
