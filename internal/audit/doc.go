// Package audit is what both services' audits have in common: who did what to
// whom (Event, Actor), the row that it becomes, how rows are listed, counted and
// removed.
//
// Each service has a table audit_events of its own, of the same shape, and
// sqlc's types for it. The types here are of that shape too, field by field, so
// that a row converts without being copied member by member, and a query that
// drifts from it does not compile.
package audit
