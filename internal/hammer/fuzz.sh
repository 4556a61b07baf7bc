#!/usr/bin/env bash
# The long runs, one after the other, each for $HAMMER (a Go duration): the
# hammer, then every fuzz target of the repository. The first finding ends it.
set -euo pipefail

go test -tags fuzz -count=1 -timeout 0 -v -run '^TestLong$' ./internal/hammer

# Names come first, then the line of their package.
go test -list '^Fuzz' ./... | awk '/^Fuzz/ {names[n++] = $1} /^ok/ {for (i = 0; i < n; i++) print $2, names[i]; n = 0}' |
	while read -r package name; do
		echo "== $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$HAMMER" "$package" </dev/null
	done
