// The Salesforce CLI of packaging/cli, in the folder where it is called: it is as big as everything else that is installed
// for development, and only who deploys or releases needs it. The first call installs it, about a minute.
//   npm run sf -- org login web --set-default
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../packaging/cli');
const cli = path.join(folder, 'node_modules/@salesforce/cli/bin/run.js');
const isWindows = process.platform === 'win32';

if (!existsSync(cli)) {
  console.error('Installing the Salesforce CLI (about a minute, once) …');
  // Its words go where errors do: a program reads what the CLI answers.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: isWindows,
  });
  if (npm.status !== 0) process.exit(npm.status ?? 1);
}
const { status } = spawnSync(process.execPath, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
