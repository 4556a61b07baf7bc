package main

var keys = board{
	uid: "latchkey-keys", title: "latchkey: keys and limits", about: "Signing keys, the key set that users follows, and rate limits.",
	rows: []row{
		{"Signing keys (auth)", []panel{
			{title: "Instances that can sign", kind: "stat", unit: "short", red: 1, below: true, hint: "Fewer than there are: LatchkeyCannotSign.",
				queries: []query{{`sum(latchkey_key_ring_signing{$})`, "sign"}}},
			{title: "Live keys", unit: "short", hint: "One active and at least one pending is well; retiring ones go when their last token has expired. `latchkey keys list`.",
				queries: []query{{`max by (state) (latchkey_signing_keys{$})`, "{{state}}"}}},
			{title: "Age of the oldest key in its state", unit: "s", hint: "An active one older than KEY_ROTATION was not rotated: is there a pending one, are jobs late?",
				queries: []query{{`max by (state) (latchkey_signing_key_age_seconds{$})`, "{{state}}"}}},
			{title: "Since the ring was read", unit: "s", width: 12, red: 60, hint: "It is read every 5 s. After 60 s an instance stops signing: the database.",
				queries: []query{{`max by (instance) (latchkey_key_ring_age_seconds{$})`, "{{instance}}"}}},
			{title: "Reads that failed", unit: "short", width: 12, hint: "In 5 minutes. The log says why: the database, or a KEY_ENCRYPTION_KEY that does not fit.",
				queries: []query{{`sum by (instance) (increase(latchkey_key_ring_poll_failures_total{$}[5m]))`, "{{instance}}"}}},
		}},
		{"The key set (users)", []panel{
			{title: "Since it was fetched", unit: "s", red: 300, hint: "It is fetched every 30 s; after 600 s its keys are used no more. Does JWKS_URL answer from there?",
				queries: []query{{`max by (instance) (latchkey_jwks_age_seconds{$})`, "{{instance}}"}, {`max by (instance) (latchkey_jwks_stale{$})`, "stale {{instance}}"}}},
			{title: "Fetches", unit: "reqps", hint: "failed: auth is away, or refuses (a limit, TLS).",
				queries: []query{{`sum by (outcome) (rate(latchkey_jwks_fetches_total{$}[$__rate_interval]))`, "{{outcome}}"}}},
			{title: "Keys, and instances that have some", unit: "short", hint: "An instance that is not ready answers 503 to every request with a token.",
				queries: []query{{`max by (instance) (latchkey_jwks_keys{$})`, "keys {{instance}}"}, {`sum(latchkey_jwks_ready{$})`, "ready"}}},
		}},
		{"Limits", []panel{
			{title: "Turned away (429)", unit: "reqps", hint: "One caller, or all? The log's `client`. A limit that is too low is raised by RATE_LIMIT_<OPERATION_ID>; all from one address: TRUSTED_PROXIES.",
				queries: []query{{`sum by (operation, key) (rate(latchkey_rate_limit_decisions_total{$, decision="limited"}[$__rate_interval])) > 0`, "{{operation}} {{key}}"}}},
			{title: "Nearest to its limit", unit: "percentunit", red: 1, hint: "The share that the busiest caller of each limit has used up; from 1 on it is refused.",
				queries: []query{{`topk(10, max by (operation, key) (latchkey_rate_limit_peak_ratio{$}))`, "{{operation}} {{key}}"}}},
			{title: "Limits are shared through Redis", kind: "stat", unit: "short", red: 1, below: true, hint: "0: each instance counts alone (LatchkeyRedisGone). Empty: REDIS_URL is not set.",
				queries: []query{{`min by (job) (latchkey_redis_up{$})`, "{{job}}"}}},
		}},
	},
}
