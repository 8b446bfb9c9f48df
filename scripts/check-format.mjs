// Whether everything is formatted as prettier would. Most of it is TypeScript, of which oxfmt, told of the same style, says
// so in a hundredth of the time: prettier is asked about the files that oxfmt would change, and about everything else.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const { resolve } = createRequire(import.meta.url);
const TYPESCRIPT = '**/*.ts';

/** Runs a program of a package; answers its output where it is kept. */
function run(program, parameters, isOutputKept) {
  const { status, stdout, error } = spawnSync(process.execPath, [program, ...parameters], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', isOutputKept ? 'pipe' : 'inherit', 'inherit'],
  });
  if (error) throw error;
  return { status, lines: (stdout ?? '').split('\n').filter(Boolean) };
}

const oxfmt = path.join(path.dirname(resolve('oxfmt/package.json')), 'bin/oxfmt');
const prettier = path.join(path.dirname(resolve('prettier/package.json')), 'bin/prettier.cjs');
const doubted = run(oxfmt, ['--config', '.prettierrc.json', '--list-different', TYPESCRIPT], true);
// It names what it would change, or it has failed.
if (doubted.status !== 0 && doubted.lines.length === 0) process.exit(doubted.status ?? 1);

const caching = ['--cache', '--cache-strategy', 'content', '--cache-location', '.cache/prettier'];
const check = ['--check', '--log-level', 'warn'];
const asked = [
  [...check, ...caching, '.', `!${TYPESCRIPT}`],
  ...(doubted.lines.length > 0 ? [[...check, ...doubted.lines]] : []),
];
const statuses = asked.map((parameters) => run(prettier, parameters, false).status);
process.exitCode = statuses.find((status) => status !== 0) ?? 0;
