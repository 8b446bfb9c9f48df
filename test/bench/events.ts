import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { settingsSchema } from '../../server/src/outbound/events/source-settings.ts';
import { compileTransformation } from '../../server/src/outbound/events/transform.ts';
import type { Api } from './api.ts';
import { inFlight, median, rounded, type Table } from './report.ts';

/** Identify calls as sites send them: names whole and in parts, addresses and companies in both forms, custom traits, ids. */
function eventOf(number: number): Record<string, unknown> {
  const shared = {
    type: 'identify',
    messageId: randomUUID(),
    userId: `user-${number}`,
    integrations: { All: true, Salesforce: true },
  };
  const email = `person${number}@example.com`;
  const context = {
    library: { name: 'RudderLabs JavaScript SDK', version: '2.48.1' },
    locale: 'en-US',
    page: { path: '/signup' },
  };
  switch (number % 5) {
    case 0:
      return {
        ...shared,
        context,
        traits: {
          name: 'Alex Keener',
          title: 'Mr.',
          email,
          company: 'Google Inc.',
          phone: '+1-202-555-0146',
          rating: 'Hot',
          city: 'New Orleans',
          postalCode: '90002',
          country: 'US',
          street: 'Blue Gum Street',
          state: 'LA',
        },
      };
    case 1:
      return {
        ...shared,
        context: {
          ...context,
          traits: {
            email,
            firstName: 'Ann',
            lastName: 'Bea',
            address: { city: 'Ghent', country: 'Belgium', postalCode: '9000', street: 'Veldstraat 1' },
            company: { name: 'Acme', industry: 'Energy', employee_count: 120, annualRevenue: 1_000_000 },
          },
        },
      };
    case 2:
      return {
        ...shared,
        context,
        traits: {
          email,
          name: 'Ann Mary Bea',
          plan: 'pro',
          score: 0,
          wantsCall: false,
          lastSeen: '2026-11-21T10:00:00Z',
          referrer: null,
          website: 'https://example.com',
          LeadSource: 'Web',
        },
      };
    case 3:
      return {
        ...shared,
        context: { ...context, externalId: [{ type: 'Salesforce-Contact', id: '003000000000001AAA' }] },
        traits: { FirstName: 'John', LastName: 'Gibbs', Email: email },
      };
    default:
      return { ...shared, context, traits: { email, phone: '555', newProp: 'x' } };
  }
}

/**
 * Events that one process turns into writes in a second.
 *
 * @param file where each event and what becomes of it are written, a line of JSON each, for another transformer to be given
 *   the same events; none where it is undefined
 */
export function transformations(rounds: number, file: string | undefined): Table {
  const events = Array.from({ length: 10_000 }, (_none, number) => eventOf(number));
  const transform = compileTransformation(settingsSchema.parse({}));
  if (file !== undefined)
    writeFileSync(
      file,
      events.map((event) => `${JSON.stringify({ event, becomes: transform(event) })}\n`).join(''),
    );
  let intents = 0;
  const figures = Array.from({ length: rounds * 5 }, () => {
    // Of processor time: other programs take none of it away.
    const before = process.cpuUsage();
    for (const event of events) intents += transform(event).length;
    const { user, system } = process.cpuUsage(before);
    return (events.length / (user + system)) * 1e6;
  });
  if (intents !== events.length * rounds * 5) throw new Error('An event was not transformed.');
  return [
    { 'events a second of one processor': rounded(median(figures)), slowest: rounded(Math.min(...figures)) },
  ];
}

/** Events that go from HTTP to the database in a second. */
export async function reception(api: Api, rounds: number): Promise<Table> {
  const di = new DiConnect(api.url, api.adminToken);
  const { connections } = await di.call<{ connections: { id: string }[] }>('GET', '/v1/admin/connections');
  const { id, writeKey } = await di.call<{ id: string; writeKey: string }>('POST', '/v1/admin/sources', {
    connection: connections[0]?.id,
    name: 'Benchmark',
  });
  // Nothing is written to an org: there is none.
  await di.call('PATCH', `/v1/admin/sources/${id}`, { status: 'paused' });
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const send = async (path: string, body: object, wanted: number): Promise<number> => {
    const started = performance.now();
    const response = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { accepted } = (await response.json()) as { accepted?: number };
    // Events that were not taken would be fast for the wrong reason.
    if (accepted !== wanted)
      throw new Error(`${response.status}: ${accepted ?? 'nothing'} of ${wanted} taken.`);
    return performance.now() - started;
  };
  const rows: Record<string, string | number>[] = [];
  for (const size of [1, 100, 500])
    for (const atOnce of [1, 8]) {
      const calls = Math.max(20, Math.min(400, (rounds * 1000) / size));
      const bodies = Array.from({ length: calls }, (_none, call) =>
        Array.from({ length: size }, (_event, number) => eventOf(call * size + number)),
      );
      const started = performance.now();
      const times = await inFlight(bodies, atOnce, (batch) =>
        size === 1 ? send('/v1/identify', batch[0] ?? {}, 1) : send('/v1/batch', { batch }, size),
      );
      const seconds = (performance.now() - started) / 1000;
      rows.push({
        'events a call': size,
        'in flight': atOnce,
        'events a second': rounded((calls * size) / seconds),
        'p50 of a call, ms': rounded(median(times), 1),
      });
    }
  return rows;
}
