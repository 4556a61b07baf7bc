// Package sdktest is what the stories of the SDKs stand on: both services, as
// strict as in production, and a hand that does what no client can do. The
// stories are examples/client (Go) and api/typescript (TypeScript), and meet
// every code that a problem can have.
//
// Tests import it; nothing else does.
package sdktest
