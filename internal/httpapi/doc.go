// Package httpapi is the chassis that both services stand on.
//
// A service hands it a specification and its generated strict handler; the
// chassis does what is the same for every operation, and does it from the
// specification: it finds the operation of a request, enforces the declared
// limits, checks the bearer token and the declared rights, refuses whatever
// the document does not allow, and writes every error as one problem document.
//
//	chain.go      the middleware, in order, in one list
//	spec.go       the document, its operations and our x- extensions
//	problem.go    fault → RFC 9457: the one status table, the one Write
//	strictjson.go, body.go, validate.go   what may come in
//	bearer.go, address.go, limits.go      who, from where, how often
//	headers.go, browser.go                what browsers go by: security headers, CORS, other origins
//	idempotency.go                        the same answer to a retry
//	server.go     listeners, readiness, drain
//	docs.go       /openapi.*, /docs
//
// It knows nothing of users or sessions.
package httpapi
