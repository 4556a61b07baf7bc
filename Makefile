# `make` alone lists the targets.
SHELL := /bin/bash

TOOL  := go tool -modfile=tools.mod
LINT  := go tool -modfile=lint.mod golangci-lint
# One profile for all programs: with one for each, all that they share would be built thrice.
BUILD  = CGO_ENABLED=0 go build -trimpath -pgo=bench/default.pgo -ldflags='-s -w'

NPM_TOOLS := api/tools/node_modules/.package-lock.json

# What `make test` tests, and how: make test PKG=./internal/users/... ARGS='-run Create -v'
PKG  ?= ./...
ARGS ?=

# In a tree that git does not speak of (no commit yet, another user's tree in a
# container) Go must not ask it for the revision either.
ifneq ($(shell git rev-parse --verify --quiet HEAD >/dev/null 2>&1 && echo ok),ok)
export GOFLAGS := $(GOFLAGS) -buildvcs=false
endif

.PHONY: help run build generate verify lint lint-spec lint-deploy test attack faults soak bench bench-compare bench-go bench-smoke pgo fuzz spec-diff spec-diff-check spec-mutate mutate vulncheck licences sbom previous clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed 's/:.*## /\t/' | expand -t 17

run: ## start both services and a PostgreSQL of their own; ARGS go to `latchkey up`
	@$(BUILD) -o bin/ ./cmd/latchkey
	@exec bin/latchkey up $(ARGS)

build: ## bin/users, bin/auth, bin/latchkey: static, stripped
	$(BUILD) -o bin/ ./cmd/users ./cmd/auth ./cmd/latchkey

# The programs from npm that read the OpenAPI documents, by the hashes in the lock.
$(NPM_TOOLS): api/tools/package-lock.json
	@command -v npm >/dev/null || { echo "no npm on PATH: install Node 20.19 or newer" >&2; exit 1; }
	@cd api/tools && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error && touch ../../$@

# A file in gen/ that this writes no more is removed, once all else has worked.
generate: $(NPM_TOOLS) ## gen/ from api/, queries/ and db/, the tables of docs/consumers.md, Grafana's dashboards
	@mkdir -p bin gen/{shared,users,auth}api gen/{users,auth}client && touch bin/.generate
	$(TOOL) oapi-codegen -config api/codegen/shared.yaml api/shared.yaml
	$(TOOL) oapi-codegen -config api/codegen/users.yaml api/users.yaml
	$(TOOL) oapi-codegen -config api/codegen/usersclient.yaml api/users.yaml
	$(TOOL) oapi-codegen -config api/codegen/auth.yaml api/auth.yaml
	$(TOOL) oapi-codegen -config api/codegen/authclient.yaml api/auth.yaml
	go run ./api/bundle users auth
	node api/typescript/build.mjs
	go run ./api/consumers
	go run ./deploy/grafana/boards deploy/grafana/dashboards
	$(TOOL) sqlc generate
	@find gen ! -type d ! -newer bin/.generate -print -delete | sed 's/^/stale, removed: /'
	@find gen -mindepth 1 -type d -empty -delete

# Only gen/ counts: the rest of the tree may be as it is.
verify: generate ## fail if gen/ is not what generate writes and git has
	@changes=$$(git status --porcelain --untracked-files=all --ignored -- gen) && \
	if [ -n "$$changes" ]; then \
		echo "gen/ differs from what is committed. Commit what make generate writes:"; \
		echo "$$changes"; git --no-pager diff --stat HEAD -- gen; exit 1; \
	fi >&2

lint: lint-spec lint-deploy ## gofmt, go vet, golangci-lint (.golangci.yml), lint-deploy, and lint-spec with a proof of its rules
	@unformatted=$$(find . \( -path ./gen -o -path ./.git -o -path ./.latchkey -o -name node_modules \) -prune \
		-o -name '*.go' -print0 | xargs -0 gofmt -l) && \
	if [ -n "$$unformatted" ]; then echo "not as gofmt writes it:"; echo "$$unformatted"; exit 1; fi >&2
	go vet ./...
	$(LINT) run
	@node --test --test-reporter=dot api/lint/rules.test.js

