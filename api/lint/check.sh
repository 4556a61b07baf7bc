#!/usr/bin/env bash
# Lints the OpenAPI documents, and has openapi-typescript and libopenapi read
# them. A word of warning fails; all is quiet where there is none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=api/tools/node_modules/.bin
bundles=(gen/usersapi/openapi.yaml gen/authapi/openapi.yaml)

export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true # asks nobody

# quietly runs a command and shows what it said if it failed or counted warnings.
# Redocly's word on the age of Node.js is none about the documents.
quietly() {
  local said
  if ! said=$("$@" 2>&1) || grep -qE '^You have [0-9]+ warning' <<<"$said"; then
    printf '%s\n' "$said" >&2
    return 1
  fi
}

# types has openapi-typescript read a document. Without --output it says nothing
# but the types, and its warnings to stderr.
types() {
  local said
  said=$("$tools/openapi-typescript" "$1" 2>&1 >/dev/null) && [ -z "$said" ] && return
  printf 'openapi-typescript %s: %s\n' "$1" "$said" >&2
  return 1
}

quietly "$tools/redocly" lint --config api/lint/redocly.yaml api/shared.yaml api/users.yaml api/auth.yaml "${bundles[@]}"
for document in "${bundles[@]}"; do types "$document"; done
go run -modfile=spec.mod api/lint/libopenapi.go gen/*api/openapi.{yaml,json}
