#!/usr/bin/env bash
# Deploys the package's source to an org, a sandbox say, and runs its tests there. Nothing is kept where one fails.
#   scripts/deploy.sh <org alias>
set -euo pipefail
cd "$(dirname "$0")/.."
org=${1:?the alias of the org}
npx sf project deploy start --source-dir force-app --target-org "$org" --test-level RunLocalTests --wait 60
npx sf org assign permset --name DI_Admin --target-org "$org"
