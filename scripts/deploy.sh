#!/usr/bin/env bash
# Deploys the package's source to an org, a sandbox say, and runs its tests there. Nothing is kept where one fails.
# An org without the Translation Workbench refuses translations, and the whole deployment with them: leave them out there.
#   scripts/deploy.sh <org alias> [--without-translations]
set -euo pipefail
cd "$(dirname "$0")/.."
org=${1:?the alias of the org}
sources=(--source-dir force-app/main --source-dir force-app/test)
[ "${2:-}" = --without-translations ] || sources+=(--source-dir force-app/translations)
npx sf project deploy start "${sources[@]}" --target-org "$org" --test-level RunLocalTests --wait 60
npx sf org assign permset --name DI_Admin --target-org "$org"
