// Package idempotency keeps the answers of requests that carry an
// Idempotency-Key, in a table idempotency_keys that each service has in its own
// schema. Keys is what internal/httpapi asks; Store is the table.
//
//	            ClaimKey                      StoreAnswer
//	(no row) ──────────────▶ claimed, leased ──────────────▶ answered, for a day
//	    ▲                      │        ▲
//	    └──────────────────────┘        └ once the lease of 30 s has run out,
//	          ReleaseKey                  the same request claims it again
//
// Neither a key nor a request is stored: the table holds their HMACs. A bare
// hash of a body with a password would be an oracle for it.
package idempotency
