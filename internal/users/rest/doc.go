// Package rest serves the users domain over HTTP: handlers that translate,
// conversions in convert.go, and the wiring of the service in service.go.
package rest
