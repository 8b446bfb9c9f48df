import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  admin,
  authorizedToken,
  createScene,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/** Numbers that a float would make others of. */
describe('a long number', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    const fields = [
      { name: 'total', type: 'decimal', precision: 30, scale: 4 },
      { name: 'whole', type: 'integer' },
      { name: 'written', type: 'text' },
    ];
    for (const field of fields)
      await admin(server, 'post', `/v1/admin/projects/${scene.project}/tables/Contact/fields`)
        .send(field)
        .expect(201);
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/build`).expect(200);
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Total__c', column: 'total' },
      { salesforceField: 'Whole__c', column: 'whole' },
      { salesforceField: 'Written__c', column: 'written' },
    ];
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping })
      .expect(200);
    token = await authorizedToken(server, scene);
  });
  afterAll(() => server.close());

  it.each([
    ['999999999999999999', '999999999999999999', '999999999999999999'],
    ['9007199254740993', '9007199254740993', '9007199254740993'],
    ['-9223372036854775807', '-9223372036854775807', '-9223372036854775807'],
    ['1.2345678901234567E17', '123456789012345670', '123456789012345670'],
    ['1.5E3', '1500', '1500'],
  ])('of a batch, %s, is stored digit by digit, and answered so', async (sent, whole, written) => {
    const email = `a${whole}@example.com`;
    const body = `{"object":"Contact","fields":["Id","SystemModstamp","Email","Total__c","Whole__c","Written__c"],
      "upserts":[["0035g00000LkXaBAAV","2026-11-20T10:00:00.000Z","${email}",${sent},${sent},${sent}],
      ["0035g00000LkXaCAAV","2026-11-20T10:00:00.000Z","c${email}",1234567890123456.7891,7,1234567890123456.7891]]}`;
    const answer = await request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', `number ${sent}`.replaceAll(' ', '-'))
      .set('Content-Type', 'application/json')
      .send(body)
      .expect(200);
    expect(answer.body).toMatchObject({ rejected: [] });
    const found = await server.database.pool.query(
      `SELECT total::text, whole::text, written FROM p_${scene.project.toLowerCase()}."Contact" WHERE email IN ($1, $2) ORDER BY email`,
      [email, `c${email}`],
    );
    expect(found.rows).toEqual([
      { total: `${whole}.0000`, whole, written },
      { total: '1234567890123456.7891', whole: '7', written: '1234567890123456.7891' },
    ]);
    const filter = `?filter={"total":${sent}}`;
    const rows = await admin(
      server,
      'get',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows${encodeURI(filter)}`,
    ).expect(200);
    expect((rows.body as { rows: object[] }).rows).toMatchObject([
      { total: `${whole}.0000`, whole: Number.isSafeInteger(Number(whole)) ? Number(whole) : whole },
    ]);
  });

  it('of a row is refused where the column has no room for it, and never rounded', async () => {
    const answer = await request(server.app)
      .post(`/v1/admin/projects/${scene.project}/tables/Contact/rows`)
      .set('Authorization', `Bearer ${ADMIN}`)
      .set('Content-Type', 'application/json')
      .send(
        '{"overridesSalesforce":true,"rows":[{"email":"b@example.com","whole":9223372036854775808},{"email":"c@example.com","total":0.12345}]}',
      )
      .expect(200);
    expect(answer.body).toMatchObject({
      rejected: 2,
      results: [{ code: 'out-of-range' }, { code: 'out-of-range' }],
    });
  });
});
