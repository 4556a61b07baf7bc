package main

var runtime = board{
	uid: "latchkey-runtime", title: "latchkey: runtime", about: "The processes and Go's runtime in them.",
	rows: []row{
		{"CPU", []panel{
			{title: "CPU", unit: "short", hint: "Cores in use. All of them and users: hashing. All of them and auth: signing, or a loop; take a profile from the ops listener (/debug/pprof).",
				queries: []query{{`sum by (job, instance) (rate(process_cpu_seconds_total{$}[$__rate_interval]))`, "{{job}} {{instance}}"}}},
			{title: "Goroutines waited for a processor, p99", unit: "s", red: 0.01, hint: "Above 10 ms: the CPU is short, by this program or its neighbours; a CPU limit throttles.",
				queries: []query{{`histogram_quantile(0.99, sum by (job, instance, le) (rate(go_sched_latencies_seconds_bucket{$}[$__rate_interval])))`, "{{job}} {{instance}}"}}},
			{title: "Processors that Go uses", unit: "short", hint: "The cores; users has one more for each hashing worker.",
				queries: []query{{`max by (job, instance) (go_sched_gomaxprocs_threads{$})`, "{{job}} {{instance}}"}}},
		}},
		{"Memory", []panel{
			{title: "Resident", unit: "bytes", hint: "Idle some 40 MiB; under load up to 80 MiB, argon2id apart (19 MiB for each worker). Growing for days: take a heap profile.",
				queries: []query{{`sum by (job, instance) (process_resident_memory_bytes{$})`, "{{job}} {{instance}}"}}},
			{title: "Live heap", unit: "bytes", hint: "What is in use after a collection. It grows for hours without more traffic: a leak.",
				queries: []query{{`sum by (job, instance) (go_gc_heap_live_bytes{$})`, "{{job}} {{instance}}"}}},
			{title: "Pauses of the collector, p99", unit: "s", red: 0.01, hint: "Usually below a millisecond. More: the CPU is short.",
				queries: []query{{`histogram_quantile(0.99, sum by (job, instance, le) (rate(go_gc_pauses_seconds_bucket{$}[$__rate_interval])))`, "{{job}} {{instance}}"}}},
		}},
		{"What is open", []panel{
			{title: "Goroutines", unit: "short", hint: "With requests in flight they go up and down. Only up: LatchkeyGoroutinesGrow; /debug/pprof/goroutine says where.",
				queries: []query{{`sum by (job, instance) (go_goroutines{$})`, "{{job}} {{instance}}"}}},
			{title: "File descriptors, of those there may be", unit: "percentunit", max: 1, red: 0.8, hint: "Mostly clients' connections: raise LimitNOFILE, or look for a client that keeps too many.",
				queries: []query{{`sum by (job, instance) (process_open_fds{$}) / sum by (job, instance) (process_max_fds{$})`, "{{job}} {{instance}}"}}},
			{title: "Running for", unit: "s", hint: "A time that starts again and again: LatchkeyRestarts.",
				queries: []query{{`time() - max by (job, instance) (process_start_time_seconds{$})`, "{{job}} {{instance}}"}}},
			{title: "What runs", kind: "stat", unit: "short", width: 24, hint: "Instances by version and revision. Two revisions for longer than a rollout: it is stuck.",
				queries: []query{{`count by (service, version, revision) (latchkey_build_info{$})`, "{{service}} {{version}} {{revision}}"}}},
		}},
	},
}
