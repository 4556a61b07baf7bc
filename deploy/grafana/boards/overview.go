package main

// served are requests to operations, probes and documents apart; as in rules/slo.yml.
const served = `, operation!~"getLivez|getReadyz|getOpenapiYaml|getOpenapiJson|none"`

var overview = board{
	uid: "latchkey-overview", title: "latchkey: overview", about: "What is the bottleneck, what is promised, and how each operation does.",
	rows: []row{
		{"Bottleneck", []panel{
			{title: "Bottleneck", kind: "state-timeline", unit: "short", width: 16, max: 1, red: 1,
				hint:    "What requests wait for: hashing (sign-in board), pool or database (database board), smtp (jobs and mail board). Empty: nothing. `latchkey doctor` says it of this moment, with the remedy.",
				queries: []query{{`latchkey:bottleneck == 1`, "{{resource}}"}}},
			{title: "Instances that answer", kind: "stat", unit: "short", width: 8, red: 1, below: true,
				hint:    "Of each service. None: LatchkeyServiceDown in the runbook.",
				queries: []query{{`sum by (job) (up{$})`, "{{job}}"}}},
		}},
		{"Promises", []panel{
			{title: "Budget left", kind: "stat", unit: "percentunit", red: 0.2, below: true,
				hint:    "Of what may go wrong in 30 days. Below a fifth: no risky release; below none: the promise is broken, mend what burns it first.",
				queries: []query{{`min by (slo, job) (latchkey:slo_budget_left{job=~"$job"})`, "{{slo}} {{job}}"}}},
			{title: "Budget burnt, times the pace that lasts 30 days", unit: "short", width: 16, red: 14.4,
				hint:    "Over an hour. 14.4 and more pages: the runbook's …BurnFast. See which operation fails or is slow below.",
				queries: []query{{`latchkey:slo_errors:ratio1h{job=~"$job"} / on (slo) group_left () latchkey:slo_budget`, "{{slo}} {{job}}"}}},
		}},
		{"Requests", []panel{
			{title: "Requests by operation", unit: "reqps", hint: "A sudden rise: who calls? The log's `client` and `caller`. A fall to nothing: is the balancer well?",
				queries: []query{{`sum by (operation) (rate(latchkey_http_request_duration_seconds_count{$}[$__rate_interval]))`, "{{operation}}"}}},
			{title: "Share answered 5xx, by operation", unit: "percentunit", red: 0.001, hint: "Find a line of the log by `operation` and `status`; its `error` has the cause, its `request_id` is the client's.",
				queries: []query{{`sum by (operation) (rate(latchkey_http_request_duration_seconds_count{$, status=~"5.."` + served + `}[$__rate_interval])) / sum by (operation) (rate(latchkey_http_request_duration_seconds_count{$` + served + `}[$__rate_interval]))`, "{{operation}}"}}},
			{title: "Problems by code", unit: "reqps", hint: "What docs/consumers.md says of each code. overloaded, dependency_unavailable and internal_error are ours, the others mostly the callers'.",
				queries: []query{{`sum by (code) (rate(latchkey_http_problems_total{$}[$__rate_interval]))`, "{{code}}"}}},
			{title: "Time of requests, p99 by operation", unit: "s", width: 12, red: 1, hint: "One operation alone: its queries on the database board. All: CPU (runtime board), pool or database. A dot is an exemplar: its request_id or trace_id finds the log's line.",
				queries: []query{{`histogram_quantile(0.99, sum by (operation, le) (rate(latchkey_http_request_duration_seconds_bucket{$` + served + `}[$__rate_interval])))`, "{{operation}}"}}},
			{title: "Requests that are being worked on", unit: "short", width: 6, hint: "It grows when requests come faster than they are answered: the bottleneck above says what for.",
				queries: []query{{`sum by (job, instance) (latchkey_http_requests_in_flight{$})`, "{{job}} {{instance}}"}}},
			{title: "Calls from auth to users, p99", unit: "s", width: 6, red: 1, hint: "A call is given up after 4 s; refused ones mean an open breaker (LatchkeyUsersUnreachable).",
				queries: []query{{`histogram_quantile(0.99, sum by (operation, outcome, le) (rate(latchkey_users_call_duration_seconds_bucket{$}[$__rate_interval])))`, "{{operation}} {{outcome}}"}}},
		}},
	},
}
