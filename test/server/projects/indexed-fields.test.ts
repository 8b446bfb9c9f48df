import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addRows } from '../support/persons.ts';
import { admin, createScene, startTestServer, type Scene, type TestServer } from '../support/test-server.ts';

/** Rows are found by indexes, whose rows take 2,704 bytes and not one more. */
describe('a field that rows are found by', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
  });

  const call = (method: 'get' | 'post' | 'patch', path: string, body: object = {}) =>
    admin(server, method, `/v1/admin/projects/${scene.project}${path}`).send(body);
  const table = (primaryKey: readonly string[], ...fields: readonly object[]) =>
    call('post', '/tables', { code: 'T', name: 'T', primaryKey, fields });
  const text = (name: string, length: number, more: object = {}): object => ({
    name,
    type: 'text',
    length,
    ...more,
  });

  it.each([
    ['the primary key', ['k'], [text('k', 5000)], 'k'],
    ['a part of the key', ['k', 'other'], [text('k', 1300), text('other', 1400)], 'k'],
    ['a unique field', ['k'], [text('k', 20), text('u', 2693, { unique: true })], 'u'],
    ['a reference', ['k'], [text('k', 20), text('r', 2693, { reference: { table: 'T', column: 'k' } })], 'r'],
    [
      'a reference of no length',
      ['k'],
      [text('k', 20), { name: 'r', type: 'longtext', reference: { table: 'T', column: 'k' } }],
      'r',
    ],
  ])('is refused where it is %s and longer than an index takes', async (_what, key, fields, name) => {
    const refused = await table(key, ...fields).expect(422);
    expect(refused.body).toMatchObject({ code: 'too-long-to-index' });
    expect((refused.body as { detail: string }).detail).toMatch(new RegExp(`^${name} (takes|is longtext)`));
  });

  it('is taken up to what an index takes, and no longer afterwards', async () => {
    const fields = [text('k', 2600), text('u', 2692, { unique: true }), text('free', 100_000)];
    await table(['k'], ...fields).expect(201);
    await call('post', '/build').expect(200);
    const row = { k: 'k'.repeat(2600), u: 'u'.repeat(2692), free: 'f'.repeat(100_000) };
    await addRows(server, scene, [row], 'T');
    for (const [field, change] of [
      ['k', { length: 2700 }],
      ['u', { length: 2693 }],
      ['free', { unique: true }],
    ] as const)
      expect((await call('patch', `/tables/T/fields/${field}`, change).expect(422)).body).toMatchObject({
        code: 'too-long-to-index',
      });
    await call('patch', '/tables/T/fields/k', { label: 'Key' }).expect(200);
  });

  it('is refused by the build where it was defined before, or where values are too long that are there', async () => {
    await table(['k'], text('k', 20), text('old', 255), text('wide', 2000)).expect(201);
    await call('post', '/build').expect(200);
    // Not one that compresses: an index would take that.
    const wide = Array.from({ length: 2000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000)));
    await addRows(server, scene, [{ k: 'a', wide: wide.join('') }], 'T');
    await call('patch', '/tables/T/fields/wide', { unique: true }).expect(200);
    await server.database.pool.query(
      "UPDATE di.table_field SET is_unique = true, length = 5000 WHERE name = 'old'",
    );
    const refused = await call('post', '/build').expect(422);
    expect((refused.body as { steps: { field: string; refusal: string }[] }).steps).toMatchObject([
      { field: 'old', refusal: expect.stringContaining('leaves 2692 bytes') as string },
      { field: 'wide', refusal: '1 rows have values of more than 2692 bytes, which no index takes.' },
    ]);
  });

  it('may change in another way where it is too long already', async () => {
    await table(['k'], text('k', 20), text('u', 100, { unique: true })).expect(201);
    await call('post', '/build').expect(200);
    const longer = "jsonb_set(built, '{fields,1,length}', '5000')";
    await server.database.pool.query("UPDATE di.table_field SET length = 5000 WHERE name = 'u'");
    await server.database.pool.query(`UPDATE di.project_table SET built = ${longer} WHERE code = 'T'`);
    await call('patch', '/tables/T/fields/u', { label: 'Unique', required: true }).expect(200);
    await call('post', '/build').expect(200);
  });
});
