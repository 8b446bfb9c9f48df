import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = path.join(import.meta.dirname, '../..');

/** The server as `npm start` starts it, in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** How it has ended; null while it runs. */
  ending(): string | null;
  /** Tells it to stop, and waits. Answers its exit code and how many milliseconds it took. */
  stop(): Promise<{ code: number | null; milliseconds: number }>;
}

/**
 * Starts the server and waits until it is ready.
 *
 * @param logFile what it says goes there
 */
export async function startServerProcess(
  port: number,
  environment: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ServerProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, startArguments(), {
    cwd: ROOT,
    stdio: ['ignore', log, log],
    env: { ...process.env, PORT: String(port), ...environment },
  });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  const ending = (): string | null =>
    child.exitCode === null && child.signalCode === null ? null : String(child.signalCode ?? child.exitCode);
  await ready(url, ending, logFile);
  return { url, pid: child.pid ?? 0, ending, stop: () => stop(child) };
}

/** What `npm start` gives to Node.js. A file of settings is a developer's own. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start
    .split(' ')
    .filter((word) => !['exec', 'node'].includes(word) && !word.startsWith('--env-file'));
}

async function ready(url: string, ending: () => string | null, logFile: string): Promise<void> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const answer = await fetch(`${url}/ready`).catch(() => null);
    if (answer?.ok === true) return;
    if (ending() !== null) throw new Error(`The server ended with ${ending() ?? ''}; see ${logFile}.`);
    await pause(100);
  }
  throw new Error(`The server did not become ready; see ${logFile}.`);
}

async function stop(child: ChildProcess): Promise<{ code: number | null; milliseconds: number }> {
  const started = performance.now();
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  return { code: child.exitCode, milliseconds: performance.now() - started };
}
