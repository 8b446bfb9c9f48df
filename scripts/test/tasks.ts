import path from 'node:path';
import { countsOfClosingLine, countsOfReport, type Counts } from './counts.ts';

export const BUILD = path.join(import.meta.dirname, '../../build');
export const LOGS = path.join(BUILD, 'logs');
const VITEST_REPORT = path.join(BUILD, 'vitest.json');
const JEST_REPORT = path.join(BUILD, 'jest.json');

/** Something that a change must pass: a suite of tests, or a check that counts as one. */
export interface Task {
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
  readonly quietMinutes: number;
  /** Whether it tells how far it is. */
  readonly tells: boolean;
  /** Of a suite; a check is one. */
  readonly count?: (log: string) => Counts;
  /** Where the interesting part of a long output begins. */
  readonly failuresFrom?: RegExp;
}

function vitest(name: string, ...parameters: readonly string[]): Task {
  return {
    name,
    command: 'vitest',
    parameters: [
      ...['run', ...parameters],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`],
      `--reporter=${path.join(import.meta.dirname, 'vitest-progress.ts')}`,
    ],
    quietMinutes: 10,
    tells: true,
    count: () => countsOfReport(VITEST_REPORT),
    failuresFrom: /⎯ (Failed Suites|Failed Tests|Unhandled Errors)/,
  };
}

const APEX: Task = {
  name: 'Apex',
  command: 'tsx',
  parameters: ['test/local-org/main.ts', 'test', '--coverage', 'force-app'],
  quietMinutes: 10,
  tells: false,
  count: countsOfClosingLine,
};

const WEB_COMPONENTS: Task = {
  name: 'Lightning web components',
  command: 'sfdx-lwc-jest',
  parameters: ['--', '--json', `--outputFile=${JEST_REPORT}`],
  quietMinutes: 10,
  tells: false,
  count: () => countsOfReport(JEST_REPORT),
};

const check = (name: string, script: string): Task => ({
  name,
  command: 'npm',
  parameters: ['run', '--silent', script],
  quietMinutes: 15,
  tells: false,
});

/** Every test there is. The long one stands first. */
export const TESTS: readonly Task[] = [
  vitest('server, local org, end to end, browser'),
  APEX,
  WEB_COMPONENTS,
];

/** Concerns that a day's work touches most: what comes in, what is stored of it, who may, and what people agreed to. */
const QUICK_CONCERNS =
  'access consent erasure http inbound/batches inbound/rows projects records transfers values'
    .split(' ')
    .map((concern) => `test/server/${concern}/`);

/** The most for a minute: no browser, and nothing that races, is killed or waits. */
export const QUICK: readonly Task[] = [
  vitest(
    'server, quick ones',
    ...['--project=server', '--project=scripts', '--exclude=**/*.postgres.test.ts'],
    ...[...QUICK_CONCERNS, 'test/scripts/'],
  ),
  APEX,
];

/** The server's tests on the embedded database. */
export const EMBEDDED: readonly Task[] = [vitest('server, embedded database', '--project=server')];

/** What CI looks at beside the tests, the longest ones first. */
export const CHECKS: readonly Task[] = [
  check('Apex analysis', 'check:analyze'),
  check('lint', 'check:lint'),
  check('type check', 'check:types'),
  check('tree', 'check:tree'),
  check('supply', 'check:supply'),
  check('format', 'check:format'),
  check('Apex type check', 'check:apex'),
  check('metadata', 'check:metadata'),
  check('source conversion', 'check:convert'),
  check('newest Node.js', 'check:newest-node'),
];
