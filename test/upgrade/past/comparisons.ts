import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Recording } from '../recording.ts';

const shownSchema = z.object({ result: z.object({ state: z.string() }).nullable() });

/** The shop's people are compared with the contacts of their org; differences are found and stay. Needs a worker. */
export async function compare(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const path = `/v1/admin/comparisons/${await shop.make('/v1/admin/comparisons', {
    integration: recording.named('People'),
    graceMinutes: 0,
  })}`;
  await eventually(async () => shownSchema.parse(await shop.call('GET', path)).result?.state === 'done');
  recording.read('shop', path, `${path}/differences?limit=100`);
}
