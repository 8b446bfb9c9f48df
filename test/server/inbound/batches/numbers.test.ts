import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  admin,
  authorizedToken,
  contactId,
  createScene,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'Total__c', column: 'total' },
  { salesforceField: 'Whole__c', column: 'whole' },
  { salesforceField: 'Written__c', column: 'written' },
];

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
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping: MAPPING })
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

  it.each([
    ['33.333333333', '33.3333', '33'],
    ['0.30000000000000004', '0.3000', '0'],
    ['2.00005', '2.0001', '2'],
    ['1234567890123456.78915', '1234567890123456.7892', '1234567890123457'],
    ['"1.25E1"', '12.5000', '13'],
  ])(
    'of Salesforce with more digits than its field shows, %s, is rounded half up',
    async (sent, total, whole) => {
      const id = await sendOne(sent);
      const { rows } = await server.database.pool.query(
        `SELECT total::text, whole::text FROM p_${scene.project.toLowerCase()}."Contact" WHERE _salesforce_id = $1`,
        [id],
      );
      expect(rows).toEqual([{ total, whole }]);
    },
  );

  it('keeps its record out where the mapping has it refused', async () => {
    const change = (decimals: string): Promise<unknown> =>
      admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
        .send({
          mapping: MAPPING.map((entry) => (entry.column === 'total' ? { ...entry, decimals } : entry)),
        })
        .expect(200);
    await change('refuse');
    await expect(sendOne('33.333333333')).rejects.toThrow(/total takes 4 digits after the point/);
    await change('round');
    await sendOne('33.333333333');
  });

  let sent = 0;
  /** A record with a number in each of its fields; answers its id. Throws what it is rejected for. */
  async function sendOne(number: string): Promise<string> {
    sent += 1;
    const id = contactId(7000 + sent);
    const answer = await request(server.app)
      .post('/v1/tables/Contact/batches')
      .set('Authorization', `Bearer ${token}`)
      .set('Idempotency-Key', `one-number-${sent}`)
      .set('Content-Type', 'application/json')
      .send(
        `{"object":"Contact","fields":["Id","SystemModstamp","Email","Total__c","Whole__c"],
        "upserts":[["${id}","2026-11-20T10:00:00.000Z","n${sent}@example.com",${number},${number}]]}`,
      )
      .expect(200);
    const { rejected } = answer.body as { rejected: { message: string }[] };
    if (rejected[0]) throw new Error(rejected[0].message);
    return id;
  }

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
