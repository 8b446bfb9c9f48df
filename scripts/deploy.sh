#!/usr/bin/env bash
# Deploys the package's source to an org, a sandbox say, and runs its tests there. Nothing is kept where one fails.
# An org without the Translation Workbench refuses translations, and the whole deployment with them: leave them out there, and
# add them once it is turned on.
#   scripts/deploy.sh <org alias> [--without-translations | --only-translations]
set -euo pipefail
cd "$(dirname "$0")/.."
org=${1:?the alias of the org}
if [ "${2:-}" = --only-translations ]; then
  exec node scripts/sf.mjs project deploy start --source-dir force-app/translations --target-org "$org" --wait 60
fi
sources=(--source-dir force-app/main --source-dir force-app/test)
[ "${2:-}" = --without-translations ] || sources+=(--source-dir force-app/translations)
node scripts/sf.mjs project deploy start "${sources[@]}" --target-org "$org" --test-level RunLocalTests --wait 60
node scripts/sf.mjs org assign permset --name DI_Admin --target-org "$org"
cat <<'LACKS'
Deployed as source, which a managed package is not:
- no install script: the job is scheduled when a project is authorized, or by Monitor > Schedule again
- a second deployment is refused while it is scheduled, unless Deployment Settings allow it: run DI_OutboxSweep.unschedule(); before
- no namespace: a class or component of the same name is overwritten, and custom settings are public (secrets are encrypted)
LACKS
