import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn, statusOf } from '../support/consent.ts';
import {
  admin,
  contactId,
  moment,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';
import {
  ANN,
  BOB,
  addRows,
  erase,
  find,
  projectByNumber,
  tablesWith,
  type ErasureBody,
  sceneOfTwo,
} from '../support/persons.ts';

describe('a person who is erased', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ scene, token } = await sceneOfTwo(server));
    await createOptIn(server, scene);
  });

  const emails = async (): Promise<unknown[]> => (await rowsOf(server, scene)).map((row) => row.email);
  const tracesOf = (text: string): Promise<string[]> => tablesWith(server, scene, text);

  it('is gone from every table, and nobody else is', async () => {
    await changeConsent(server, scene, [
      {
        contact: ANN,
        optIn: 'newsletter',
        status: 'granted',
        reference: `from ${ANN.email}`,
        note: ANN.email,
      },
      { contact: BOB, optIn: 'newsletter', status: 'granted' },
    ]);
    const { body, answer } = await erase(server, scene, { email: ' Ann@Example.com ' });
    expect(answer.status).toBe(200);
    expect(body.erased).toEqual([
      { place: 'rows', table: 'Contact', count: 1 },
      { place: 'batches', table: null, count: 1 },
      { place: 'consents', table: null, count: 1 },
      { place: 'ledger-details', table: null, count: 1 },
      { place: 'identities', table: null, count: 1 },
    ]);
    expect(body.kept.map(({ code }) => code)).toEqual([
      'against-return',
      'proof-of-consent',
      'opt-out-stands',
    ]);
    expect(await emails()).toEqual([BOB.email]);
    expect(await tracesOf(ANN.email)).toEqual([]);
    expect(await tracesOf(contactId(1))).toEqual(['tombstone']);
    expect(await statusOf(server, scene, BOB.email)).toBe('granted');
  });

  it('is named by the primary key as well', async () => {
    const { body } = await erase(server, scene, { keys: [ANN] });
    expect(body.contacts).toBe(1);
    expect(await emails()).toEqual([BOB.email]);
  });

  it('is only counted by a dry run, exactly as the erasure will', async () => {
    await changeConsent(server, scene, [{ contact: ANN, optIn: 'newsletter', status: 'withdrawn' }]);
    const dry = await erase(server, scene, { ...ANN, dryRun: true });
    expect(dry.body).toMatchObject({ dryRun: true, erasure: null });
    expect(await emails()).toEqual([ANN.email, BOB.email]);
    expect(await statusOf(server, scene, ANN.email)).toBe('withdrawn');
    const done = await erase(server, scene, ANN);
    expect(done.body.erased).toEqual(dry.body.erased);
    expect(done.body.kept).toEqual(dry.body.kept);
  });

  it('is erased once: a second time is told when that was, and leaves no receipt', async () => {
    const first = await erase(server, scene, ANN);
    const again = await erase(server, scene, ANN);
    expect(again.body).toMatchObject({ erasure: null, contacts: 0, erased: [], kept: [] });
    expect(again.body.message).toMatch(/^Nothing is held of this person, who was erased on 20/);
    expect(again.body.erasures.map(({ id }) => id)).toEqual([first.body.erasure]);
    const nobody = await erase(server, scene, { email: 'nobody@example.com' });
    expect(nobody.body.message).toBe('Nothing is held of this person.');
  });

  it('leaves a receipt and an audit entry that say nothing of who it was', async () => {
    const { body } = await erase(server, scene, ANN);
    const listed = await admin(server, 'get', `/v1/admin/projects/${scene.project}/persons/erasures`).expect(
      200,
    );
    const [receipt] = (listed.body as { erasures: ErasureBody['erasures'] }).erasures;
    expect(receipt).toMatchObject({
      id: body.erasure,
      actor: { kind: 'operator', name: 'operator' },
      erased: body.erased,
      kept: body.kept,
    });
    expect(receipt?.hash).toMatch(/^[0-9a-f]{64}$/);
    const audit = await admin(server, 'get', '/v1/admin/audit-events?limit=1').expect(200);
    expect((audit.body as { events: object[] }).events[0]).toMatchObject({
      action: 'person.erased',
      subject: scene.project,
      detail: { erasure: body.erasure, hash: receipt?.hash },
    });
    const found = await find(server, scene, ANN);
    expect(found).toMatchObject({ contacts: [], erasures: [{ id: body.erasure }] });
    await expect(server.database.pool.query('UPDATE di.erasure SET actor_name = $1', ['x'])).rejects.toThrow(
      'append-only',
    );
  });

  it('does not come back with the next batch of what has not changed, however late it is', async () => {
    await erase(server, scene, ANN);
    const late = await postBatch(server, token, { upserts: [[contactId(1), moment(9), ANN.email, 'Ann']] });
    expect(late.body).toMatchObject({ applied: 0, stale: 1 });
    expect(await emails()).toEqual([BOB.email]);
    expect(await tracesOf(ANN.email)).toEqual([]);
  });

  it('is told apart from others of one address, unless all of them are meant', async () => {
    scene = await projectByNumber(server, 'number');
    await addRows(server, scene, [
      { number: 1, email: 'Info@example.com', name: 'Ann' },
      { number: 2, email: 'info@example.com', name: 'Bob' },
      { number: 3, email: 'other@example.com', second: 'INFO@example.com', name: 'Cid' },
    ]);
    const open = await erase(server, scene, { email: 'info@example.com' });
    expect(open.answer.status).toBe(409);
    expect(open.answer.body).toMatchObject({
      code: 'several-contacts',
      contacts: [{ key: { number: 1 } }, { key: { number: 2 } }, { key: { number: 3 } }],
    });
    expect((await erase(server, scene, { keys: [{ number: 1 }] })).body.contacts).toBe(1);
    expect((await erase(server, scene, { email: 'info@example.com', all: true })).body.contacts).toBe(2);
    expect(await rowsOf(server, scene)).toEqual([]);
  });

  it('is known by a key of several columns', async () => {
    scene = await projectByNumber(server, 'number', 'name');
    await addRows(server, scene, [
      { number: 1, name: 'O\'Neil "?" $1', email: 'a@example.com' },
      { number: 1, name: 'Other', email: 'b@example.com' },
    ]);
    await createOptIn(server, scene);
    const key = { name: 'O\'Neil "?" $1', number: 1 };
    await changeConsent(server, scene, [{ contact: key, optIn: 'newsletter', status: 'withdrawn' }]);
    const { body } = await erase(server, scene, { keys: [key] });
    expect(body.contacts).toBe(1);
    expect((await rowsOf(server, scene)).map((row) => row.name)).toEqual(['Other']);
  });

  it('may be somebody of whom only an imported opt-out is known', async () => {
    await admin(server, 'post', `/v1/admin/projects/${scene.project}/consent/imports`)
      .type('text/csv')
      .send('address\nCid@example.com\n')
      .expect(200);
    const found = await find(server, scene, { email: 'cid@example.com' });
    expect(found.contacts).toMatchObject([{ hasRow: false, addresses: ['cid@example.com'] }]);
    const { body } = await erase(server, scene, { email: 'cid@example.com' });
    expect(body.erased.map(({ place }) => place)).toEqual(['consents', 'ledger-details', 'identities']);
    expect(await tracesOf('cid@example.com')).toEqual([]);
  });

  it.each([
    "x' OR '1'='1",
    '%@example.com',
    'a"b\\@example.com',
    '$1?@example.com',
    '_nn@example.com',
    'İ@example.com',
  ])('is nobody where the address is %s', async (email) => {
    const { answer, body } = await erase(server, scene, { email, all: true });
    expect(answer.status).toBe(200);
    expect(body).toMatchObject({ contacts: 0, erased: [], erasure: null });
    expect(await emails()).toEqual([ANN.email, BOB.email]);
  });

  it('is asked for in words that can be understood', async () => {
    const refused = async (body: object): Promise<unknown> => {
      const { answer } = await erase(server, scene, body);
      return [answer.status, (answer.body as { code: string }).code];
    };
    expect(await refused({})).toEqual([400, 'invalid-body']);
    expect(await refused({ ...ANN, keys: [ANN] })).toEqual([400, 'invalid-body']);
    expect(await refused({ email: ' ' })).toEqual([422, 'invalid-address']);
    expect(await refused({ email: 'a\0b' })).toEqual([400, 'invalid-character']);
    expect(await refused({ keys: [{ name: 'Ann' }] })).toEqual([422, 'invalid-key']);
    expect(await refused({ ...ANN, otherTables: 'forget' })).toEqual([400, 'invalid-body']);
  });
});
