import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquiringProject, ImportCalls } from '../support/imports.ts';
import { addRows } from '../support/persons.ts';
import { admin, startTestServer, type TestServer } from '../support/test-server.ts';

const FIELDS = [
  { name: 'number', type: 'integer' },
  { name: 'email', type: 'email' },
  { name: 'name', type: 'text' },
  { name: 'notes', type: 'longtext' },
  { name: 'phone', type: 'phone' },
  { name: 'balance', type: 'decimal', precision: 18, scale: 4 },
  { name: 'active', type: 'boolean' },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
  { name: 'opens', type: 'time' },
  { name: 'topics', type: 'multipicklist' },
  { name: 'record', type: 'salesforce_id' },
  { name: 'extra', type: 'json' },
];

/** A cell is read without white space around it: texts have none, but behind what a spreadsheet would take for a formula. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', ' ', '"', ',', ';', '\r\n', '\n', '1', 'a') }),
    fc.constantFrom(
      '=Smith & Sons',
      '+1 555 0123',
      '-5',
      "'=1+1",
      "''=1",
      '\t=1+1',
      '@SUM(1)',
      '＝1',
      "O'Brien",
    ),
  )
  .map((value) => (/^[\t\r\n=+\-@]/.test(value) ? value.trimEnd() : value.trim()))
  .filter((value) => value !== '' && !/[\0\ufffd]/.test(value) && value.isWellFormed());

const orNone = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const instant = fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });

const row = fc.record({
  email: orNone(fc.emailAddress().filter((address) => !address.includes("'"))),
  name: orNone(text),
  notes: orNone(text),
  phone: orNone(text.filter((value) => value.length <= 40)),
  balance: orNone(fc.integer({ min: -999_999_999, max: 999_999_999 }).map((value) => `${value}.5`)),
  active: orNone(fc.boolean()),
  born: orNone(instant.map((date) => date.toISOString().slice(0, 10))),
  seen: orNone(instant.map((date) => date.toISOString())),
  opens: orNone(fc.constantFrom('10:30:00', '23:59:59.5')),
  topics: orNone(
    fc.array(
      text
        .map((value) => value.replaceAll(/[;"]/g, ''))
        .filter((value) => value.trim() === value && value !== ''),
      { minLength: 1, maxLength: 3 },
    ),
  ),
  record: orNone(fc.constant('0035g00000LkXaBAAV')),
  extra: orNone(
    fc.jsonValue({ maxDepth: 2 }).filter((value) => value !== null && !JSON.stringify(value).includes('\\u')),
  ),
});

describe('what is exported', () => {
  let server: TestServer;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());

  const rowsOf = async (project: string): Promise<Record<string, unknown>[]> => {
    const answer = await admin(
      server,
      'get',
      `/v1/admin/projects/${project}/tables/Contact/rows?limit=1000`,
    ).expect(200);
    return (answer.body as { rows: Record<string, unknown>[] }).rows.map(
      ({ _changed_at, ...values }) => values,
    );
  };
  const csvOf = async (project: string): Promise<string> =>
    (await admin(server, 'get', `/v1/admin/projects/${project}/tables/Contact/rows.csv`).expect(200)).text;

  it('is what it was once it is imported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 60, maxLength: 120 }), async (rows) => {
        const from = await acquiringProject(server, FIELDS, ['number']);
        const numbered = rows.map((values, number) => ({ number: number - 20, ...values }));
        await addRows(server, { project: from }, numbered);
        const csv = await csvOf(from);
        for (const cells of parse(csv, { from: 2 }))
          for (const cell of cells.slice(2, 5)) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
        const to = await acquiringProject(server, FIELDS, ['number']);
        const { id } = await imports.upload(to, csv);
        await imports.set(id, {
          emptyCells: 'empty',
          dates: 'iso',
          decimals: 'point',
          encoding: 'utf-8',
          delimiter: ',',
        });
        const done = await imports.run(id);
        expect((await imports.results(id)).split('\r\n').slice(1)).toEqual(['']);
        expect(done.counts).toMatchObject({ created: rows.length, rejected: 0 });
        expect(await rowsOf(to)).toEqual(await rowsOf(from));
      }),
      // A row that fails is seen in the difference: each run makes two projects.
      { numRuns: 3, endOnFailure: true },
    );
  });

  it('gives programs texts as they are, where they ask for that', async () => {
    const project = await acquiringProject(server, FIELDS, ['number']);
    await addRows(server, { project }, [{ number: -1, name: '=1+1', balance: '-5' }]);
    const path = `/v1/admin/projects/${project}/tables/Contact/rows.csv?columns=number,name,balance`;
    const guarded = await admin(server, 'get', path).expect(200);
    expect(guarded.text).toBe("number,name,balance\r\n-1,'=1+1,-5.0000\r\n");
    const plain = await admin(server, 'get', `${path}&spreadsheet=false`).expect(200);
    expect(plain.text).toBe('number,name,balance\r\n-1,=1+1,-5.0000\r\n');
  });

  it('is what it was where rows were rejected, mended and imported again, however often', async () => {
    const names = ['=Smith & Sons', "'=Smith & Sons", "''=Smith & Sons", '-5', '\t=1', "O'Brien"];
    const project = await acquiringProject(server, FIELDS, ['email']);
    const file = ['email,name,phone', ...names.map((name, place) => `wrong${place},"${name}",+1 555 0123`)];
    let csv = `${file.join('\n')}\n`;
    for (let time = 0; time < 3; time++) {
      const { id } = await imports.upload(project, csv);
      expect(await imports.run(id)).toMatchObject({ counts: { rejected: names.length } });
      csv = await imports.results(id);
    }
    const { id } = await imports.upload(project, csv.replaceAll(/wrong(\d)/g, 'right$1@example.com'));
    expect(await imports.run(id)).toMatchObject({ counts: { created: names.length, rejected: 0 } });
    const rows = (await rowsOf(project)).map(({ name, phone }) => [name, phone]);
    // What a guard may have written is read without it, the first time as the last.
    expect(rows).toEqual(
      ['=Smith & Sons', '=Smith & Sons', "'=Smith & Sons", '-5', '=1', "O'Brien"].map((name) => [
        name,
        '+1 555 0123',
      ]),
    );
  });
});
