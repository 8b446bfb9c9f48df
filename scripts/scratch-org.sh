#!/usr/bin/env bash
# A scratch org with the package, its tests run, the admin's permission set assigned and a few contacts. Needs a Dev Hub:
#   npm run sf -- org login web --set-default-dev-hub
set -euo pipefail
cd "$(dirname "$0")/.."
alias=${1:-di-connect}
node scripts/sf.mjs org create scratch --definition-file config/project-scratch-def.json --alias "$alias" --set-default --duration-days 7
node scripts/sf.mjs project deploy start --source-dir force-app
node scripts/sf.mjs org assign permset --name DI_Admin
node scripts/sf.mjs apex run test --test-level RunLocalTests --code-coverage --result-format human --wait 20
node scripts/sf.mjs data import tree --plan config/sample-data/plan.json
node scripts/sf.mjs org open --path lightning/n/DI_Projects
