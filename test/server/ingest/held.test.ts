import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

const BATCH = { upserts: [[contactId(1), moment(0), 'a@example.com', 'A']] };

describe('a batch whose transfer takes nothing now', () => {
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
  });

  const change = (path: string): Promise<unknown> => admin(server, 'post', path).expect(200);
  const visits = { name: 'Visits', primaryKey: ['id'], fields: [{ name: 'id', type: 'integer' }] };

  /** Statuses and codes are those that versions of the plugin know that do not know holds. */
  it.each<[string, string, number, string, (path: string) => Promise<unknown>]>([
    ['transfer-paused', 'Contact', 409, 'transfer-not-active', () => change(`${transferPath()}/pause`)],
    ['transfer-draft', 'Visit', 409, 'transfer-not-active', () => addTable('Visit', 'draft')],
    ['transfer-missing', 'Visit', 409, 'transfer-not-active', () => addTable('Visit', 'none')],
    ['table-missing', 'Visit', 404, 'not-found', () => Promise.resolve()],
    ['table-archived', 'Visit', 422, 'table-archived', archiveTable],
    ['project-archived', 'Contact', 422, 'project-archived', (path) => change(`${path}/archive`)],
  ])('is answered with %s and when to ask again', async (hold, table, status, code, prepare) => {
    await prepare(`/v1/admin/projects/${scene.project}`);
    const answer = await postBatch(server, token, BATCH, { table }).expect(status);
    expect(answer.body).toMatchObject({ hold, code, status });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(60);
  });

  it('is taken, the same batch, once it takes again', async () => {
    await change(`${transferPath()}/pause`);
    await postBatch(server, token, BATCH, { key: 'one' }).expect(409);
    await change(`${transferPath()}/activate`);
    const answer = await postBatch(server, token, BATCH, { key: 'one' }).expect(200);
    expect(answer.body).toMatchObject({ applied: 1 });
  });

  it('is not what is wrong with a batch itself', async () => {
    const answer = await postBatch(server, token, {
      fields: ['Id', 'SystemModstamp', 'Email', 'Nobody__c'],
    }).expect(422);
    expect(answer.body).not.toHaveProperty('hold');
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  const transferPath = (): string => `/v1/admin/transfers/${scene.transferId}`;
  async function archiveTable(project: string): Promise<void> {
    await addTable('Visit', 'draft');
    await change(`${project}/tables/Visit/archive`);
  }

  async function addTable(code: string, transfer: 'draft' | 'none'): Promise<void> {
    const project = `/v1/admin/projects/${scene.project}`;
    await admin(server, 'post', `${project}/tables`)
      .send({ code, ...visits })
      .expect(201);
    await change(`${project}/build`);
    if (transfer === 'none') return;
    await admin(server, 'post', '/v1/admin/transfers')
      .send({
        connection: scene.connectionId,
        table: code,
        object: 'Contact',
        mapping: [{ salesforceField: 'Number__c', column: 'id' }],
      })
      .expect(201);
  }
});
