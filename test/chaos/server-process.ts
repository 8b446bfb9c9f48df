import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { COMPILED_FLAGS, compiledProgram } from '../../scripts/programs/compiled-program.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const [MAIN, MOVED_CLOCK] = await Promise.all([
  compiledProgram(path.join(ROOT, 'server/src/main.ts')),
  compiledProgram(path.join(import.meta.dirname, 'moved-clock.ts')),
]);
/** With the young generation that `npm start` gives to Node.js, and a clock that can be moved. */
const START = [
  ...COMPILED_FLAGS,
  '--max-semi-space-size=32',
  '--import',
  pathToFileURL(MOVED_CLOCK).href,
  MAIN,
];

/** The server in a process of its own. */
export interface ServerProcess {
  readonly url: string;
  /** Waits until it is ready. Rejects where it ends instead. */
  ready(): Promise<void>;
  /** How it has ended; null while it runs. */
  ending(): string | null;
  /** Tells it to stop, and waits. Answers its exit code and how many milliseconds it took. */
  stop(): Promise<{ code: number | null; milliseconds: number }>;
  /** Ends it without a word to it. */
  kill(): Promise<void>;
  /** Moves its clock this far from the true one. */
  moveClock(clockMilliseconds: number): void;
}

/**
 * Starts the server. It is not ready yet.
 *
 * @param logFile what it says goes there
 */
export function startServerProcess(
  port: number,
  environment: Readonly<Record<string, string>>,
  logFile: string,
): ServerProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, START, {
    cwd: ROOT,
    stdio: ['ignore', log, log, 'ipc'],
    env: { ...process.env, PORT: String(port), ...environment },
  });
  closeSync(log);
  // An order to a process that has just ended is no fault.
  child.on('error', () => undefined);
  const url = `http://127.0.0.1:${port}`;
  const ending = (): string | null =>
    child.exitCode === null && child.signalCode === null ? null : String(child.signalCode ?? child.exitCode);
  return {
    url,
    ending,
    ready: () => ready(url, ending, logFile),
    stop: () => stop(child),
    kill: () => end(child, 'SIGKILL'),
    moveClock: (clockMilliseconds) => {
      if (child.connected) child.send({ clockMilliseconds });
    },
  };
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
  await end(child, 'SIGTERM');
  return { code: child.exitCode, milliseconds: performance.now() - started };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
