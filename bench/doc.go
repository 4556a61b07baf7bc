// Command bench measures what a request costs, against the floor of what any
// implementation would have to pay:
//
//	make bench                     all of it, about 17 minutes; bin/bench/result.json and index.html
//	make bench ARGS='-only refresh -rounds 3'
//	make bench-compare OLD=before.json
//
// It starts a PostgreSQL of its own (durable, as in production), both services
// as they are built for release, and a floor server (floor/: net/http and pgx
// and nothing else), and sends them requests over kept connections, in rounds
// that take turns, so that what the machine does beside it hits all alike.
//
// CPU is what the kernel says that a process used (user and system, in
// nanoseconds), per answered request. Rates and latencies are of a machine that
// also runs the client; CPU is the measure to compare by.
package main
