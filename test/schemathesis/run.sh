#!/usr/bin/env bash
# Schemathesis (Python, from PyPI) throws what the OpenAPI document allows, and what it does not, at a server of its own with the
# demo's data. Prints one summary; exits 1 on a failure. Needs python3 with venv, and a minute.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install 'schemathesis>=4,<5'
SPANWARDEN_PORT=0 SPANWARDEN_OTLP_PORT=0 SPANWARDEN_OTLP_GRPC_PORT=0 node_modules/.bin/node spanwarden.ts start --demo --data "$folder/data" > "$folder/log" 2>&1 &
server=$!
for _ in $(seq 120); do grep -q '^ready ' "$folder/log" && break; sleep 0.5; done
api=$(sed -n 's/^ready .*"api":"\([^"]*\)".*/\1/p' "$folder/log")
token=$(sed -n 's/.*"admin_token": *"\([^"]*\)".*/\1/p' "$folder/data/credentials.json")
# It builds the largest value that a schema allows: kept out is the query endpoint, whose parameters may be lists of lists, and
# what waits for events or for a whole backtest.
ulimit -v 6000000
# It leaves its cache in the working folder.
cd "$folder"
"$folder/venv/bin/st" run "$api/api/openapi.json" -H "Authorization: Bearer $token" \
  --exclude-path-regex '/stream$|/callbacks/|/backtest$|/sql$|/session$|/saved-queries' --phases coverage,fuzzing --max-examples "${1:-15}" \
  --workers 2 --request-timeout 20 --no-color \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth
