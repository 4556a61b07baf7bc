// Checks holds a run of the tests against a table of promises: each line of
// docs/attacks.md (S1 to S85) and of docs/faults.md (F1 to F20) has tests of its
// name, TestS07… or TestF11…, and holds where all of them have passed.
//
//	go test -json -run '^TestS[0-9]' ./... | go run ./internal/checks -table docs/attacks.md -out bin/attack
//
// It writes index.html and results.json, tells on stdout what did not hold, and
// exits with 1 where a line has no test, or one that failed or was skipped. A
// line that says why it does not apply needs none. A test of two lines has both
// in its name: TestS30S31Times. What a test measured stands beside its line:
// whatever it gave to testing.T.Attr.
package main
