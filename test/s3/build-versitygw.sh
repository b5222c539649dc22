#!/bin/sh
# Builds the Versity S3 gateway (Apache-2.0) from the Go module proxy for the tests of the archive: a real S3 server over a folder, which checks
# signatures and keeps multipart uploads. Nothing of it is linked to or shipped with this project. Usage: build-versitygw.sh OUT [VERSION]
set -eu
out=$(realpath -m "$1")
version=${2:-v1.8.0}
[ -x "$out" ] && exit 0
mkdir -p "$(dirname "$out")"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
GOBIN="$folder" GOFLAGS=-mod=mod go install "github.com/versity/versitygw/cmd/versitygw@$version"
mv "$folder/versitygw" "$out"
