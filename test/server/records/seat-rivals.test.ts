import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const SHARED = 'shared@example.com';
const NEW = 'new@example.com';

/** Several records of one address, whose row the project gives another one. */
describe('the row of several records that goes to another key', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
      upserts: [
        [contactId(1), moment(9), SHARED, 'Fills'],
        [contactId(2), moment(3), SHARED, 'Waits'],
        [contactId(3), moment(1), SHARED, 'Waits longer'],
      ],
    }).expect(200);
    const optIns = `/v1/admin/projects/${scene.project}/opt-ins`;
    await admin(server, 'post', optIns).send({ code: 'news', name: 'News' }).expect(201);
  });

  const project = (): string => `/v1/admin/projects/${scene.project}`;
  const move = (to: string): Promise<unknown> =>
    Promise.resolve(
      admin(server, 'patch', `${project()}/tables/Contact/rows/${SHARED}`)
        .query({ overridesSalesforce: 'true' })
        .send({ email: to })
        .expect(200),
    );
  const rows = async (): Promise<unknown[]> =>
    (await rowsOf(server, scene)).map(({ email, last_name: name, _salesforce_id: id }) => [email, name, id]);
  const say = (status: string): Promise<unknown> =>
    Promise.resolve(
      admin(server, 'post', `${project()}/consent`)
        .send({ changes: [{ contact: { email: SHARED }, optIn: 'news', status }] })
        .expect(200),
    );
  const saidOf = async (): Promise<unknown[]> => {
    const found = await server.database.pool.query<{ email: string; status: string }>(
      `SELECT i.record_key->>'email' AS email, c.status FROM di.consent c JOIN di.record_identity i ON i.id = c.identity_id
       JOIN di.project_table t ON t.id = i.table_id JOIN di.project p ON p.id = t.project_id WHERE p.code = $1 ORDER BY 1`,
      [scene.project],
    );
    return found.rows.map(({ email, status }) => [email, status]);
  };

  it('leaves one to the best of those that waited', async () => {
    await move(NEW);
    expect(await rows()).toEqual([
      [NEW, 'Fills', contactId(1)],
      [SHARED, 'Waits', contactId(2)],
    ]);
    const duplicates = await admin(server, 'get', `${project()}/tables/Contact/duplicates`).expect(200);
    expect(duplicates.text).toContain(contactId(3));
  });

  it('leaves what was withdrawn to both', async () => {
    await say('withdrawn');
    await move(NEW);
    expect(await saidOf()).toEqual([
      [NEW, 'withdrawn'],
      [SHARED, 'withdrawn'],
    ]);
  });

  it('takes along what was granted', async () => {
    await say('granted');
    await move(NEW);
    expect(await saidOf()).toEqual([[NEW, 'granted']]);
  });

  it('leaves none where nobody waited', async () => {
    const change = { last_name: 'Other', email: NEW };
    await move('first@example.com');
    await admin(server, 'patch', `${project()}/tables/Contact/rows/first@example.com`)
      .query({ overridesSalesforce: 'true' })
      .send(change)
      .expect(200);
    expect(await rows()).toEqual([
      [NEW, 'Other', contactId(1)],
      [SHARED, 'Waits', contactId(2)],
    ]);
  });
});
