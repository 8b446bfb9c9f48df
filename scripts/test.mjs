// Every test there is: the server's, the local org's and the end-to-end ones (vitest), the package's Apex tests
// (executed in the local org) and the LWC tests (jest). Ends with one line `N passed, N failed`, kept in
// build/test-results.json too.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const build = path.join(root, 'build');
const vitestReport = path.join(build, 'vitest.json');
const jestReport = path.join(build, 'jest.json');

/** Runs a command with its output shown; answers its exit code and what it printed. */
function run(command, parameters) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        process.stdout.write(chunk);
      });
    }
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve({ code: 1, output });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Counts of a jest-shaped JSON report. A suite that did not even load counts as one failure. */
function countReport(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const failed =
    report.numFailedTests +
    report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
      .length;
  return { passed: report.numPassedTests, failed };
}

function countClosingLine(output) {
  const found = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  if (!found) throw new Error('no closing line');
  return { passed: Number(found[1]), failed: Number(found[2]) };
}

const suites = [
  {
    name: 'server, local org, end to end',
    run: () =>
      run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]),
    count: () => countReport(vitestReport),
  },
  {
    name: 'Apex',
    run: () => run('tsx', ['test/local-org/main.ts', 'test', '--coverage', 'force-app']),
    count: ({ output }) => countClosingLine(output),
  },
  {
    name: 'Lightning web components',
    run: () => run('sfdx-lwc-jest', ['--', '--json', `--outputFile=${jestReport}`]),
    count: () => countReport(jestReport),
  },
];

rmSync(build, { recursive: true, force: true });
mkdirSync(build, { recursive: true });
const total = { passed: 0, failed: 0 };
const lines = [];
for (const suite of suites) {
  console.log(`\n── ${suite.name} ──`);
  const outcome = await suite.run();
  let counts;
  try {
    counts = suite.count(outcome);
  } catch {
    counts = { passed: 0, failed: 0 };
  }
  // A runner that ends badly without naming a failed test (it crashed, or found nothing) is a failure of its own.
  if (outcome.code !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  total.passed += counts.passed;
  total.failed += counts.failed;
  lines.push(`${suite.name}: ${counts.passed} passed, ${counts.failed} failed.`);
}
writeFileSync(path.join(build, 'test-results.json'), JSON.stringify(total));
console.log(`\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
