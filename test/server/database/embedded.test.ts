import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startEmbeddedServer,
  type TestServer,
} from '../support/test-server.ts';

describe('the embedded database', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startEmbeddedServer();
  });
  afterAll(() => server.close());

  it('takes batches again after its connection broke', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    const batch = (seconds: number) =>
      postBatch(server, token, { upserts: [[contactId(1), moment(seconds), 'a@example.com', 'A']] });
    await batch(0).expect(200);
    const client = await server.database.pool.connect();
    client.release(true);
    expect((await batch(1).expect(200)).body).toMatchObject({ applied: 1 });
  });

  it('makes no SQL role', async () => {
    const { project } = await createScene(server);
    const answer = await admin(server, 'post', `/v1/admin/projects/${project}/sql-role`).expect(409);
    expect(answer.body).toMatchObject({ code: 'embedded-database' });
    const standing = await admin(server, 'get', `/v1/admin/projects/${project}/sql-role`).expect(200);
    expect(standing.body).toEqual({ role: null, isPossible: false });
  });
});
