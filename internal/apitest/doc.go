// Package apitest runs both services, whole, on a real PostgreSQL, and talks
// to them the way a consumer does. Every answer that its client sees is
// checked against the specification that the services serve: status, headers,
// body, and that the problem's code is one that the operation lists.
//
// Tests import it; nothing else does.
package apitest
