package main

var signIn = board{
	uid: "latchkey-sign-in", title: "latchkey: sign-in", about: "Sign-ins, refreshes, registrations, and the pool that hashes passwords.",
	rows: []row{
		{"Outcomes", []panel{
			{title: "Sign-ins", unit: "reqps", hint: "Many invalid_credentials: somebody tries passwords (LatchkeyLoginsRejected). overloaded: hashing, below.",
				queries: []query{{`sum by (outcome) (rate(latchkey_logins_total{$}[$__rate_interval]))`, "{{outcome}}"}}},
			{title: "Refreshes", unit: "reqps", hint: "reused: a token from before the last one ended its session (LatchkeyRefreshReuse). repeated is a client that asked twice, and is well.",
				queries: []query{{`sum by (outcome) (rate(latchkey_refreshes_total{$}[$__rate_interval]))`, "{{outcome}}"}}},
			{title: "Registrations", unit: "reqps", hint: "A burst from few addresses is a robot: lower RATE_LIMIT_REGISTER.",
				queries: []query{{`sum by (outcome) (rate(latchkey_registrations_total{$}[$__rate_interval]))`, "{{outcome}}"}}},
		}},
		{"Hashing", []panel{
			{title: "Workers that hash, of all", unit: "percentunit", max: 1, red: 0.9, hint: "At 1 every core hashes: passwords wait. More cores, or more instances of users.",
				queries: []query{{`sum by (instance) (latchkey_password_workers_busy{$}) / sum by (instance) (latchkey_password_workers{$})`, "{{instance}}"}}},
			{title: "Passwords that wait", unit: "short", hint: "A burst passes within HASH_QUEUE (500 ms) or is shed. Always some: more cores for users.",
				queries: []query{{`sum by (instance) (latchkey_password_queue_depth{$})`, "{{instance}}"}}},
			{title: "Left the queue unhashed", unit: "reqps", hint: "shed: answered 503 (LatchkeyHashingSheds). canceled: the caller went away first.",
				queries: []query{{`sum by (reason) (rate(latchkey_password_queue_left_total{$}[$__rate_interval]))`, "{{reason}}"}}},
			{title: "Wait for a worker", unit: "s", width: 12, red: 0.5, hint: "Near HASH_QUEUE: sign-ins are about to be shed. More cores or instances; no hash is made cheaper for it.",
				queries: quantiles("latchkey_password_queue_wait_seconds", "", "")},
			{title: "Time of a hash", unit: "s", width: 12, hint: "A bcrypt hash of cost 12 takes some 200 to 300 ms of a core, and longer where the CPU is taken away: see HASH_NICE, CPU limits, other programs.",
				queries: quantiles("latchkey_password_hash_duration_seconds", "", "algorithm")},
		}},
		{"Throttle", []panel{
			{title: "Passwords that were looked at", unit: "reqps", width: 12, hint: "throttled: an account or address with too many failures has to wait. Much of it while success goes on is an attack that is held off.",
				queries: []query{{`sum by (outcome) (rate(latchkey_password_checks_total{$}[$__rate_interval]))`, "{{outcome}}"}}},
			{title: "Share of sign-ins rejected", unit: "percentunit", width: 12, max: 1, red: 0.5, hint: "Usually below a fifth. Above a half: LatchkeyLoginsRejected.",
				queries: []query{{`sum(rate(latchkey_logins_total{$, outcome=~"invalid_credentials|throttled"}[$__rate_interval])) / sum(rate(latchkey_logins_total{$}[$__rate_interval]))`, "rejected"}}},
		}},
	},
}
