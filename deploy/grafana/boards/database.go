package main

// quantileByQuery is for the slowest ten queries.
func quantileByQuery(q string) []query {
	return []query{{`topk(10, histogram_quantile(` + q + `, sum by (query, le) (rate(latchkey_db_query_duration_seconds_bucket{$}[$__rate_interval]))))`, "{{query}}"}}
}

var database = board{
	uid: "latchkey-database", title: "latchkey: database", about: "Statements by the name of their query in queries/, and the connection pools.",
	rows: []row{
		{"Statements", []panel{
			{title: "p50 by query", unit: "s", hint: "The usual time. All are up: the database or the network. One is up: a plan has changed, or a table has grown.", queries: quantileByQuery("0.5")},
			{title: "p95 by query", unit: "s", hint: "Higher than p50 by far: locks, or a cache that is too small.", queries: quantileByQuery("0.95")},
			{title: "p99 by query", unit: "s", red: 0.1, hint: "Take the slowest one's text from queries/ and EXPLAIN (ANALYZE, BUFFERS) it; pg_stat_activity shows what waits for locks.", queries: quantileByQuery("0.99")},
			{title: "Statements", unit: "reqps", hint: "A jump without more requests is a loop of ours: compare with the overview.",
				queries: []query{{`topk(10, sum by (query) (rate(latchkey_db_query_duration_seconds_count{$}[$__rate_interval])))`, "{{query}}"}}},
			{title: "Time in the database, per second", unit: "short", hint: "So many connections are busy with a query on average. The largest is where tuning pays.",
				queries: []query{{`topk(10, sum by (query) (rate(latchkey_db_query_duration_seconds_sum{$}[$__rate_interval])))`, "{{query}}"}}},
			{title: "Errors by class", unit: "reqps", hint: "SQLSTATE's first two characters: 08, connection, 25, 57 the server is away or read-only; 40 deadlock; 53 out of disk, memory or connections; 23 is a name that is taken, and well.",
				queries: []query{{`sum by (class, query) (rate(latchkey_db_query_errors_total{$}[$__rate_interval]))`, "{{class}} {{query}}"}}},
		}},
		{"Pools", []panel{
			{title: "Wait for a connection, p99", unit: "s", red: 0.1, hint: "Above the time of a statement: the pool is too small, or statements too slow (LatchkeyPoolWaits).",
				queries: []query{{`histogram_quantile(0.99, sum by (job, pool, le) (rate(latchkey_db_acquire_duration_seconds_bucket{$}[$__rate_interval])))`, "{{job}} {{pool}}"}}},
			{title: "Connections in use, of those there may be", unit: "percentunit", max: 1, red: 0.9, hint: "At 1 requests wait. First look for slow statements; then raise DATABASE_MAX_CONNS, within PostgreSQL's max_connections.",
				queries: []query{{`sum by (job, instance, pool) (latchkey_db_pool_connections{$, state="acquired"}) / sum by (job, instance, pool) (latchkey_db_pool_max_connections{$})`, "{{job}} {{instance}} {{pool}}"}}},
			{title: "Waited in vain", unit: "reqps", hint: "Requests that got no connection and were answered 503: pool exhausted, or the database away.",
				queries: []query{{`sum by (job, pool) (rate(latchkey_db_acquire_duration_seconds_count{$, outcome="failed"}[$__rate_interval]))`, "{{job}} {{pool}}"}}},
			{title: "Connections", unit: "short", width: 12, hint: "Many constructing: the server or its pooler accepts slowly.",
				queries: []query{{`sum by (job, pool, state) (latchkey_db_pool_connections{$})`, "{{job}} {{pool}} {{state}}"}}},
			{title: "Connections opened", unit: "reqps", width: 12, hint: "All the time: something closes them, such as a pooler's or a firewall's idle limit.",
				queries: []query{{`sum by (job, pool) (rate(latchkey_db_pool_connections_opened_total{$}[$__rate_interval]))`, "{{job}} {{pool}}"}}},
		}},
	},
}
