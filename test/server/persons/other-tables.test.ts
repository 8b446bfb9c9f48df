import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANN, BOB, addRows, createTable, erase, tablesWith, sceneOfTwo } from '../support/persons.ts';
import {
  admin,
  authorizedToken,
  contactId,
  postBatch,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

describe('a person whom rows of other tables name', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    ({ scene } = await sceneOfTwo(server));
    await createTable(server, scene, 'Orders', [
      { name: 'number', type: 'integer' },
      { name: 'buyer', type: 'email', reference: { table: 'Contact', column: 'email' } },
      { name: 'sum', type: 'integer' },
    ]);
    await createTable(server, scene, 'Visits', [
      { name: 'number', type: 'text' },
      { name: 'visitor', type: 'email' },
    ]);
    await write('Orders', [
      { number: 1, buyer: ANN.email, sum: 7 },
      { number: 2, buyer: BOB.email, sum: 8 },
    ]);
    await write('Visits', [
      { number: 'a', visitor: 'ANN@example.com' },
      { number: 'b', visitor: 'joann@example.com' },
    ]);
  });

  const write = (table: string, rows: object[]): Promise<void> => addRows(server, scene, rows, table);
  const emails = async (): Promise<unknown[]> => (await rowsOf(server, scene)).map((row) => row.email);
  const rows = async (table: string): Promise<Record<string, unknown>[]> => {
    const answer = await admin(server, 'get', `/v1/admin/projects/${scene.project}/tables/${table}/rows`);
    return (answer.body as { rows: Record<string, unknown>[] }).rows;
  };

  it('is not erased before somebody has said what becomes of those', async () => {
    const { answer } = await erase(server, scene, ANN);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: 'other-tables-undecided',
      tables: [
        { table: 'Orders', rows: 1, columns: ['buyer'] },
        { table: 'Visits', rows: 1, columns: ['visitor'] },
      ],
    });
    expect(await emails()).toEqual([ANN.email, BOB.email]);
    const dry = await erase(server, scene, { ...ANN, dryRun: true });
    expect(dry.body.kept.filter(({ code }) => code === 'undecided')).toMatchObject([
      { table: 'Orders', count: 1 },
      { table: 'Visits', count: 1 },
    ]);
  });

  it('has them deleted', async () => {
    await erase(server, scene, { ...ANN, otherTables: 'delete' });
    expect((await rows('Orders')).map(({ number }) => number)).toEqual([2]);
    expect((await rows('Visits')).map(({ number }) => number)).toEqual(['b']);
    expect(await tablesWith(server, scene, `"${ANN.email}"`)).toEqual([]);
  });

  it('has them blanked or kept, table by table', async () => {
    const { body } = await erase(server, scene, {
      ...ANN,
      otherTables: { Orders: 'blank', Visits: 'keep' },
    });
    expect((await rows('Orders')).map(({ buyer, sum }) => [buyer, sum])).toEqual([
      [null, 7],
      [BOB.email, 8],
    ]);
    expect((await rows('Visits')).map(({ visitor }) => visitor)).toEqual([ANN.email, 'joann@example.com']);
    expect(body.erased).toContainEqual({ place: 'values', table: 'Orders', count: 1 });
    expect(body.kept).toContainEqual(expect.objectContaining({ table: 'Visits', code: 'kept-as-asked' }));
  });

  it('is told where a column cannot be blanked, and nothing is done', async () => {
    await createTable(server, scene, 'Logins', [
      { name: 'who', type: 'email' },
      { name: 'times', type: 'integer' },
    ]);
    await write('Logins', [{ who: ANN.email, times: 3 }]);
    const { answer } = await erase(server, scene, { ...ANN, otherTables: 'blank' });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'cannot-be-blank', table: 'Logins', column: 'who' });
    expect(await emails()).toEqual([ANN.email, BOB.email]);
    expect((await rows('Orders'))[0]).toMatchObject({ buyer: ANN.email });
  });

  it('is found by a key that no row has any more', async () => {
    const token = await authorizedToken(server, scene);
    const at = new Date().toISOString();
    const deletes = [{ id: contactId(1), at, key: { Email: ANN.email } }];
    await postBatch(server, token, { deletes }, { key: `gone-${scene.project}` }).expect(200);
    expect(await emails()).toEqual([BOB.email]);
    const { body } = await erase(server, scene, { keys: [ANN, ANN], otherTables: 'delete' });
    expect(body).toMatchObject({
      contacts: 0,
      erased: [
        { place: 'rows', table: 'Orders', count: 1 },
        { place: 'rows', table: 'Visits', count: 1 },
      ],
    });
    expect(body.erasure).not.toBeNull();
    expect((await rows('Orders')).map(({ number }) => number)).toEqual([2]);
  });
});
