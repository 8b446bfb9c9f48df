import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
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
});
