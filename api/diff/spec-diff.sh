#!/usr/bin/env bash
# spec-diff.sh REVISION: fails if the bundled specifications in the working tree
# break somebody who was written for those of a git revision.
#
# oasdiff calls a change a warning where it can't tell (a pattern) or where most
# services would take the old request (a member that is gone); ours refuse what
# they do not know, so warnings fail as well. severities.txt raises what it takes
# for information: a status, an optional member or header that nobody gets any
# more, and an operationId or a value of an enum that an SDK was made from.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$(git rev-parse --show-toplevel)"

refuse() {
  echo "spec-diff: $*" >&2
  exit 2
}

base=${1:-}
[ -n "$base" ] || refuse "compare with which revision? make spec-diff BASE=v1.0.0"
git rev-parse --verify --quiet "$base^{commit}" >/dev/null ||
  refuse "git knows no revision $base here (a shallow clone lacks tags: git fetch --tags)"
oasdiff=${OASDIFF:-$(go -C "$here" tool -n -modfile="$here/../../spec.mod" oasdiff)}

old=$(mktemp)
trap 'rm -f "$old"' EXIT
broken=0
for service in users auth; do
  document=gen/${service}api/openapi.yaml
  git show "$base:$document" >"$old" 2>/dev/null || refuse "$base has no $document"
  status=0
  "$oasdiff" breaking --format singleline --fail-on WARN --severity-levels "$here/severities.txt" --allow-external-refs=false \
    "$old" "$document" >"$old.said" 2>&1 || status=$?
  [ "$status" -eq 0 ] || { echo "$document breaks callers of $base:"; cat "$old.said"; } >&2
  rm -f "$old.said"
  case $status in
    0) echo "$document: nothing breaks since $base" ;;
    1) broken=1 ;;
    *) exit 2 ;;
  esac
done
exit $broken
