import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Salesforce } from './salesforce.ts';

const MAIN = path.join(import.meta.dirname, '../../test/browser/serve.ts');

/** The package's screens, which are built while the demo goes on. */
export interface ScreensProcess {
  /** Where they are; rejects where they cannot be built. */
  readonly url: Promise<string>;
  stop(): Promise<void>;
}

/** Begins to build the package's own screens, and serves them in front of an org. */
export function startScreens(orgUrl: string, salesforce: Salesforce, port: number): ScreensProcess {
  const child = fork(MAIN, [String(port)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, SCREENS_ORG: orgUrl, SCREENS_TOKEN: salesforce.token },
  });
  const ended = once(child, 'exit');
  const url = new Promise<string>((resolve, reject) => {
    child.once('message', (message: { url: string }) => {
      resolve(message.url);
    });
    void ended.then(() => {
      reject(new Error('The package’s screens could not be built.'));
    });
  });
  // Whoever does not wait for them is not to fail of them.
  url.catch(() => undefined);
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
