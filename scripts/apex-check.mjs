// Type-checks the Apex of force-app as the platform's compiler would, with the types of API 65 and the standard
// objects that apex-ls brings. Needs a Java runtime, version 11 or newer.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const engine = path.dirname(
  createRequire(import.meta.url).resolve('@salesforce/code-analyzer-pmd-engine/package.json'),
);
const java = spawnSync(
  'java',
  [
    // It is over before a better compilation or a second thread would pay.
    ...['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
    '-cp',
    path.join(engine, 'dist', 'java-lib', '*'),
    'io.github.apexdevtools.apexls.CheckForIssues',
    '-n',
    '-d',
    'warnings',
    '-w',
    root,
  ],
  { encoding: 'utf8' },
);
if (java.error) {
  console.error(
    `Java could not be started (${java.error.message}). Install a Java runtime, version 11 or newer.`,
  );
  process.exit(1);
}
const output = `${java.stdout}${java.stderr}`.trim();
if (output) console.log(output);
console.log(
  java.status === 0 ? 'Apex type check: no issue.' : `Apex type check: issues found (${java.status}).`,
);
process.exit(java.status ?? 1);
