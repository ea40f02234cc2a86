#!/usr/bin/env bash
# Lints the API with buf's STANDARD rules. Needs npm (buf is a binary inside an npm package) and a built proto/ module.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v npm >/dev/null; then
  echo "buf lint: skipped, npm is not installed"
  exit 0
fi
[ -f target/thermocline.binpb ] || ../mvnw -q -f .. -pl proto generate-sources
npm exec --yes --package=@bufbuild/buf@1.75.0 -- buf lint target/thermocline.binpb --config buf.yaml
echo "buf lint: STANDARD, clean"
