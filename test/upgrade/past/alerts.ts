import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Recording } from '../recording.ts';

/** Whom to tell: by e-mail, which arrives, and by a webhook that nobody answers. */
export async function makeChannels(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  await shop.call('POST', '/v1/admin/alert-channels', {
    kind: 'email',
    address: 'ops@example.com',
    language: 'fr',
  });
  const hook = { kind: 'webhook', address: 'http://127.0.0.1:9/di' };
  const answer = await shop.call('POST', '/v1/admin/alert-channels', hook);
  const { id, secret } = z.object({ id: z.string(), secret: z.string() }).parse(answer);
  recording.name('webhook', id);
  recording.name('webhook secret', secret);
}

const channelsSchema = z.object({
  channels: z.array(
    z.object({ kind: z.string(), toldAt: z.string().nullable(), lastError: z.string().nullable() }),
  ),
});

/** Waits until the one channel was told and the other failed. Needs a worker. */
export async function tellChannels(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  await eventually(async () => {
    const { channels } = channelsSchema.parse(await shop.call('GET', '/v1/admin/alert-channels'));
    const isTold = channels.some(({ kind, toldAt }) => kind === 'email' && toldAt !== null);
    return isTold && channels.some(({ kind, lastError }) => kind === 'webhook' && lastError !== null);
  });
  recording.read('shop', '/v1/admin/alert-channels', '/v1/admin/incidents');
}
