import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  authorizedToken,
  createScene,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const DESCRIBED = [
  { name: 'Email', type: 'email', length: 80 },
  { name: 'LastName', type: 'string', length: 20 },
  { name: 'Age__c', type: 'double', precision: 3, scale: 0 },
  { name: 'Balance__c', type: 'currency', precision: 10, scale: 2 },
  { name: 'Birthdate', type: 'date' },
  { name: 'Seen__c', type: 'datetime' },
  { name: 'Active__c', type: 'boolean' },
  { name: 'Tier__c', type: 'picklist', values: ['gold', 'silver'] },
  { name: 'Topics__c', type: 'multipicklist' },
];

interface Misfit {
  readonly salesforceField: string;
  readonly level: string;
  readonly message: string;
}

describe('a transfer', () => {
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

  const describeObject = (fields: readonly object[]) =>
    admin(server, 'put', '/v1/plugin/objects/Contact', token).send({ fields });
  const transfer = (verb: string) => admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/${verb}`);

  it('whose fields fit is activated, and says so', async () => {
    const described = await describeObject(DESCRIBED).expect(200);
    expect(described.body).toEqual({ compatibility: [] });
    expect((await transfer('activate').expect(200)).body).toEqual({ status: 'active', compatibility: [] });
  });

  it('that no org has described is activated unchecked', async () => {
    expect((await transfer('activate').expect(200)).body).toEqual({ status: 'active', compatibility: null });
  });

  it.each<[string, object, string]>([
    ['text into a number', { name: 'Age__c', type: 'boolean' }, 'Age__c is boolean, age is integer'],
    ['text that is longer', { name: 'LastName', type: 'string', length: 80 }, 'widen last_name to 80'],
    [
      'more digits',
      { name: 'Balance__c', type: 'currency', precision: 18, scale: 2 },
      '16 digits before and 2 after',
    ],
    [
      'a fraction into a whole number',
      { name: 'Age__c', type: 'double', precision: 5, scale: 2 },
      '2 after the point',
    ],
    ['a moment into a date', { name: 'Birthdate', type: 'datetime' }, 'born is date'],
    [
      'a value outside the picklist',
      { name: 'Tier__c', type: 'picklist', values: ['gold', 'bronze'] },
      '"bronze"',
    ],
    ['a field that is gone', { name: 'Other', type: 'string' }, 'is not a field of the object'],
    ['an address', { name: 'LastName', type: 'address' }, 'LastName is address'],
  ])('with %s is refused, the pair named', async (_what, field, message) => {
    const name = (field as { name: string }).name;
    const fields = DESCRIBED.filter(
      (each) => each.name !== name && (name !== 'Other' || each.name !== 'LastName'),
    );
    await describeObject([...fields, field]).expect(200);
    const refused = await transfer('activate').expect(422);
    expect(refused.body).toMatchObject({ code: 'incompatible-fields' });
    expect((refused.body as { detail: string }).detail).toContain(message);
    const { misfits } = refused.body as { misfits: Misfit[] };
    expect(misfits.filter((misfit) => misfit.level === 'misfit')).toHaveLength(1);
  });

  it('with fields that mostly fit is activated with a word on those that are checked one by one', async () => {
    const fields = DESCRIBED.map((field) =>
      field.name === 'Email'
        ? { name: 'Email', type: 'string', length: 80 }
        : field.name === 'Tier__c'
          ? { name: 'Tier__c', type: 'picklist' }
          : field,
    );
    await describeObject([...fields, { name: 'CurrencyIsoCode', type: 'picklist' }]).expect(200);
    const { compatibility } = (await transfer('activate').expect(200)).body as { compatibility: Misfit[] };
    expect(compatibility.map(({ salesforceField, level }) => [salesforceField, level])).toEqual([
      ['Email', 'checked'],
      ['Tier__c', 'checked'],
      ['Balance__c', 'checked'],
    ]);
    expect(compatibility[2]?.message).toContain('CurrencyIsoCode');
  });

  it('tells the org how its fields fit when it describes them', async () => {
    const answer = await describeObject([
      ...DESCRIBED.filter((field) => field.name !== 'LastName'),
      { name: 'LastName', type: 'string', length: 255 },
    ]);
    expect(answer.body).toMatchObject({
      compatibility: [
        { table: 'Contact', salesforceField: 'LastName', column: 'last_name', level: 'misfit' },
      ],
    });
  });

  it('shows what samples would write and which would be rejected, and writes nothing', async () => {
    const answer = await transfer('dry-run')
      .send({
        records: [
          { attributes: { type: 'Contact' }, Id: '003', email: 'a@example.com', LastName: 'Ann', Age__c: 40 },
          { Email: 'nowhere', LastName: 'Bea' },
          { Email: 'a@example.com', LastName: 'Ann again', SystemModstamp: '2020-01-01T00:00:00.000Z' },
          { Email: null, LastName: 'Nobody' },
        ],
      })
      .expect(200);
    expect(answer.body).toMatchObject({
      rows: [{ record: 0, values: { email: 'a@example.com', last_name: 'Ann', age: '40' } }],
      rejected: [{ record: 1, code: 'invalid-email', field: 'Email' }],
      superseded: [2],
      leftOut: [3],
    });
    expect(await rowsOf(server, scene)).toEqual([]);
  });

  it('tries another mapping on samples before it is kept', async () => {
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Account.Name', column: 'last_name', transforms: [{ type: 'uppercase' }] },
    ];
    const answer = await transfer('dry-run')
      .send({ mapping, records: [{ Email: 'a@example.com', Account: { Name: 'Acme' } }] })
      .expect(200);
    expect(answer.body).toMatchObject({ rows: [{ values: { last_name: 'ACME' } }] });
    const kept = await admin(server, 'get', `/v1/admin/transfers/${scene.transferId}`).expect(200);
    expect(JSON.stringify(kept.body)).not.toContain('Account.Name');
  });

  it('that is active takes no mapping that cannot be', async () => {
    await describeObject(DESCRIBED).expect(200);
    await transfer('activate').expect(200);
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'Birthdate', column: 'active' },
    ];
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping })
      .expect(422);
  });

  it.each([
    ['no source', { column: 'email' }],
    ['two sources', { column: 'email', salesforceField: 'Email', constant: 'x' }],
    ['an unknown transform', { column: 'email', salesforceField: 'Email', transforms: [{ type: 'rot13' }] }],
    ['a path that would be SOQL', { column: 'email', salesforceField: 'Email FROM User' }],
    ['a concat of one', { column: 'email', concat: { salesforceFields: ['Email'], separator: '' } }],
  ])('refuses an entry with %s', async (_what, entry) => {
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/mapping`)
      .send({ mapping: [entry] })
      .expect(400);
  });
});
