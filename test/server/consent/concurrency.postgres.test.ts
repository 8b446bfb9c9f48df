import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeConsent, consentOf, createOptIn } from '../support/consent.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
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
});
