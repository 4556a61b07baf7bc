// Package judge decides whether a request fits a service's OpenAPI document,
// apart from all that the services decide it with: the document is read here
// once more, as plain JSON, and its schemas are held up by another validator
// (github.com/santhosh-tekuri/jsonschema). Only tests import it.
//
// Where a request has several mistakes, the one that is looked for first gives
// the status:
//
//	not HTTP at all                    400, 431  without a problem document
//	headers over 16 KiB                431
//	a browser's from another origin    403  unless GET or HEAD
//	no such path, no such method       404, 405
//	bearer token absent or bad         401
//	bearer token without the right     403
//	body: none where one is asked for, or one where none is   400 (415 where a wrong type is named)
//	body: another media type, an encoding    415
//	body: over 64 KiB                  413
//	body: does not parse               400
//	parameters, and the body's schema  400
//
// That is what internal/httpapi/chain.go says, and a reader of the API may rely
// on it: nobody learns what a body should be without the right to send it.
package judge
