import { z } from 'zod';
import { Caller } from '../caller.ts';
import type { Recording } from '../recording.ts';

const NEWS = '/v1/admin/projects/NEWS';
const linksSchema = z.object({ links: z.array(z.object({ url: z.string() })) });
const ONE_CLICK = { 'content-type': 'application/x-www-form-urlencoded' };

/** Opt-ins, what people said of them by every way, links that work, and one that was revoked. */
export async function makeConsent(recording: Recording): Promise<void> {
  const owner = recording.caller('owner');
  for (const optIn of [
    { code: 'news', name: 'Newsletter', description: 'Once a month' },
    { code: 'events', name: 'Events', isDouble: true, confirmWithin: 365 },
    { code: 'old', name: 'No longer asked' },
  ])
    await owner.call('POST', `${NEWS}/opt-ins`, optIn);
  await owner.call('PUT', `/v1/admin/transfers/${recording.named('acme transfer')}/consent`, {
    consent: [{ salesforceField: 'HasOptedOutOfEmail', optIn: null, withdrawsWhen: true }],
  });
  await tell(recording, 'first', [
    said('ann@example.com', 'news', 'granted', {
      reference: 'form-1',
      proof: { page: '/join' },
      note: 'At the fair',
    }),
    said('ann@example.com', 'events', 'granted'),
    said('robert@example.com', 'news', 'granted'),
    said('robert@example.com', 'old', 'granted'),
    said('eve@example.com', 'events', 'granted'),
    said('fay@example.com', 'news', 'granted', { occurredAt: '2025-01-01T00:00:00.000Z' }),
    said('nobody@example.com', 'news', 'granted'),
  ]);
  await tell(recording, 'second', [
    said('robert@example.com', 'news', 'withdrawn', { occurredAt: '2026-01-11T00:00:00.000Z' }),
    // Older than what stands: it is overruled.
    said('robert@example.com', 'news', 'granted', { occurredAt: '2024-01-01T00:00:00.000Z' }),
    said('eve@example.com', 'events', 'confirmed'),
    said('fay@example.com', 'news', 'withdrawn', { source: 'import' }),
  ]);
  await owner.call('POST', `${NEWS}/opt-ins/old/archive`);
  await makeLinks(recording);
  recording.read('owner', `${NEWS}/opt-ins`);
  for (const optIn of ['news', 'events'])
    for (const status of ['granted', 'pending', 'withdrawn'])
      recording.read('owner', `${NEWS}/consent?optIn=${optIn}&status=${status}&limit=500`);
  for (const email of ['ann@example.com', 'robert@example.com', 'eve@example.com'])
    recording.read('owner', `${NEWS}/consent/contact?key=${encodeURIComponent(JSON.stringify({ email }))}`);
  recording.read('owner', `${NEWS}/consent/ledger.csv`);
}

const said = (email: string, optIn: string, status: string, more: object = {}): object => ({
  contact: { email },
  optIn,
  status,
  ...more,
});

const tell = (recording: Recording, key: string, changes: readonly object[]): Promise<void> =>
  recording.write(
    'owner',
    { method: 'POST', path: `${NEWS}/consent`, headers: { 'Idempotency-Key': key }, body: { changes } },
    200,
  );

async function makeLinks(recording: Recording): Promise<void> {
  const owner = recording.caller('owner');
  const anybody = recording.introduce('anybody', { kind: 'public' });
  const link = async (purpose: string, email: string, optIn: string | null = null): Promise<string> => {
    const answer = await owner.call('POST', `${NEWS}/consent/links`, {
      purpose,
      optIn,
      contacts: [{ email }],
    });
    return new URL(linksSchema.parse(answer).links[0]?.url ?? '').pathname;
  };
  const revoked = recording.name('revoked link', await link('unsubscribe', 'person12@acme.example.com'));
  await owner.call('POST', `${NEWS}/consent/links/revoke`, {
    contacts: [{ email: 'person12@acme.example.com' }],
  });
  const refused = await anybody.send({ method: 'GET', path: revoked });
  if (refused.status === 200) throw new Error('A revoked link still works.');
  recording.visit(
    'anybody',
    recording.name('unsubscribe link', await link('unsubscribe', 'ann@example.com')),
  );
  recording.visit(
    'anybody',
    recording.name('preferences link', await link('preferences', 'robert@example.com')),
  );
  recording.visit(
    'anybody',
    recording.name('confirmation link', await link('confirmation', 'ann@example.com', 'events')),
  );
  await clickUnsubscribe(recording, await link('unsubscribe', 'person2@acme.example.com'));
}

/** One click, as a mailbox does it (RFC 8058). */
export async function clickUnsubscribe(recording: Recording, path: string): Promise<void> {
  const anybody = new Caller(recording.url, { kind: 'public' });
  await anybody.call('POST', path, 'List-Unsubscribe=One-Click', ONE_CLICK);
}
