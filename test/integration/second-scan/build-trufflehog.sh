#!/bin/sh
# Builds TruffleHog from the Go module proxy for the integration test, in a module of its own: nothing of it is linked to or shipped
# with this project (AGPL-3.0). Usage: build-trufflehog.sh OUT [VERSION]
set -eu
out=$(realpath -m "$1")
version=${2:-latest}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > go.mod <<'MOD'
module trufflehog-for-tests

go 1.24

// TruffleHog's own: replacements of a dependency do not reach those who depend on it.
replace github.com/jpillora/overseer => github.com/trufflesecurity/overseer v1.2.8

replace github.com/coinbase/waas-client-library-go => github.com/trufflesecurity/waas-client-library-go v1.0.9
MOD
go get -tool "github.com/trufflesecurity/trufflehog/v3@$version"
go build -trimpath -o "$out" github.com/trufflesecurity/trufflehog/v3
"$out" --version
