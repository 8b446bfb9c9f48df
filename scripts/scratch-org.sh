#!/usr/bin/env bash
# A scratch org with the package, its tests run, the admin's permission set assigned and a few contacts. Needs a Dev Hub:
#   npx sf org login web --set-default-dev-hub
set -euo pipefail
cd "$(dirname "$0")/.."
alias=${1:-di-connect}
npx sf org create scratch --definition-file config/project-scratch-def.json --alias "$alias" --set-default --duration-days 7
npx sf project deploy start --source-dir force-app
npx sf org assign permset --name DI_Admin
npx sf apex run test --test-level RunLocalTests --code-coverage --result-format human --wait 20
npx sf data import tree --plan config/sample-data/plan.json
npx sf org open --path lightning/n/DI_Projects
