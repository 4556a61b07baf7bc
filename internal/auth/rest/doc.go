// Package rest serves the auth domain over HTTP: handlers that translate,
// conversions in convert.go, the users service behind auth.Accounts in
// accounts.go, and the wiring of the service in service.go.
package rest
