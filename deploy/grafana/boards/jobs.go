package main

var jobs = board{
	uid: "latchkey-jobs", title: "latchkey: jobs and mail", about: "What is done in the background: mails, keys, sessions that end.",
	rows: []row{
		{"Queues", []panel{
			{title: "Oldest that is due", unit: "s", red: 300, hint: "Mail above 5 minutes breaks a promise: is the relay well? `latchkey mail list --state waiting`.",
				queries: []query{{`max by (queue) (latchkey_job_oldest_due_seconds{$})`, "{{queue}}"}}},
			{title: "Jobs that are to be done", unit: "short", hint: "retryable ones have failed and are tried again; available ones wait for a worker. Both grow while a relay or the database is away.",
				queries: []query{{`max by (queue, state) (latchkey_jobs{$, state=~"available|running|retryable|scheduled"})`, "{{queue}} {{state}}"}}},
			{title: "Dead letters", unit: "short", red: 1, hint: "`latchkey mail list`, then `retry` or `drop`. cancelled: the relay refused the address or the text for good; discarded: a day of attempts failed.",
				queries: []query{{`max by (queue, state) (latchkey_jobs{$, state=~"discarded|cancelled"})`, "{{queue}} {{state}}"}}},
		}},
		{"Attempts", []panel{
			{title: "Attempts by kind and outcome", unit: "reqps", hint: "failed: the log's job.failed has the reason, for mail the relay's reply code.",
				queries: []query{{`sum by (kind, outcome) (rate(latchkey_job_duration_seconds_count{$}[$__rate_interval]))`, "{{kind}} {{outcome}}"}}},
			{title: "Share that failed", unit: "percentunit", max: 1, red: 0.5, hint: "All of a kind: what it needs is away. Mail: SMTP_URL, the relay, its certificate.",
				queries: []query{{`sum by (kind) (rate(latchkey_job_duration_seconds_count{$, outcome=~"failed|dead"}[$__rate_interval])) / sum by (kind) (rate(latchkey_job_duration_seconds_count{$}[$__rate_interval]))`, "{{kind}}"}}},
			{title: "Time of an attempt, p95", unit: "s", red: 5, hint: "A mail has 10 s at most. Seconds each, and four at a time: the relay is the bottleneck.",
				queries: []query{{`histogram_quantile(0.95, sum by (kind, le) (rate(latchkey_job_duration_seconds_bucket{$}[$__rate_interval])))`, "{{kind}}"}}},
		}},
	},
}
