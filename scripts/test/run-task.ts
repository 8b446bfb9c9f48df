import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = path.join(import.meta.dirname, '../..');
const IS_WINDOWS = process.platform === 'win32';
/** Milliseconds between looks whether a task still says something. */
const LOOK_INTERVAL_MS = 1000;
/** Milliseconds that a task has to end after it was asked to. */
const GRACE_MS = 10_000;
/** Of what runs beside the tests in front. */
const NICENESS = '10';

/** A program to run, whose output goes into a file. */
export interface Program {
  readonly command: string;
  readonly parameters: readonly string[];
  /** Where its output goes. */
  readonly log: string;
  /** Minutes without a word after which it is taken to hang. */
  readonly quietMinutes: number;
  /** Whether it runs when nothing else wants the processor. */
  readonly yields: boolean;
  /** What it tells of its progress, where it tells some. */
  readonly onMessage?: (message: unknown) => void;
}

/** How a program ended: its code, or after how many silent minutes it was ended. */
export type Ending = { readonly code: number } | { readonly hungMinutes: number };

/** Runs a program until it ends, or ends it with all that it started where it hangs. */
export async function run(program: Program, stopping: AbortSignal): Promise<Ending> {
  const child = start(program);
  let lastWord = Date.now();
  child.on('message', (message) => {
    lastWord = Date.now();
    program.onMessage?.(message);
  });
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', () => {
      resolve({ code: 127 });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1 });
    });
  });
  const watching = new AbortController();
  stopping.addEventListener('abort', () => void end(child), { signal: watching.signal });
  const hung = untilQuiet(program, () => lastWord, watching.signal);
  const ending = await Promise.race([ended, hung]);
  watching.abort();
  if ('hungMinutes' in ending) await end(child);
  return ending;
}

function start({ command, parameters, log, yields, onMessage }: Program): ChildProcess {
  const isNice = yields && !IS_WINDOWS;
  const name = isNice ? 'nice' : command;
  const rest = isNice ? ['-n', NICENESS, command, ...parameters] : [...parameters];
  const output = openSync(log, 'w');
  try {
    return spawn(name, rest, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', output, output, ...(onMessage ? (['ipc'] as const) : [])],
      shell: IS_WINDOWS,
      // A group of its own, so that it can be ended with everything that it started.
      detached: !IS_WINDOWS,
    });
  } finally {
    closeSync(output);
  }
}

/** Resolves when a program has neither written nor told anything for too long. */
async function untilQuiet(
  { log, quietMinutes }: Program,
  lastWord: () => number,
  watching: AbortSignal,
): Promise<Ending> {
  for (;;) {
    await pause(LOOK_INTERVAL_MS, undefined, { signal: watching }).catch(() => undefined);
    if (watching.aborted) return { code: 0 };
    const heard = Math.max(lastWord(), statSync(log).mtimeMs);
    if (Date.now() - heard > quietMinutes * 60_000) return { hungMinutes: quietMinutes };
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('close', resolve));
  signal(child, 'SIGTERM');
  await Promise.race([over, pause(GRACE_MS, undefined, { ref: false })]);
  // What it had started may not have heard, or not have listened.
  signal(child, 'SIGKILL');
}

function signal(child: ChildProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (IS_WINDOWS) child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    // It has just ended by itself.
  }
}
