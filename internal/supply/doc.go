// Command supply looks after what latchkey is made of that others wrote.
//
//	go run ./internal/supply licences                           writes docs/licences.md
//	go run ./internal/supply sbom bin/sbom bin/users bin/auth   writes a bill of materials for each, and the texts of all licences
//	go run ./internal/supply vulncheck                          known vulnerabilities in what is called
//
// A licence is known by its text, as pkg.go.dev knows it, and not by what somebody
// says of it: each file of a linked package's directory, and of those above it up
// to the module's root, that is named like a licence. A module that has none, or
// one that is not on the list of those that we take, is an error. The module cache
// alone is read; the test fails where the page is not what would be written.
package main
