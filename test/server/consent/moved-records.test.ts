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

/** Consent belongs to a person: it follows a row to another key, and waits for one that was deleted. */
describe('the consent of a person', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
    await createOptIn(server, scene);
    await send(0, [1, 'a@example.com'], [2, 'b@example.com'], [3, 'c@example.com']);
  });

  const send = async (seconds: number, ...records: readonly (readonly [number, string])[]): Promise<void> => {
    await postBatch(server, token, {
      upserts: records.map(([number, email]) => [contactId(number), moment(seconds), email, `N${number}`]),
    }).expect(200);
  };
  const say = (email: string, status: string) =>
    changeConsent(server, scene, [{ contact: { email }, optIn: 'newsletter', status }]);
  const status = (email: string) => statusOf(server, scene, email);

  it('follows a change of the key', async () => {
    await say('a@example.com', 'withdrawn');
    await send(5, [1, 'new@example.com']);
    expect(await status('new@example.com')).toBe('withdrawn');
    await send(6, [4, 'a@example.com']);
    expect(await status('a@example.com')).toBeNull();
  });

  it('goes round with keys that two records exchange, or three', async () => {
    await say('a@example.com', 'withdrawn');
    await say('b@example.com', 'granted');
    await send(5, [1, 'b@example.com'], [2, 'a@example.com']);
    expect([await status('a@example.com'), await status('b@example.com')]).toEqual(['granted', 'withdrawn']);
    await send(6, [1, 'c@example.com'], [2, 'b@example.com'], [3, 'a@example.com']);
    expect([
      await status('a@example.com'),
      await status('b@example.com'),
      await status('c@example.com'),
    ]).toEqual([null, 'granted', 'withdrawn']);
  });

  it.each([
    ['granted', 'withdrawn'],
    ['withdrawn', 'granted'],
  ])('is the lower one where somebody with %s becomes one with somebody with %s', async (mover, stayer) => {
    await say('a@example.com', mover);
    await say('b@example.com', stayer);
    await send(5, [1, 'b@example.com']);
    expect(await status('b@example.com')).toBe('withdrawn');
    const { events } = await consentOf(server, scene, { email: 'b@example.com' });
    expect(events.filter(({ source }) => source === 'api').map(({ contact }) => contact)).toEqual([
      { email: 'a@example.com' },
      { email: 'b@example.com' },
    ]);
  });

  it('comes along to somebody who was never asked', async () => {
    await say('a@example.com', 'granted');
    await send(5, [1, 'b@example.com']);
    expect(await status('b@example.com')).toBe('granted');
    const list = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/consent?optIn=newsletter&status=granted`,
    ).expect(200);
    expect((list.body as { contacts: { contact: object }[] }).contacts).toMatchObject([
      { contact: { email: 'b@example.com' } },
    ]);
  });

  it('goes along from key to key, and stays where others do', async () => {
    await say('a@example.com', 'withdrawn');
    await send(5, [1, 'b@example.com']);
    await send(6, [1, 'c@example.com']);
    expect(await status('c@example.com')).toBe('withdrawn');
    expect(await status('b@example.com')).toBe('withdrawn');
    const { events } = await consentOf(server, scene, { email: 'c@example.com' });
    expect(events.map(({ source }) => source)).toEqual(['merge']);
  });

  it('outlives a deletion and a return of the row', async () => {
    await say('a@example.com', 'withdrawn');
    await postBatch(server, token, {
      deletes: [{ id: contactId(1), at: moment(5), key: { Email: 'a@example.com' } }],
    }).expect(200);
    await send(9, [7, 'a@example.com']);
    expect(await status('a@example.com')).toBe('withdrawn');
  });

  it('follows where the key’s own field gets another name, and marketers find it in SQL', async () => {
    await say('a@example.com', 'withdrawn');
    await admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Contact/fields/email`)
      .send({ name: 'address' })
      .expect(200);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    const { consents } = await consentOf(server, scene, { address: 'a@example.com' });
    expect(consents[0]?.status).toBe('withdrawn');
    const { rows } = await server.database.pool.query(
      `SELECT address, _opt_in, _status FROM "p_${scene.project.toLowerCase()}"."consent"`,
    );
    expect(rows).toEqual([{ address: 'a@example.com', _opt_in: 'newsletter', _status: 'withdrawn' }]);
  });

  it('keeps the name of its view to itself', async () => {
    const answer = await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables`)
      .send({ code: 'consent', name: 'C', primaryKey: ['k'], fields: [{ name: 'k', type: 'text' }] })
      .expect(409);
    expect(answer.body).toMatchObject({ code: 'table-exists' });
  });
});
