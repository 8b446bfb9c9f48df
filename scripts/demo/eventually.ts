import { setTimeout as pause } from 'node:timers/promises';

const TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 100;

/** Waits until something that other processes work on is so. Throws after two minutes. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It was not so within ${TIMEOUT_MS / 1000} seconds.`);
    await pause(POLL_INTERVAL_MS);
  }
}
