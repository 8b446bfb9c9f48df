import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, consentOf, createOptIn, statusOf } from '../support/consent.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const ANN = { email: 'ann@example.com' };
const BOB = { email: 'bob@example.com' };
const granted = { contact: ANN, optIn: 'newsletter', status: 'granted' };
const withdrawn = { ...granted, status: 'withdrawn' };

describe('recording what people said', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    await createOptIn(server, scene);
    await createOptIn(server, scene, 'calls');
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [
        [contactId(1), moment(0), ANN.email, 'Ann'],
        [contactId(2), moment(0), BOB.email, 'Bob'],
      ],
    }).expect(200);
  });

  const path = (rest = ''): string => `/v1/admin/projects/${scene.project}/consent${rest}`;

  it('keeps what stands and the proof of it: who, when, from where', async () => {
    const proof = { ip: '192.0.2.7', text: 'Yes, write to me “weekly”', form: { id: 7 } };
    const answer = await changeConsent(server, scene, [
      { ...granted, occurredAt: '2026-01-02T03:04:05.000Z', proof, note: 'At the fair', reference: 'form-7' },
    ]);
    expect(answer).toMatchObject({
      applied: 1,
      rejected: 0,
      results: [{ result: 'applied', status: 'granted' }],
    });
    const { consents, events } = await consentOf(server, scene, ANN);
    expect(consents).toEqual([
      { optIn: 'newsletter', status: 'granted', changedAt: '2026-01-02T03:04:05.000Z', pendingUntil: null },
      { optIn: 'calls', status: null, changedAt: null, pendingUntil: null },
    ]);
    expect(events).toMatchObject([
      {
        optIn: 'newsletter',
        contact: ANN,
        previous: null,
        status: 'granted',
        source: 'api',
        actor: { kind: 'operator', name: 'operator' },
        occurredAt: '2026-01-02T03:04:05.000Z',
        proof,
        note: 'At the fair',
        reference: 'form-7',
      },
    ]);
  });

  it('answers each change for itself', async () => {
    const answer = await changeConsent(server, scene, [
      granted,
      { contact: { email: 'nobody@example.com' }, optIn: 'newsletter', status: 'granted' },
      { contact: BOB, optIn: 'faxes', status: 'granted' },
      { contact: BOB, optIn: 'newsletter', status: 'granted', occurredAt: '2026-02-30T00:00:00Z' },
      { contact: BOB, optIn: 'newsletter', status: 'granted', occurredAt: '2026-02-03' },
      { contact: BOB, optIn: 'newsletter', status: 'granted', occurredAt: '2996-01-01T00:00:00Z' },
      { contact: { mail: 'x' }, optIn: 'newsletter', status: 'granted' },
      { contact: { email: 'no address' }, optIn: 'newsletter', status: 'granted' },
      { contact: BOB, optIn: null, status: 'granted' },
      { contact: BOB, optIn: 'newsletter', status: 'granted' },
    ]);
    expect(answer.results.map(({ result, code }) => code ?? result)).toEqual([
      'applied',
      'unknown-contact',
      'unknown-opt-in',
      'invalid-moment',
      'invalid-moment',
      'in-the-future',
      'invalid-key',
      'invalid-email',
      'opt-in-missing',
      'applied',
    ]);
    expect(answer).toMatchObject({ applied: 2, rejected: 8 });
    expect(await statusOf(server, scene, BOB.email)).toBe('granted');
  });

  it('lets a withdrawal win over a copy, and the person come back', async () => {
    await changeConsent(server, scene, [granted, withdrawn]);
    const copied = await changeConsent(server, scene, [{ ...granted, source: 'import' }]);
    expect(copied.results).toMatchObject([
      { result: 'overruled', code: 'withdrawn-before', status: 'withdrawn' },
    ]);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    await changeConsent(server, scene, [granted]);
    const { consents, events } = await consentOf(server, scene, ANN);
    expect(consents[0]?.status).toBe('granted');
    expect(events.map((event) => event.outcome)).toEqual(['applied', 'applied', 'overruled', 'applied']);
  });

  it('keeps an older act as history, and does not let it undo a newer one', async () => {
    await changeConsent(server, scene, [{ ...granted, occurredAt: '2026-03-02T00:00:00Z' }]);
    const older = await changeConsent(server, scene, [{ ...withdrawn, occurredAt: '2026-03-01T00:00:00Z' }]);
    expect(older.results).toMatchObject([{ result: 'overruled', code: 'newer-act', status: 'granted' }]);
    expect((await consentOf(server, scene, ANN)).events).toHaveLength(2);
  });

  it('records the same reference, or Idempotency-Key, once', async () => {
    const first = await changeConsent(server, scene, [{ ...granted, reference: 'r1' }]);
    const again = await changeConsent(server, scene, [{ ...granted, reference: 'r1' }]);
    expect([first, again].map((answer) => answer.results[0]?.isReplay)).toEqual([false, true]);
    expect(again.results[0]).toMatchObject({ result: 'applied', status: 'granted' });
    const changes = [withdrawn, { ...withdrawn, contact: BOB, optIn: null }];
    await changeConsent(server, scene, changes, 'key-1');
    await changeConsent(server, scene, [granted]);
    const replay = await changeConsent(server, scene, changes, 'key-1');
    expect(replay.results.map((result) => result.isReplay)).toEqual([true, true]);
    const { consents, events } = await consentOf(server, scene, ANN);
    expect(consents[0]?.status).toBe('granted');
    expect(events).toHaveLength(3);
    expect((await consentOf(server, scene, BOB)).events).toHaveLength(2);
    const other = await changeConsent(server, scene, [{ ...withdrawn, reference: 'r1' }]);
    expect(other.results[0]).toMatchObject({ result: 'rejected', code: 'reference-reused' });
    const twice = await changeConsent(server, scene, [
      { ...granted, contact: BOB, reference: 'r2' },
      { ...granted, contact: BOB, reference: 'r2' },
    ]);
    expect(twice.results.map((result) => result.isReplay)).toEqual([false, true]);
    expect((await consentOf(server, scene, BOB)).events).toHaveLength(3);
  });

  it('withdraws all opt-ins at once', async () => {
    await changeConsent(server, scene, [granted, { ...granted, optIn: 'calls' }]);
    const answer = await changeConsent(server, scene, [{ ...withdrawn, optIn: null }]);
    expect(answer.results).toMatchObject([{ result: 'applied', status: 'withdrawn' }]);
    const { consents } = await consentOf(server, scene, ANN);
    expect(consents.map((consent) => consent.status)).toEqual(['withdrawn', 'withdrawn']);
  });

  it('holds a grant of a double opt-in until it is confirmed, in time', async () => {
    await createOptIn(server, scene, 'offers', { isDouble: true, confirmWithin: 2 });
    const offers = { ...granted, optIn: 'offers' };
    const asked = await changeConsent(server, scene, [{ ...offers, occurredAt: '2026-03-01T00:00:00Z' }]);
    expect(asked.results).toMatchObject([{ result: 'applied', status: 'pending' }]);
    const confirmed = { ...offers, status: 'confirmed' };
    const late = await changeConsent(server, scene, [{ ...confirmed, occurredAt: '2026-03-04T00:00:00Z' }]);
    expect(late.results).toMatchObject([
      { result: 'overruled', code: 'confirmation-expired', status: 'pending' },
    ]);
    await changeConsent(server, scene, [
      { ...offers, occurredAt: '2026-03-05T00:00:00Z' },
      { ...confirmed, occurredAt: '2026-03-06T00:00:00Z' },
    ]);
    expect(await statusOf(server, scene, ANN.email, 'offers')).toBe('granted');
  });

  it('refuses a proof that is too large, too deep or cannot be stored, and keeps a hostile one as it is', async () => {
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1);
    const hostile = {
      sql: "'); DROP TABLE di.consent; --",
      html: '<script>alert(1)</script>',
      path: '\\u0000 \\ud800 {{}} $1 ?',
      __proto__x: { a: '\u202Egnp' },
    };
    const answer = await changeConsent(server, scene, [
      { ...granted, proof: { text: 'x'.repeat(9000) } },
      { ...granted, proof: { deep } },
      { ...granted, proof: { text: 'a\0b' } },
      { ...granted, proof: { text: 'a\ud800b' } },
      { ...granted, note: 'a\0b' },
      { ...granted, reference: 'a\0b' },
      { ...granted, contact: { email: 'a\0b@example.com' } },
      { ...granted, proof: hostile },
    ]);
    expect(answer.results.map(({ result, code }) => code ?? result)).toEqual([
      'invalid-proof',
      'invalid-proof',
      'invalid-proof',
      'invalid-proof',
      'invalid-character',
      'invalid-character',
      'invalid-character',
      'applied',
    ]);
    expect((await consentOf(server, scene, ANN)).events[0]?.proof).toEqual(hostile);
  });

  it('takes 2,000 changes in one call, and no more', async () => {
    const token = await authorizedToken(server, scene);
    const emails = Array.from({ length: 2000 }, (_, index) => `many${index}@example.com`);
    await postBatch(server, token, {
      upserts: emails.map((email, index) => [contactId(100 + index), moment(0), email, 'Many']),
    }).expect(200);
    const changes = emails.map((email) => ({ ...granted, contact: { email } }));
    expect(await changeConsent(server, scene, changes)).toMatchObject({ applied: 2000 });
    await admin(server, 'post', path())
      .send({ changes: [...changes, granted] })
      .expect(400);
    const seen = new Set<string>();
    let after = '';
    do {
      const page = await admin(
        server,
        'get',
        `${path()}?optIn=newsletter&status=granted&limit=700${after}`,
      ).expect(200);
      const { contacts, next } = page.body as {
        contacts: { contact: { email: string } }[];
        next: string | null;
      };
      for (const { contact } of contacts) seen.add(contact.email);
      after = next === null ? '' : `&after=${next}`;
    } while (after !== '');
    expect(seen).toEqual(new Set(emails));
  });

  it('keeps the ledger as it was written: nothing changes or removes an event', async () => {
    await changeConsent(server, scene, [{ ...granted, proof: { ip: '192.0.2.1' }, note: 'Note' }]);
    const { pool } = server.database;
    for (const statement of [
      "UPDATE di.consent_event SET status = 'withdrawn'",
      'UPDATE di.consent_event SET note = NULL',
      'DELETE FROM di.consent_event',
      'TRUNCATE di.consent_event CASCADE',
    ])
      await expect(pool.query(statement), statement).rejects.toThrow('append-only');
  });

  it('lets an erasing transaction blank what is personal, and nothing else; the proof is still found by the address', async () => {
    await changeConsent(server, scene, [{ ...withdrawn, proof: { ip: '192.0.2.1' }, note: 'Note' }]);
    const { pool, knex } = server.database;
    const row = await pool.query<{ id: number; identity_id: string; address_hash: Buffer }>(
      'SELECT id, identity_id, address_hash FROM di.consent_event ORDER BY id DESC LIMIT 1',
    );
    const event = row.rows[0];
    await expect(
      pool.query('SELECT di.erase_consent_events(ARRAY[$1]::uuid[])', [event?.identity_id]),
    ).rejects.toThrow('append-only');
    await expect(
      knex.transaction(async (transaction) => {
        await transaction.raw("SELECT set_config('di.erasing', 'on', true)");
        await transaction.raw(
          "UPDATE di.consent_event SET record_key = NULL, proof = NULL, note = NULL, status = 'granted'",
        );
      }),
    ).rejects.toThrow('append-only');
    await knex.transaction(async (transaction) => {
      await transaction.raw("SELECT set_config('di.erasing', 'on', true)");
      await transaction.raw('SELECT di.erase_consent_events(ARRAY[?]::uuid[])', [event?.identity_id ?? '']);
    });
    const { events } = await consentOf(server, scene, ANN);
    expect(events).toMatchObject([
      { contact: null, proof: null, note: null, status: 'withdrawn', optIn: 'newsletter' },
    ]);
    expect(event?.address_hash).toHaveLength(32);
    expect(event?.address_hash.toString()).not.toContain('ann');
  });

  it('leaves the opt-ins of an archived one to be withdrawn only', async () => {
    await changeConsent(server, scene, [granted]);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/opt-ins/newsletter/archive`).expect(200);
    const answer = await changeConsent(server, scene, [granted, withdrawn]);
    expect(answer.results).toMatchObject([{ code: 'opt-in-archived' }, { status: 'withdrawn' }]);
  });

  it('says what is wrong with a contact that is asked for', async () => {
    const ask = (key: string) => admin(server, 'get', `${path('/contact')}?key=${encodeURIComponent(key)}`);
    await ask('{').expect(400);
    await ask('{"mail":"x"}').expect(422);
    await ask('{"email":"nobody@example.com"}').expect(404);
  });
});
