import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { longNumbersInKeys } from '../../../server/src/database/migrations/036-long-numbers-in-keys.ts';
import { changeConsent, consentOf, createOptIn } from '../support/consent.ts';
import { admin, rowsOf, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

/** Neighbours that one float stands for, at both ends of what a key takes, and one that a float holds. */
const TOLD_APART = [
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '-9007199254740992',
  '9223372036854775806',
  '9223372036854775807',
  '41',
] as const;

describe('people whose numbers a float cannot tell apart', () => {
  let server: TestServer;
  let scene: Pick<Scene, 'project'>;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = { project: `L${Math.random().toString(36).slice(2, 12)}` };
    const fields = [
      { name: 'number', type: 'integer' },
      { name: 'city', type: 'text' },
    ];
    await admin(server, 'post', '/v1/admin/projects')
      .send({
        code: scene.project,
        name: 'Test',
        type: 'B',
        contacts: { primaryKey: ['number'], fields },
      })
      .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    await createOptIn(server, scene);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .send({ rows: TOLD_APART.map((number) => ({ number, city: `of ${number}` })) })
      .expect(200);
  });

  const rows = () => rowsOf(server, scene as Scene);
  const one = (number: string): string => `/v1/admin/projects/${scene.project}/tables/Contact/rows/${number}`;

  it('are as many rows', async () => {
    const cities = (await rows()).map(({ number, city }) => [String(number), city]);
    expect(new Map(cities as [string, string][])).toEqual(
      new Map(TOLD_APART.map((number) => [number, `of ${number}`])),
    );
  });

  it.each(TOLD_APART)('have each a consent of their own: %s', async (number) => {
    const said = await changeConsent(server, scene, [
      { contact: { number }, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    expect(said).toMatchObject({ applied: 1 });
    for (const other of TOLD_APART) {
      const { consents } = await consentOf(server, scene, { number: other });
      expect([other, consents[0]?.status ?? null]).toEqual([other, other === number ? 'withdrawn' : null]);
    }
  });

  it.each(TOLD_APART)('are changed one at a time: %s', async (number) => {
    const changed = await admin(server, 'patch', one(number)).send({ city: 'Rome' });
    expect(changed.status, changed.text).toBe(200);
    expect((await rows()).filter(({ city }) => city === 'Rome').map((row) => String(row.number))).toEqual([
      number,
    ]);
  });

  it.each(TOLD_APART)('keep their consent when their number changes: %s', async (number) => {
    await changeConsent(server, scene, [{ contact: { number }, optIn: 'newsletter', status: 'granted' }]);
    const moved = await admin(server, 'patch', one(number)).send({ number: '9007199254740995' });
    expect(moved.status, moved.text).toBe(200);
    const { consents } = await consentOf(server, scene, { number: '9007199254740995' });
    expect(consents[0]?.status).toBe('granted');
  });

  it('keep what was known of them before their keys were exact', async () => {
    const number = '9007199254740993';
    await changeConsent(server, scene, [{ contact: { number }, optIn: 'newsletter', status: 'withdrawn' }]);
    // As the database's own triggers wrote it.
    const { rowCount } = await server.database.pool.query(
      `UPDATE di.record_identity SET record_key = '{"number": 9007199254740993}' WHERE record_key = '{"number": "9007199254740993"}'`,
    );
    expect(rowCount).toBeGreaterThan(0);
    await longNumbersInKeys.up(server.database.knex);
    const { consents } = await consentOf(server, scene, { number });
    expect(consents[0]?.status).toBe('withdrawn');
  });
});
