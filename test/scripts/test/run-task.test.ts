import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, type Ending } from '../../../scripts/test/run-task.ts';

describe('a task of a test run', () => {
  let folder: string;
  let log: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'di-connect-task-'));
    log = path.join(folder, 'task.log');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const runScript = (
    script: string,
    quietMinutes = 1,
    stopping = new AbortController().signal,
  ): Promise<Ending> =>
    run({ command: process.execPath, parameters: ['-e', script], log, quietMinutes, yields: true }, stopping);

  it('ends with the code of its program, whose output is in the log', async () => {
    const ending = await runScript("console.log('said'); console.error('complained'); process.exitCode = 3");
    expect(ending).toEqual({ code: 3 });
    expect(readFileSync(log, 'utf8')).toBe('said\ncomplained\n');
  });

  it('is a failure where there is no such program', async () => {
    const ending = await run(
      { command: 'di-connect-nobody', parameters: [], log, quietMinutes: 1, yields: false },
      new AbortController().signal,
    );
    expect(ending).toEqual({ code: 127 });
  });

  it('is ended with everything that it started when it says nothing for too long', async () => {
    const ending = await runScript(HANGS, 2 / 60);
    expect(ending).toEqual({ hungMinutes: 2 / 60 });
    await expect.poll(() => startedBy(log).map(isAlive), { timeout: 30_000 }).toEqual([false, false]);
  });

  it('is ended with everything that it started when the run is stopped', async () => {
    const stopping = new AbortController();
    const ended = runScript(HANGS, 1, stopping.signal);
    while (startedBy(log).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    stopping.abort();
    expect(await ended).not.toEqual({ code: 0 });
    await expect.poll(() => startedBy(log).map(isAlive), { timeout: 30_000 }).toEqual([false, false]);
  });
});

const LIVES = 'console.log(process.pid); setInterval(() => {}, 1000);';
const DEAF = `process.on('SIGTERM', () => {}); ${LIVES}`;
/** Says its process id, and so does what it starts, which does not end when it is asked to. */
const HANGS = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(DEAF)}], { stdio: 'inherit' }); ${LIVES}`;

const startedBy = (log: string): number[] =>
  readFileSync(log, 'utf8').split('\n').filter(Boolean).map(Number);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
