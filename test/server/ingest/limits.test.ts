import { randomBytes } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeConsent, createOptIn } from '../support/consent.ts';
import { activeIntegration, groundOf, secondConnection } from '../support/delivery-scene.ts';
import { ImportCalls } from '../support/imports.ts';
import {
  admin,
  authorizedToken,
  contactId,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

/** Enough of them, each too short to be kept beside its row, are more than a row takes. */
const MANY = 430;
const VALUE = 'twenty characters ..';
const names = Array.from({ length: MANY }, (_name, place) => `f${place}`);

/** Text that no compression makes shorter. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64url').slice(0, bytes);

interface Told {
  readonly code: string;
  readonly column: string | null;
}

/** What PostgreSQL has no room for, or refuses, is one record's matter: its neighbours are written. */
describe('a record that PostgreSQL refuses', () => {
  let server: TestServer;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());

  const send = async (method: 'post' | 'put' | 'patch', path: string, body: object): Promise<unknown> => {
    const answer = await admin(server, method, `/v1/admin/${path}`).send(body);
    if (answer.status > 299) throw new Error(answer.text);
    return answer.body;
  };

  /** A project whose contacts come from Salesforce and from the API. */
  async function give(primaryKey: readonly string[], fields: readonly { name: string }[]): Promise<Scene> {
    const project = `L${randomBytes(6).toString('hex')}`;
    await send('post', 'projects', {
      code: project,
      name: 'L',
      type: 'AB',
      contacts: { primaryKey, fields },
    });
    await send('post', `projects/${project}/build`, {});
    const connection = await send('post', 'connections', { project, name: 'Org' });
    const { id: connectionId, ...keys } = connection as { id: string; keyId: string; secret: string };
    const mapping = fields.map(({ name }) => ({ salesforceField: `${name}__c`, column: name }));
    const transfer = { connection: connectionId, table: 'Contact', object: 'Contact', mapping };
    const { id: transferId } = (await send('post', 'transfers', transfer)) as { id: string };
    await send('post', `transfers/${transferId}/activate`, {});
    return { project, connectionId, transferId, ...keys };
  }

  type Row = Readonly<Record<string, unknown>>;

  /** What is told of the rows that are refused, by each way that rows come. */
  async function refusals(scene: Scene, rows: readonly Row[]): Promise<Record<string, readonly Told[]>> {
    return {
      batch: await byBatch(scene, rows, 100),
      rows: await byRows(scene, rows),
      import: await byImport(scene, rows),
    };
  }

  async function byBatch(scene: Scene, rows: readonly Row[], seconds: number): Promise<Told[]> {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const answer = await postBatch(
      server,
      await authorizedToken(server, scene),
      {
        fields: ['Id', 'SystemModstamp', ...columns.map((name) => `${name}__c`)],
        upserts: rows.map((row, place) => [
          contactId(place + 1),
          moment(seconds),
          ...columns.map((name) => row[name] ?? null),
        ]),
      },
      { key: randomBytes(8).toString('hex') },
    ).expect(200);
    const { rejected } = answer.body as { rejected: { code: string; field: string | null }[] };
    return rejected.map(({ code, field }) => ({ code, column: field?.replace(/__c$/, '') ?? null }));
  }

  async function byRows(scene: Scene, rows: readonly Row[]): Promise<Told[]> {
    const path = `projects/${scene.project}/tables/Contact/rows`;
    const { results } = (await send('post', path, { rows })) as {
      results: { outcome: string; code: string; column: string | null }[];
    };
    return results.flatMap(({ outcome, code, column }) => (outcome === 'rejected' ? [{ code, column }] : []));
  }

  async function byImport(scene: Scene, rows: readonly Row[]): Promise<Told[]> {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const lines = [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))];
    const text = lines
      .map((line) =>
        line.map((cell) => `"${typeof cell === 'string' ? cell : JSON.stringify(cell)}"`).join(','),
      )
      .join('\n');
    const { id } = await imports.upload(scene.project, text);
    await imports.set(id, { mapping: columns.map((name) => ({ heading: name, to: name })) });
    await imports.run(id);
    const told: Row[] = parse(await imports.results(id), { columns: true });
    return told.map((row) => ({
      code: String(row._code),
      column: row._column === '' ? null : String(row._column),
    }));
  }

  const patch = (scene: Scene, key: string, change: object) =>
    admin(server, 'patch', `/v1/admin/projects/${scene.project}/tables/Contact/rows/${key}`).send(change);
  const everywhere = (...told: Told[]): object => ({ batch: told, rows: told, import: told });
  const emails = async (scene: Scene): Promise<unknown[]> => {
    const { table } = await groundOf(server, scene);
    const { rows } = await server.database.pool.query<{ email: string }>(
      `SELECT email FROM ${table} ORDER BY 1`,
    );
    return rows.map(({ email }) => email);
  };

  it('for what a row takes is told so, and stops none of its neighbours', async () => {
    const texts = names.map((name) => ({ name, type: 'text' }));
    const scene = await give(['email'], [{ name: 'email', type: 'email' } as { name: string }, ...texts]);
    const rows = ['a', 'b', 'c', 'd'].map((who, place) => ({
      email: `${who}@example.com`,
      ...(place % 2 === 1 ? Object.fromEntries(names.map((name) => [name, VALUE])) : { f0: 'short' }),
    }));
    const tooLong = { code: 'too-long', column: null };
    expect(await refusals(scene, rows)).toEqual(everywhere(tooLong, tooLong));
    expect(await emails(scene)).toEqual(['a@example.com', 'c@example.com']);
    const refused = await patch(scene, 'a@example.com', rows[1] ?? {}).expect(422);
    expect(refused.body).toMatchObject({ code: 'too-long', column: null });
  });

  it('because its row has no room to be archived in, or for a longer key, is told so', async () => {
    const texts = names.map((name) => ({ name, type: 'text' }));
    const scene = await give(['email'], [{ name: 'email', type: 'email' } as { name: string }, ...texts]);
    const { table } = await groundOf(server, scene);
    const full = Object.fromEntries(names.slice(0, 370).map((name) => [name, VALUE]));
    const token = await authorizedToken(server, scene);
    const rows = [
      { email: 'a@example.com', ...full },
      { email: 'b@example.com', f0: 'short' },
    ];
    expect(await byBatch(scene, rows, 0)).toEqual([]);
    await fillUp(table);
    const answer = await postBatch(
      server,
      token,
      {
        fields: ['Id', 'SystemModstamp', 'email__c'],
        archives: [1, 2].map((number) => [contactId(number), moment(5)]),
      },
      { key: randomBytes(8).toString('hex') },
    ).expect(200);
    expect(answer.body).toMatchObject({
      archived: 1,
      rejected: [{ id: contactId(1), code: 'too-long', field: null }],
    });
    const longer = `${'a'.repeat(60)}@example.com`;
    const moved = [{ email: longer }, { email: 'moved@example.com' }];
    expect(await byBatch(scene, moved, 9)).toEqual([{ code: 'too-long', column: null }]);
    expect(await emails(scene)).toEqual(['a@example.com', 'moved@example.com']);
  });

  /** Fills the first row until not one more byte fits into it. */
  async function fillUp(table: string): Promise<void> {
    const fill = async (name: string, length: number): Promise<boolean> =>
      server.database.pool
        .query(`UPDATE ${table} SET ${name} = repeat('x', $1) WHERE email = 'a@example.com'`, [length])
        .then(
          () => true,
          () => false,
        );
    for (const name of names.slice(370)) {
      if (await fill(name, 20)) continue;
      for (let length = 19; length >= 0; length--) if (await fill(name, length)) break;
      return;
    }
    throw new Error('The row is not full.');
  }

  it.each([
    ['22003', 'out-of-range', null],
    ['22007', 'not-a-date', null],
    ['22008', 'not-a-date', null],
    ['22021', 'invalid-character', null],
    ['22P05', 'invalid-character', null],
    ['22P02', 'wrong-type', null],
    ['22001', 'too-long', null],
    ['22012', 'not-stored', null],
    ['23514', 'not-stored', null],
    ['23503', 'not-stored', null],
    ['54000', 'too-long', null],
    ['54001', 'too-deep', null],
  ])('with %s is told that it is %s, whichever way it came', async (state, code, column) => {
    const fields = [{ name: 'email' }, { name: 'name' }].map((field) => ({ ...field, type: 'text' }));
    const scene = await give(['email'], fields);
    const { table } = await groundOf(server, scene);
    await raiseFor(table, state);
    const rows = ['a', 'bad', 'c'].map((name) => ({ email: `${name}@example.com`, name }));
    expect(await refusals(scene, rows)).toEqual(everywhere({ code, column }));
    expect(await emails(scene)).toEqual(['a@example.com', 'c@example.com']);
    const refused = await patch(scene, 'a@example.com', { name: 'bad' }).expect(422);
    expect(refused.body).toMatchObject({ code, column });
  });

  /** A rule of the operator's own, by which the database refuses the row of `bad`. */
  async function raiseFor(table: string, state: string): Promise<void> {
    const name = `di.raise_${randomBytes(4).toString('hex')}`;
    const { pool } = server.database;
    await pool.query(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.name = 'bad' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${state}'; END IF;
        RETURN NEW;
      END $$`);
    await pool.query(
      `CREATE TRIGGER rule BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
    );
  }

  it('without what the operator requires is told which column that is', async () => {
    const fields = [{ name: 'email' }, { name: 'name' }].map((field) => ({ ...field, type: 'text' }));
    const scene = await give(['email'], fields);
    const { table } = await groundOf(server, scene);
    await server.database.pool.query(`ALTER TABLE ${table} ALTER COLUMN name SET NOT NULL`);
    const rows = [
      { email: 'a@example.com', name: 'A' },
      { email: 'b@example.com', name: null },
    ];
    const batch = await byBatch(scene, rows, 0);
    expect([batch, await byRows(scene, rows)]).toEqual([
      [{ code: 'required', column: 'name' }],
      [{ code: 'required', column: 'name' }],
    ]);
  });

  const long = (name: string, length: number, more: object = {}) => ({ name, type: 'text', length, ...more });
  const LONG_NAMES = Array.from({ length: 8 }, (_name, place) => `${'n'.repeat(62)}${place}`);

  it.each([
    ['its only key', ['k'], [long('k', 2629)], { k: 2635 }],
    ['a key of several', ['k', 'l'], [long('k', 2000), long('l', 500)], { k: 2084, l: 521 }],
    [
      'a key of many long names',
      LONG_NAMES,
      LONG_NAMES.map((name) => long(name, 240)),
      Object.fromEntries(LONG_NAMES.map((name) => [name, 242])),
    ],
    ['a unique value', ['k'], [long('k', 20), long('u', 2692, { unique: true })], { k: 20, u: 2692 }],
    [
      'a reference',
      ['k'],
      [long('k', 20), long('r', 2692, { reference: { table: 'Contact', column: 'k' } })],
      {
        k: 20,
        r: 2692,
      },
    ],
  ])(
    'for the index of %s is told so, and one that just fits is written',
    async (_what, key, fields, bytes) => {
      const scene = await give(key, fields);
      // Who changed is known by the key too.
      const there = { ...scene, connectionId: await secondConnection(server, scene) };
      await activeIntegration(server, there, 'Contact', {
        operations: ['created', 'updated', 'deleted'],
        mapping: [{ salesforceField: 'LastName', column: key[0] }],
        matching: { by: 'external-id', field: 'DI_Id__c' },
      });
      const fits = (): Row =>
        Object.fromEntries(Object.entries(bytes).map(([name, most]) => [name, wide(most)]));
      const [last, most] = Object.entries(bytes).at(-1) ?? ['', 0];
      const first = fits();
      expect(await refusals(scene, [first, { ...fits(), [last]: wide(most + 1) }, fits()])).toEqual(
        everywhere({ code: 'too-long', column: last }),
      );
      await createOptIn(server, scene);
      const contact = Object.fromEntries(key.map((name) => [name, first[name]]));
      await changeConsent(server, scene, [{ contact, optIn: 'newsletter', status: 'granted' }]);
      const refused = await changeConsent(server, scene, [
        { contact: { ...contact, [key[0] ?? '']: 'é'.repeat(2600) }, optIn: 'newsletter', status: 'granted' },
      ]);
      expect(refused).toMatchObject({ rejected: 1, results: [{ code: 'too-long' }] });
    },
  );

  /** As many bytes as are told, in as few characters as they can be; none of it can be compressed. */
  function wide(bytes: number): string {
    const count = Math.floor((bytes - 20) / 3);
    const characters = Array.from({ length: Math.max(count, 0) }, () =>
      String.fromCodePoint(0x4e00 + (randomBytes(2).readUInt16BE() % 20_000)),
    );
    const text = characters.join('');
    return text + noise(bytes - Buffer.byteLength(text));
  }
});