# The tests have kin-openapi read the documents as well.
lint-spec: $(NPM_TOOLS) ## the OpenAPI documents: Redocly with the rules in api/lint, openapi-typescript, libopenapi
	api/lint/check.sh

# make test has what needs no other module: deploy/*_test.go.
lint-deploy: ## the compose file by compose's own loader, the manifests by kustomize and Kubernetes's types
	go run -modfile=deploy.mod deploy/check/main.go deploy/compose.yaml deploy/kubernetes/base deploy/kubernetes/example

NOTED = CGO_ENABLED=1 LATCHKEY_STATUSES='$(CURDIR)/bin/statuses'

# One PostgreSQL for all packages; the tests that start, kill and time programs
# have the machine to themselves. Built, because `go run` makes every exit code 1.
# Where nothing was left out, the last step asks: was each status that the
# specifications declare, and each error code, produced by some test?
test: $(NPM_TOOLS) ## all tests under the race detector; PKG and ARGS narrow it down
	@go build -o bin/ ./internal/dbtest/cluster
ifeq ($(PKG),./...)
	@rm -rf bin/statuses && mkdir -p bin/statuses
	$(NOTED) bin/cluster -- go test -race -timeout 15m $(ARGS) $$(go list ./... | grep -vE '/(cmd/latchkey|faults)$$')
	$(NOTED) bin/cluster -- go test -race -p 1 -timeout 15m $(ARGS) ./cmd/latchkey ./faults
ifeq ($(ARGS),)
	@go run ./internal/apitest/statuses -seen bin/statuses -table bin/statuses.txt
	@$(MAKE) --no-print-directory bench-smoke
endif
else
	CGO_ENABLED=1 bin/cluster -- go test -race -timeout 15m $(ARGS) $(PKG)
endif

# Those that measure are alone, and without the race detector.
TIMED    = ./internal/users/rest ./internal/auth/rest
ATTACKED = $$(grep -rlE --include='*_test.go' '^func TestS[0-9]' . | xargs -n1 dirname | sort -u)

attack: ## every check of docs/attacks.md, into bin/attack/index.html
	@go build -o bin/ ./internal/dbtest/cluster ./internal/checks
	@{ CGO_ENABLED=1 bin/cluster -- go test -json -race -count=1 -timeout 15m -run '^TestS[0-9]' $(ATTACKED); \
		bin/cluster -- go test -json -tags timing -p 1 -count=1 -timeout 15m -run '^Test(S[0-9]+)+Timed' $(TIMED); } | \
		bin/checks -title 'Attacks that fail' -table docs/attacks.md -out bin/attack

# Those that need no program of their own stay beside what they are about. ./cmd/latchkey knows -full too, for it
# imports ./faults.
FAULTED = $$(grep -rlE --include='*_test.go' '^func TestF[0-9]' ./internal ./token | xargs -n1 dirname | sort -u)
SOAK   ?= 2h

# One at a time: they kill, fill and time.
faults: ## every fault of docs/faults.md at length, into bin/faults/index.html (half an hour); SEED=… to do it again, FAULT='F0[12]' for some
	@go build -o bin/ ./internal/dbtest/cluster ./internal/checks
	@{ bin/cluster -- go test -json -count=1 -p 1 -timeout 40m -run '^Test$(FAULT)' ./faults ./cmd/latchkey -args -full -seed '$(or $(SEED),0)'; \
		bin/cluster -- go test -json -count=1 -p 1 -timeout 15m -run '^Test$(FAULT)' $(FAULTED); } | \
		bin/checks -title 'Faults that are survived' $(if $(filter-out F[0-9],$(FAULT)),-some) -table docs/faults.md -out bin/faults

soak: ## what both services hold under a mixed load: memory, goroutines, descriptors; SOAK=5m (2h)
	@go build -o bin/ ./internal/dbtest/cluster
	@bin/cluster -- go test -count=1 -v -timeout 24h -run '^TestF20Soak' ./faults -args -full -soak '$(SOAK)'

# The programs are those of `make build`, and the floor is built as they are, but
# for the profile. What is measured is in docs/performance.md.
bench: build ## measure what requests cost, against the floor: bin/bench/index.html and result.json (17 minutes); ARGS='-only refresh'
	@$(BUILD) -pgo=off -o bin/floor ./bench/floor
	@go build -o bin/benchmark ./bench
	@bin/benchmark $(ARGS)

