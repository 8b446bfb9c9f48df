import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Caller } from '../caller.ts';

/** Waits until something that the API shows has one of some states. */
export async function reaches(
  caller: Caller,
  path: string,
  states: readonly string[],
  member: 'status' | 'state' = 'status',
): Promise<void> {
  let last: unknown;
  try {
    await eventually(async () => {
      last = await caller.call('GET', path);
      const shown = z.record(z.string(), z.unknown()).parse(last);
      return states.includes(String(shown[member]));
    });
  } catch {
    throw new Error(`${path} never was ${states.join(' or ')}: ${JSON.stringify(last)}`);
  }
}
