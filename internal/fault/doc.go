// Package fault names what can go wrong in words that every layer understands.
//
// A domain returns a *Error; it knows nothing of HTTP. One place
// (internal/httpapi, problem.go) turns the Kind into a status and writes the
// problem document of RFC 9457. The package imports the standard library only,
// so anything may import it.
package fault
