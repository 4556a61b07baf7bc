#!/usr/bin/env bash
# What the programs' bytes are of: the functions and data of each module, in kB,
# as the linker's table of symbols has them, and the file's sections.
#   bench/sizes.sh [users auth latchkey]
# pclntab (where each function's lines and pointers are) is about 0.8 of the
# functions it describes. Embedded files and strings have no symbols: .rodata.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ $# -gt 0 ] || set -- users auth
for program; do
	CGO_ENABLED=0 go build -trimpath -o "$dir/program" "./cmd/$program"
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$dir/stripped" "./cmd/$program"
	echo "$program: $(stat -c %s "$dir/stripped") bytes stripped"
	readelf -SW "$dir/stripped" | sed 's/\[ *//' |
		while read -r _ name _ _ _ size _; do
			case $name in .text | .rodata | .gopclntab | .noptrdata | .data) printf '%8d kB  %s\n' $((16#$size / 1000)) "$name" ;; esac
		done
	# Over 30 MB is zeros that the file does not hold (crypto/internal/fips140/drbg).
	go tool nm -size "$dir/program" | awk '$2 < 30e6 && $3 !~ /[bBU]/ {
		name = $4; sub(/^(go:itab\.|type:\.eq\.|type:\.hash\.|type:)?\**/, "", name); sub(/\[.*/, "", name)
		split(name, part, "/")
		if (part[1] ~ /^[a-z0-9-]+(\.[a-z0-9-]+)+$/ && part[2] != "") {
			of = part[1] "/" part[2]
			if (part[1] == "github.com" || part[1] == "go.opentelemetry.io") of = of "/" part[3]
			sub(/\.[A-Z(].*|\.[a-z_0-9]+$/, "", of)
			if (of ~ /^github.com\/latchkey-id/) of = "latchkey itself"
		} else of = "Go: runtime, library, and what has no module"
		size[of] += $2
	} END { for (of in size) printf "%8d kB  %s\n", size[of] / 1000, of }' | sort -rn | awk 'NR <= 22'
done
