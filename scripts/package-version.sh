#!/usr/bin/env bash
# A package version and its install link. Needs a Dev Hub; the package itself is made the first time, and its id is kept in
# sfdx-project.json by the CLI. A managed package takes the namespace that is linked to the Dev Hub.
#   scripts/package-version.sh [Unlocked|Managed]
set -euo pipefail
cd "$(dirname "$0")/.."
type=${1:-Unlocked}
# The code must say the version that it is about to be.
npx vitest run --project scripts test/scripts/package-version.test.ts
if ! node -e 'process.exit(require("./sfdx-project.json").packageAliases?.["DI Connect"] ? 0 : 1)'; then
  npx sf package create --name 'DI Connect' --package-type "$type" --path force-app
fi
version=$(npx sf package version create --package 'DI Connect' --installation-key-bypass --code-coverage --wait 90 --json |
  node -e 'let t=""; process.stdin.on("data", (d) => (t += d)).on("end", () => console.log(JSON.parse(t).result.SubscriberPackageVersionId))')
echo "Package version: $version"
echo "Install in production: https://login.salesforce.com/packaging/installPackage.apexp?p0=$version"
echo "Install in a sandbox:  https://test.salesforce.com/packaging/installPackage.apexp?p0=$version"
