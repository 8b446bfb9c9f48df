import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeConsent, consentOf, createOptIn } from '../support/consent.ts';
import { activeIntegration } from '../support/delivery-scene.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/** Several copies of the server on one real PostgreSQL. */
describe('consent told at the same time', () => {
  let postgres: Postgres;
  let copies: TestServer[];
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    copies = await Promise.all([startTestServer(postgres.url), startTestServer(postgres.url)]);
    scene = await createScene(copy(0));
    token = await authorizedToken(copy(0), scene);
    await createOptIn(copy(0), scene);
    await admin(copy(0), 'put', `/v1/admin/transfers/${scene.transferId}/consent`)
      .send({ consent: [{ salesforceField: 'Active__c', optIn: null, withdrawsWhen: true }] })
      .expect(200);
  }, 120_000);
  afterAll(async () => {
    await Promise.all(copies.map((each) => each.close()));
    await postgres.stop();
  });

  const copy = (index: number): TestServer => {
    const found = copies[index % copies.length];
    if (!found) throw new Error('no copy');
    return found;
  };
  const people = async (prefix: string, count: number): Promise<string[]> => {
    const emails = Array.from({ length: count }, (_, index) => `${prefix}${index}@example.com`);
    await postBatch(copy(0), token, {
      upserts: emails.map((email, index) => [contactId(prefix.length * 1000 + index), moment(0), email, 'N']),
    }).expect(200);
    return emails;
  };

  it('ends as what was done last says, and loses nothing', async () => {
    const emails = await people('p', 20);
    const days = Array.from({ length: 12 }, (_, index) => index + 1);
    // The last day withdraws for even people, and grants for odd ones.
    const status = (person: number, day: number): string =>
      (person + day) % 2 === 0 ? 'withdrawn' : 'granted';
    await Promise.all(
      days.map((day) =>
        changeConsent(
          copy(day),
          scene,
          emails
            .map((email, person) => ({
              contact: { email },
              optIn: 'newsletter',
              status: status(person, day),
              occurredAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
            }))
            // Each call has people in an order of its own.
            .sort((one, other) => (one.contact.email < other.contact.email === (day % 2 === 0) ? 1 : -1)),
        ),
      ),
    );
    for (const [person, email] of emails.entries()) {
      const { consents, events } = await consentOf(copy(0), scene, { email });
      expect(consents[0]?.status, email).toBe(status(person, 12));
      expect(events).toHaveLength(12);
    }
  });

  it('ends withdrawn where a grant, an opt-out of Salesforce and a change of the address meet', async () => {
    const emails = await people('moving', 10);
    const later = new Date(Date.UTC(2026, 0, 9)).toISOString();
    await Promise.all([
      changeConsent(
        copy(0),
        scene,
        emails.map((email) => ({
          contact: { email },
          optIn: 'newsletter',
          status: 'granted',
          occurredAt: '2026-01-02T00:00:00Z',
        })),
      ),
      postBatch(copy(1), token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'Active__c'],
        upserts: emails.map((email, index) => [contactId(6000 + index), moment(5), email, true]),
      }).expect(200),
      changeConsent(
        copy(1),
        scene,
        emails.map((email) => ({
          contact: { email },
          optIn: 'newsletter',
          status: 'granted',
          source: 'import',
          occurredAt: later,
        })),
      ),
    ]);
    await postBatch(copy(0), token, {
      upserts: emails.map((email, index) => [contactId(6000 + index), moment(9), `new-${email}`, 'N']),
    }).expect(200);
    for (const email of emails) {
      const { consents, events } = await consentOf(copy(0), scene, { email: `new-${email}` });
      expect(consents[0]?.status, email).toBe('withdrawn');
      expect(events.map(({ source }) => source).sort()).toEqual(['api', 'import', 'salesforce']);
    }
  });

  it('does not stay behind with a key that a row is just leaving', async () => {
    const [email = ''] = await people('leaving', 1);
    const { rows } = await copy(0).database.pool.query<{ schema_name: string }>(
      'SELECT schema_name FROM di.project WHERE code = $1',
      [scene.project],
    );
    const table = `${rows[0]?.schema_name ?? ''}."Contact"`;
    const mover = await copy(1).database.pool.connect();
    await mover.query('BEGIN');
    await mover.query(`DELETE FROM ${table} WHERE email = $1`, [email]);
    const told = changeConsent(copy(0), scene, [
      { contact: { email }, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    await vi.waitUntil(async () => {
      const waiting = await copy(0).database.pool.query(
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR KEY SHARE%'",
      );
      return waiting.rowCount === 1;
    });
    await mover.query('COMMIT');
    mover.release();
    expect((await told).results).toMatchObject([{ result: 'rejected', code: 'unknown-contact' }]);
  });

  it('records a reference once, though two copies are told it together', async () => {
    const [email = ''] = await people('twin', 1);
    const change = { contact: { email }, optIn: 'newsletter', status: 'granted' };
    const answers = await Promise.all(
      [0, 1, 2, 3].map((index) => changeConsent(copy(index), scene, [change], 'same-key')),
    );
    expect(answers.filter((answer) => answer.results[0]?.isReplay !== true)).toHaveLength(1);
    expect((await consentOf(copy(0), scene, { email })).events).toHaveLength(1);
  });

  it('is what a column of the same field says, whichever of a batch and a click comes first', async () => {
    await activeIntegration(copy(0), scene, 'Contact', {
      operations: ['consent'],
      optInFields: [{ optIn: null, field: 'Active__c', trueWhen: 'withdrawn', goesBack: false }],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    const emails = await people('following', 12);
    const shown = async (): Promise<unknown[]> =>
      (await rowsOf(copy(0), scene))
        .filter(({ email }) => emails.includes(String(email)))
        .map(({ active }) => active);
    const batch = (at: number): Promise<unknown> =>
      postBatch(copy(at), token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName', 'Active__c'],
        upserts: emails.map((email, index) => [
          contactId('following'.length * 1000 + index),
          moment(at),
          email,
          `N${at}`,
          false,
        ]),
      }).expect(200);
    const click = async (email: string, place: number): Promise<void> => {
      const made = await admin(copy(place), 'post', `/v1/admin/projects/${scene.project}/consent/links`)
        .send({ purpose: 'unsubscribe', contacts: [{ email }] })
        .expect(200);
      const { links } = made.body as { links: { url: string }[] };
      await request(copy(place).app)
        .post(new URL(links[0]?.url ?? '').pathname)
        .type('form')
        .send('List-Unsubscribe=One-Click')
        .expect(200);
    };
    await batch(1);
    expect(await shown()).toEqual(emails.map(() => false));
    await Promise.all([
      ...Array.from({ length: 10 }, (_, turn) => batch(turn + 2)),
      ...emails.map((email, place) => click(email, place)),
    ]);
    expect(await shown()).toEqual(emails.map(() => true));
  });
});
