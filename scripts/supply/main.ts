// What comes from others: checksums, licences and install scripts of packages, and known holes in what is shipped.
//   npm run check:supply
// Where the registry does not answer, the last is left out, and says so.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { faultsOf, readLockFile } from './lock-file.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const WAIT_MS = 60_000;

const reportSchema = z.object({
  auditReportVersion: z.int(),
  vulnerabilities: z.record(z.string(), z.object({ severity: z.string(), range: z.string() })),
});
const SERIOUS = new Set(['high', 'critical']);

/** Known holes of what is shipped; null where nobody answers. */
function knownHoles(): string[] | null {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: WAIT_MS,
    shell: process.platform === 'win32',
  });
  const report = reportSchema.safeParse(jsonOf(stdout));
  if (!report.success) return null;
  return Object.entries(report.data.vulnerabilities).map(
    ([name, { severity, range }]) => `${name} ${range}: ${severity}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const packages = readLockFile(path.join(ROOT, 'package-lock.json'));
const faults = faultsOf(packages);
console.log(`${Object.keys(packages).length} packages: ${faults.length} faults.`);
const holes = knownHoles();
if (holes === null) console.log('npm audit: the registry does not answer, left out.');
else console.log(`npm audit: ${holes.length} known holes in what is shipped.`);
const serious = (holes ?? []).filter((hole) => SERIOUS.has(hole.split(': ').at(-1) ?? ''));
for (const line of [...faults, ...(holes ?? [])]) console.log(`  ${line}`);
process.exitCode = faults.length > 0 || serious.length > 0 ? 1 : 0;
