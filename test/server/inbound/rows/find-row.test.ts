import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';
import { createAccount, createKey } from '../../support/accounts.ts';

const ANN = 'ann@example.com';

describe('one row is found with all that is known of it', () => {
  let server: TestServer;
  let scene: Scene;
  let project: string;
  beforeAll(async () => {
    server = await startTestServer();
    scene = await createScene(server);
    project = `/v1/admin/projects/${scene.project}`;
    const orders = {
      code: 'Orders',
      name: 'Orders',
      primaryKey: ['number'],
      fields: [
        { name: 'number', type: 'integer', required: true },
        { name: 'buyer', type: 'email' },
      ],
    };
    await admin(server, 'post', `${project}/tables`).send(orders).expect(201);
    await admin(server, 'post', `${project}/build`).expect(200);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(1), moment(1), ANN, 'Ann']] });
    await postBatch(server, token, { upserts: [[contactId(2), moment(0), ANN, 'Older Ann']] });
    await add('Contact', { email: 'bob@example.com', last_name: 'Bob' });
    await add('Orders', { number: 7, buyer: ANN });
    await add('Orders', { number: 8, buyer: 'bob@example.com' });
  });
  afterAll(() => server.close());

  async function add(table: string, row: object): Promise<void> {
    await admin(server, 'post', `${project}/tables/${table}/rows`)
      .send({ rows: [row], overridesSalesforce: true })
      .expect(200);
  }

  const find = (which: object, table = 'Contact', token = ADMIN) =>
    admin(server, 'post', `${project}/tables/${table}/rows/find`, token).send(which);
  const found = async (which: object, table = 'Contact'): Promise<Record<string, unknown>> =>
    (await find(which, table).expect(200)).body as Record<string, unknown>;

  it('by its record: name, record, rival, rows of other tables with its address, history', async () => {
    const answer = await found({ record: contactId(1) });
    expect(answer).toMatchObject({
      name: 'Ann',
      key: { email: ANN },
      row: { last_name: 'Ann', _salesforce_id: contactId(1) },
      records: [{ id: contactId(1), object: 'Contact', connection: 'Org', isSource: true, isGone: false }],
      rivals: [{ id: contactId(2), version: moment(0), isConverted: false }],
      others: [{ table: 'Orders', key: { number: 7 }, address: ANN, recordId: null }],
      isWhole: true,
      conflicts: [],
      history: [{ operation: 'upsert', outcome: 'taken' }],
      deliveries: [],
    });
    expect(await found({ key: { email: 'Ann@Example.com' } })).toEqual(answer);
  });

  it('by its key, where it came from no record', async () => {
    expect(await found({ key: { email: 'bob@example.com' } })).toMatchObject({
      name: 'Bob',
      records: [],
      rivals: [],
      others: [{ table: 'Orders', key: { number: 8 } }],
      history: [],
    });
    expect(await found({ key: { number: 8 } }, 'Orders')).toMatchObject({
      name: null,
      others: [{ table: 'Contact', key: { email: 'bob@example.com' }, name: 'Bob' }],
    });
  });

  it('unless there is none, or it is named by no key of the table', async () => {
    await find({ key: { email: 'nobody@example.com' } }).expect(404);
    await find({ record: contactId(99) }).expect(404);
    await find({ key: { number: 1 } }).expect(422);
    await find({}).expect(400);
    await find({ key: { email: ANN }, record: contactId(1) }).expect(400);
  });

  it('by who reads rows of this account', async () => {
    const other = await createAccount(server);
    await find({ record: contactId(1) }, 'Contact', other.token).expect(404);
    const narrow = await createKey(server, ADMIN, ['persons:read']);
    await find({ record: contactId(1) }, 'Contact', narrow).expect(403);
  });
});
