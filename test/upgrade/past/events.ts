import { z } from 'zod';
import { eventually } from '../../../scripts/demo/eventually.ts';
import type { Recording } from '../recording.ts';

const sourceSchema = z.object({ id: z.string(), writeKey: z.string() });
const keySchema = z.object({ id: z.string(), writeKey: z.string() });
const eventsSchema = z.object({ events: z.array(z.object({ status: z.string() })) });
const itemsSchema = z.object({ items: z.array(z.object({ status: z.string() })) });

/** What an action is made of. */
interface Named {
  readonly name: string;
  readonly [member: string]: unknown;
}

const MAPPING = [
  { field: 'Email', path: 'email' },
  { field: 'LastName', path: 'person.last' },
  { field: 'Phone', constant: '555' },
];

/** Sources with keys, one of them revoked; actions called by API and bound to events, opt-outs and new contacts. */
export async function makeEvents(recording: Recording): Promise<void> {
  const shop = recording.caller('shop');
  const connection = recording.named('Shop org');
  const source = sourceSchema.parse(
    await shop.call('POST', '/v1/admin/sources', { connection, name: 'Site' }),
  );
  recording.name('source', source.id);
  recording.introduce('site', { kind: 'basic', user: source.writeKey });
  const revoked = keySchema.parse(await shop.call('POST', `/v1/admin/sources/${source.id}/keys`));
  await shop.call('DELETE', `/v1/admin/sources/${source.id}/keys/${revoked.id}`);
  recording.introduce('revoked site', { kind: 'basic', user: revoked.writeKey });
  const over = sourceSchema.parse(await shop.call('POST', '/v1/admin/sources', { connection, name: 'Over' }));
  await shop.call('DELETE', `/v1/admin/sources/${over.id}`);
  const upsert = {
    ...{ connection, object: 'Contact', operation: 'upsert', mapping: MAPPING },
    matchers: [{ field: 'Email', path: 'email' }],
  };
  await makeAction(recording, { ...upsert, name: 'Buyers' }, true);
  await makeAction(recording, { ...upsert, name: 'Slow', operation: 'update' }, true);
  const track = { on: 'event', type: 'track', event: 'Bought' };
  const toLead = [
    { field: 'LastName', path: 'properties.name' },
    { field: 'Company', constant: 'Shop' },
  ];
  await makeAction(
    recording,
    { connection, name: 'Bought', object: 'Lead', operation: 'create', mapping: toLead, trigger: track },
    true,
  );
  await makeAction(recording, { ...upsert, name: 'New people', trigger: { on: 'contact-created' } }, false);
  await makeAction(recording, { ...upsert, name: 'Left', trigger: { on: 'opt-out' } }, false);
  recording.read('shop', '/v1/admin/sources', `/v1/admin/sources/${source.id}`, '/v1/admin/actions');
  recording.read('shop', `/v1/admin/sources/${source.id}/events?limit=500`);
  for (const name of ['Buyers', 'Slow', 'Bought'])
    recording.read('shop', `/v1/admin/actions/${recording.named(name)}/items?limit=500`);
}

async function makeAction(recording: Recording, body: Named, isActive: boolean): Promise<void> {
  const id = recording.name(body.name, await recording.caller('shop').make('/v1/admin/actions', body));
  if (isActive) await recording.caller('shop').call('POST', `/v1/admin/actions/${id}/activate`);
}

const identify = (messageId: string, email: string, integrations: object = { Salesforce: true }): object => ({
  ...{ type: 'identify', userId: email, messageId, integrations },
  traits: { email, name: 'Ida Visitor', company: 'Visitors' },
});

const buyer = (email: string, last?: string): object => ({ email, person: { last } });

/** Events and items that were done and that failed. Needs a worker. */
export async function doEvents(recording: Recording): Promise<void> {
  const batch = [
    identify('m1', 'ida@example.com'),
    identify('m2', 'ian@example.com', { All: true }),
    { ...identify('m3', 'iris@example.com'), traits: { email: 'iris@example.com', unknownTrait: 1 } },
    {
      type: 'track',
      event: 'Bought',
      messageId: 'm4',
      userId: 'ida@example.com',
      properties: { name: 'Ida' },
    },
  ];
  await recording.caller('site').call('POST', '/v1/batch', { batch });
  await callAction(recording, 'Buyers', 'first-items', [
    buyer('buyer1@shop.example.com', 'Renamed'),
    buyer('new@shop.example.com', 'New'),
    buyer('nameless@shop.example.com'),
  ]);
  await callAction(recording, 'Slow', 'first-items', [buyer('unknown@shop.example.com', 'Unknown')]);
  await eventually(() => isIdle(recording));
}

async function isIdle(recording: Recording): Promise<boolean> {
  const shop = recording.caller('shop');
  const events = await shop.call('GET', `/v1/admin/sources/${recording.named('source')}/events?limit=500`);
  const statuses = eventsSchema.parse(events).events.map(({ status }) => status);
  for (const name of ['Buyers', 'Slow', 'Bought']) {
    const items = await shop.call('GET', `/v1/admin/actions/${recording.named(name)}/items?limit=500`);
    statuses.push(...itemsSchema.parse(items).items.map(({ status }) => status));
  }
  return statuses.length > 0 && !statuses.includes('waiting');
}

async function callAction(
  recording: Recording,
  name: string,
  key: string,
  items: readonly object[],
): Promise<void> {
  const path = `/v1/actions/${recording.named(name)}`;
  await recording.write(
    'shop',
    { method: 'POST', path, headers: { 'Idempotency-Key': key }, body: { items } },
    202,
  );
}

/** Events and items that wait for a worker. */
export async function leaveEvents(recording: Recording): Promise<void> {
  await recording.caller('site').call('POST', '/v1/identify', identify('m5', 'waiting@example.com'));
  await callAction(recording, 'Buyers', 'second-items', [buyer('waiting@shop.example.com', 'Waiting')]);
  await recording.caller('shop').call('POST', `/v1/admin/actions/${recording.named('Slow')}/pause`);
}
