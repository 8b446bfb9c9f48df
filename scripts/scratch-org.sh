#!/usr/bin/env bash
# A scratch org with the package, its tests run and the admin's permission set assigned. Needs a Dev Hub:
#   npx sf org login web --set-default-dev-hub
set -euo pipefail
cd "$(dirname "$0")/.."
alias=${1:-di-connect}
npx sf org create scratch --definition-file config/project-scratch-def.json --alias "$alias" --set-default --duration-days 7
npx sf project deploy start --source-dir force-app
npx sf org assign permset --name DI_Admin
npx sf apex run test --test-level RunLocalTests --code-coverage --result-format human --wait 20
npx sf org open