NEW ?= bin/bench/result.json

# Ten seconds of each operation, by programs that were built without one; sign-ins are left out, whose hash would be
# nearly all of it.
pgo: ## make bench/default.pgo anew, the profile that the build uses (4 minutes)
	CGO_ENABLED=0 go build -trimpath -pgo=off -ldflags='-s -w' -o bin/plain/ ./cmd/users ./cmd/auth ./cmd/latchkey ./bench/floor
	@go build -o bin/benchmark ./bench
	@rm -rf bin/profiles
	@bin/benchmark -bin bin/plain -profiles bin/profiles -only 'look-up|static|refresh|create|list'
	go tool pprof -proto bin/profiles/*.cpu.pprof >bench/default.pgo
	@rm -rf bin/plain

bench-compare: ## what changed between two runs of the benchmark, and what is noise: OLD=… [NEW=bin/bench/result.json]
	@test -n '$(OLD)' || { echo "make bench-compare OLD=earlier.json [NEW=$(NEW)]: OLD is a result.json that was kept of an earlier run" >&2; exit 2; }
	@for file in '$(OLD)' '$(NEW)'; do test -f "$$file" || { echo "make bench-compare: there is no $$file" >&2; exit 2; }; done
	@go run ./bench/compare '$(OLD)' '$(NEW)'

# The packages with Go benchmarks.
BENCHES = $$(grep -rl --include='*_test.go' '^func Benchmark' internal token | xargs -n1 dirname | sort -u | sed 's,^,./,')
BENCH ?= .
COUNT ?= 6

# Without the race detector, under which hashing passwords takes ten times as long.
bench-smoke: ## run each Go benchmark once, to see that it still works
	@mkdir -p bin
	@go test -run '^$$' -bench . -benchtime 1x $(BENCHES) >bin/bench-smoke.txt || { cat bin/bench-smoke.txt >&2; exit 1; }

bench-go: ## measure by the Go benchmarks into bin/bench-go.txt, for benchstat; BENCH=regexp, COUNT=6 times each
	@mkdir -p bin
	@set -o pipefail; go test -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 2h $(BENCHES) | tee bin/bench-go.txt

FUZZTIME ?= 60s
SEED     ?=
FAULT    ?= F[0-9]

fuzz: ## hammer both services from their specifications, then run every fuzz target; FUZZTIME for each, SEED=… to do it again
	@go build -o bin/ ./internal/dbtest/cluster
	@HAMMER='$(FUZZTIME)' SEED='$(SEED)' bin/cluster -- internal/hammer/fuzz.sh

spec-diff: ## fail if the specifications break who was written for those of BASE=revision
	@api/diff/spec-diff.sh '$(BASE)'

# Beside `make test`: oasdiff takes over a minute to build cold.
spec-diff-check: ## prove what spec-diff fails for
	node --test --test-reporter=spec api/diff/diff.test.js

spec-mutate: $(NPM_TOOLS) ## part the specification from the services in many ways; CI's checks must catch each (20 minutes)
	@go run ./api/mutate $(ARGS)

# Nice, as it keeps both cores busy for half an hour.
mutate: ## change the code of token, keyring, sessions and passwords in many small ways; tests must notice (docs/mutation.md)
	@go build -o bin/ ./internal/dbtest/cluster && go build -o bin/mutation/run ./internal/mutation
	@nice -n 10 bin/cluster -- bin/mutation/run $(ARGS)

vulncheck: ## govulncheck, where the database of vulnerabilities can be reached
	@go run ./internal/supply vulncheck

licences: ## docs/licences.md, from the texts of what is linked in
	@go run ./internal/supply licences

# From the built programs: what is in the bill is what was linked.
sbom: build ## bin/sbom: a bill of materials (CycloneDX) for each program, held to the program, and the texts of all licences
	@go run ./internal/supply sbom bin/sbom bin/users bin/auth bin/latchkey

previous: ## record the queries of release REF=v1.0.0, which later migrations must leave right
	go run ./db/previous '$(REF)'

OLD ?=
clean: ## remove bin/; the data in .latchkey/ stays
	rm -rf bin
