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

const EMAIL = { salesforceField: 'Email', column: 'email' };
const LAST_NAME = { salesforceField: 'LastName', column: 'last_name' };
const AGE = { salesforceField: 'Age__c', column: 'age' };

describe('a mapping that loses fields', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    await map([EMAIL, LAST_NAME, AGE], 200);
  });

  const map = (mapping: object[], status: number, more: object = {}) =>
    admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping, ...more })
      .expect(status);
  const send = async (fields: string[], values: unknown[]) =>
    postBatch(server, await authorizedToken(server, scene), {
      fields: ['Id', 'SystemModstamp', ...fields],
      upserts: [[contactId(1), moment(0), ...values]],
    });

  it('is refused where the plugin sends them, with their names, and changes nothing', async () => {
    await send(['Email', 'lastname'], ['a@example.com', 'A']);
    const answer = await map([EMAIL, AGE], 409);
    expect(answer.body).toMatchObject({ code: 'fields-still-sent', fields: ['lastname'] });
    const transfer = await admin(server, 'get', `/v1/admin/transfers/${scene.transferId}`).expect(200);
    expect((transfer.body as { mapping: object[] }).mapping).toHaveLength(3);
  });

  it('is saved where that is meant, where they were never sent, and where they are sent no longer', async () => {
    await send(['Email', 'LastName'], ['a@example.com', 'A']);
    await map([EMAIL, LAST_NAME], 200);
    await map([EMAIL], 200, { dropsSentFields: true });
    await map([EMAIL, LAST_NAME, AGE], 200);
    await send(['Email', 'Age__c'], ['a@example.com', 7]);
    await map([EMAIL, AGE], 200);
  });

  it('asks of one that is paused too, whose records wait, and not of a draft', async () => {
    await send(['Email', 'LastName'], ['a@example.com', 'A']);
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    await map([EMAIL], 409);
    await server.database.pool.query("UPDATE di.transfer SET status = 'draft' WHERE id = $1", [
      scene.transferId,
    ]);
    await map([EMAIL], 200);
  });
});
