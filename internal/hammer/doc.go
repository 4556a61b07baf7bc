// Package hammer makes requests from the services' OpenAPI documents, valid and
// nearly valid ones, sends them, and holds every answer against three things:
// no fault of the service's own, nothing that the document does not declare, and
// accepted exactly when the document accepts. What it accepts is decided by
// package judge, which knows nothing of the services. Only tests import it.
//
// A request is made from a seed, its operation and its number, and from nothing
// else but ids that only a running system has: the same seed gives the same
// requests, and a Finding says how to make the one again that it is about.
//
//	seed ─ operation ─ number → draft → mutations → request → judge ┐
//	                                                       → system ┴ compare → Finding → smaller?
//
// What the services refuse with 400 beyond their documents, because no schema
// can say it, is in rules.go.
package hammer
