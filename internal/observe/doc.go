// Package observe is what the services are watched by: logs, metrics, traces.
//
//	log.go       the logger: JSON lines, or text on a terminal
//	metrics.go   a service's registry, build information, the exposition
//	http.go      requests by operation, problems by code
//	limits.go    rate limits and the Redis that shares them
//	hashing.go   the pool that hashes passwords
//	outcome.go   sign-ins, refreshes, registrations, password checks
//	keys.go      signing keys, and the key set that is followed
//	database.go  pools, statements by the name of their query
//	jobs.go      queues, mail among them
//	calls.go     the auth service's calls to the users service
//	trace.go     spans over OTLP; off unless an endpoint is set
//
// Every metric is made here, so that its name, unit and labels can be read in
// one place; docs/metrics.md is made of them. The packages that know what
// happens call the methods, each of which does nothing on a nil receiver:
// commands and tests need no metrics. Labels have closed sets of values
// (operations, error codes, query names); none holds a person, an address or
// anything else that a client chose.
package observe
