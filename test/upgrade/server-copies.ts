import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { eventually } from '../../scripts/demo/eventually.ts';

const MAIN = path.join(import.meta.dirname, '../../server/src/main.ts');

/** A copy of the server in a process of its own, as an operator runs it. */
export interface ServerCopy {
  readonly url: string;
  stop(): Promise<void>;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

/** @param environment what the copy is told beside its port */
export async function startCopy(
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<ServerCopy> {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { ...process.env, LOG_LEVEL: 'error', ...environment, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    return (await fetch(`${url}/ready`).catch(() => null))?.ok === true;
  });
  return { url, stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') };
}

async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
