// Package mock serves a specification without a service behind it, for teams
// that build on one: the chassis is the real one (routing, validation, problem
// documents, the page at /docs), the answers are the specification's examples,
// and nothing is kept.
//
//	curl -H 'Prefer: code=409' …          # another status that the operation declares
//	curl -H 'Prefer: code=email_taken' …  # or one of its error codes
//
// Prefer is RFC 7240's; what was done as asked says Preference-Applied. Every
// answer says Latchkey-Mock: true. Whatever bearer token is sent is let in, as
// somebody who may do anything; none at all is 401 where one is needed. Health
// and the documents are the chassis's own and know no Prefer.
package mock
