import { readFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquiringProject, ImportCalls, type Problem } from '../../support/imports.ts';
import {
  admin,
  createScene,
  FIELDS,
  rowsOf,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const US_500 = readFileSync(path.join(import.meta.dirname, '../../../../scripts/demo/us-500.csv'));

const CONTACT = [
  { name: 'email', label: 'E-mail', type: 'email' },
  { name: 'first_name', label: 'First name', type: 'text', length: 40 },
  { name: 'last_name', label: 'Last name', type: 'text', length: 80 },
  { name: 'company', label: 'Company', type: 'text' },
  { name: 'city', label: 'City', type: 'text' },
  { name: 'state', label: 'State', type: 'text' },
  { name: 'zip', label: 'Postal code', type: 'text' },
  { name: 'phone', label: 'Phone', type: 'phone' },
  { name: 'website', label: 'Website', type: 'url' },
];

/** More text than is looked at when an encoding is guessed by its start. */
const PLAIN = Array.from({ length: 5000 }, (_, number) => `p${number}@example.com;Plain person\n`).join('');

describe('a CSV file into a table', () => {
  let server: TestServer;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());

  const rowsIn = (project: string): Promise<Record<string, unknown>[]> =>
    rowsOf(server, { project } as Scene);
  const rejects = async (id: string): Promise<Record<string, string>[]> =>
    parse(await imports.results(id), { columns: true });

  it('of five hundred people is looked at, checked without writing, imported, and unchanged when it comes again', async () => {
    const project = await acquiringProject(server, CONTACT);
    const uploaded = await imports.upload(project, US_500);
    expect(uploaded).toMatchObject({
      status: 'ready',
      bytes: US_500.length,
      found: { encoding: 'utf-8', delimiter: ',' },
    });
    const mapping = Object.fromEntries(
      uploaded.settings?.mapping.map(({ heading, to }) => [to, heading]) ?? [],
    );
    expect(mapping).toMatchObject({ email: 'personal_email', city: 'company_city', zip: 'company_zip' });
    expect(Object.keys(mapping).sort()).toEqual(CONTACT.map((field) => field.name).sort());
    const targets = await imports.targets(uploaded.id);
    expect(targets.map(({ name }) => name).sort()).toEqual(CONTACT.map((field) => field.name).sort());
    const checked = await imports.run(uploaded.id, 'check');
    expect(checked).toMatchObject({
      status: 'ready',
      isDryRun: true,
      counts: { rows: 500, created: 500, rejected: 0 },
    });
    expect(await rowsIn(project)).toHaveLength(0);
    const done = await imports.run(uploaded.id);
    expect(done).toMatchObject({ status: 'done', isDryRun: false, counts: { rows: 500, created: 500 } });
    expect(done.progress).toMatchObject({ share: 1, estimatedRows: 500 });
    expect(await rowsIn(project)).toHaveLength(500);
    const again = await imports.upload(project, US_500);
    expect(await imports.run(again.id, 'check')).toMatchObject({ counts: { created: 0, unchanged: 500 } });
    expect(await imports.run(again.id)).toMatchObject({ counts: { created: 0, unchanged: 500 } });
  });

  it('keeps what it rejects with line, column, reason and the row as it came', async () => {
    const project = await acquiringProject(server, FIELDS);
    const file = [
      'Courriel;Nom;Age;Inscrit',
      'a@example.com;"Côté\r\nfils";12;oui',
      'no address;B;13;non',
      '',
      'c@example.com;C;many;oui',
      'd@example.com;D;14',
      'e@example.com;E;15;oui;more',
      'Courriel;Nom;Age;Inscrit',
      ';F;16;oui',
      'g@example.com;5" pipe;17;oui',
      'h@example.com;=1+1;18;peut-être',
      ';;;',
      'i@example.com;I;19;non',
    ].join('\r\n');
    const { id } = await imports.upload(project, file);
    await imports.set(id, {
      mapping: [
        { heading: 'Courriel', to: 'email' },
        { heading: 'Nom', to: 'last_name' },
        { heading: 'Age', to: 'age' },
        { heading: 'Inscrit', to: 'active' },
      ],
    });
    const checked = await imports.run(id, 'check');
    const checkedRejects = await rejects(id);
    const done = await imports.run(id);
    expect(done).toMatchObject({ status: 'done', counts: { rows: 10, created: 2, rejected: 8 } });
    expect(checked.counts).toEqual(done.counts);
    const found = await rejects(id);
    expect(found).toEqual(checkedRejects);
    expect(found.map((row) => [row._line, row._column, row._code])).toEqual([
      ['4', 'email', 'invalid-email'],
      ['6', 'age', 'not-a-number'],
      ['7', '', 'too-few-cells'],
      ['8', '', 'too-many-cells'],
      ['9', '', 'headings-again'],
      ['10', 'email', 'primary-key-null'],
      ['11', '', 'misplaced-quote'],
      ['12', 'active', 'not-a-boolean'],
    ]);
    expect(found[1]).toMatchObject({ Courriel: 'c@example.com', Nom: 'C', Age: 'many', Inscrit: 'oui' });
    // What a spreadsheet would take for a formula is shown as text.
    expect(found[7]?.Nom).toBe("'=1+1");
    expect(await rowsIn(project)).toMatchObject([
      { email: 'a@example.com', last_name: 'Côté\r\nfils', age: 12, active: true },
      { email: 'i@example.com', active: false },
    ]);
  });

  it.each([
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`), 'utf-8'],
    [
      'UTF-16, little end first',
      (text: string) => iconv.encode(text, 'utf-16le', { addBOM: true }),
      'utf-16le',
    ],
    ['UTF-16, big end first', (text: string) => iconv.encode(text, 'utf-16be', { addBOM: true }), 'utf-16be'],
    [
      'UTF-16 without a mark',
      (text: string) => iconv.encode(text, 'utf-16le', { addBOM: false }),
      'utf-16le',
    ],
    ['Windows-1252', (text: string) => iconv.encode(text, 'windows-1252'), 'windows-1252'],
    [
      'Windows-1252 that is plain for a long while',
      (text: string) => iconv.encode(text.replace('\n', `\n${PLAIN}`), 'windows-1252'),
      'windows-1252',
    ],
  ])('is read in %s', async (_name, encode, encoding) => {
    const project = await acquiringProject(server, CONTACT);
    const text = 'Courriel;Prénom\nzoe@example.com;Zoë “l’Été”\nœ@example.com;€\n';
    const { id, found } = await imports.upload(project, encode(text));
    expect(found).toMatchObject({ encoding, delimiter: ';', headings: ['Courriel', 'Prénom'] });
    expect(await imports.run(id)).toMatchObject({ status: 'done', counts: { rejected: 0 } });
    for (const [email, name] of [
      ['zoe@example.com', 'Zoë “l’Été”'],
      ['œ@example.com', '€'],
    ]) {
      const filter = encodeURIComponent(JSON.stringify({ email }));
      const found = await admin(
        server,
        'get',
        `/v1/admin/projects/${project}/tables/Contact/rows?filter=${filter}`,
      );
      expect((found.body as { rows: unknown[] }).rows).toMatchObject([{ first_name: name }]);
    }
  });

  it('says what cannot be read where it is read in a wrong encoding, and is read anew in another', async () => {
    const project = await acquiringProject(server, CONTACT);
    const { id } = await imports.upload(
      project,
      iconv.encode('email,first name\na@example.com,Zoé\nb@example.com,B\n', 'windows-1252'),
    );
    await imports.set(id, { encoding: 'utf-8' });
    expect(await imports.run(id, 'check')).toMatchObject({ counts: { created: 1, rejected: 1 } });
    expect((await rejects(id)).map((row) => [row._line, row._column, row._code])).toEqual([
      ['2', 'first_name', 'wrong-encoding'],
    ]);
    await imports.set(id, { encoding: 'windows-1252' });
    expect(await imports.run(id)).toMatchObject({ counts: { created: 2, rejected: 0 } });
  });

  it.each([
    [',', 'email,first name\na@example.com,"A, B"\n'],
    [';', 'email;first name\na@example.com;A, B\nb@example.com;C, D\n'],
    ['\t', 'email\tfirst name\na@example.com\tA, B\n'],
    ['|', 'email|first name\na@example.com|A, B; C\n'],
  ])('has its delimiter %j found', async (delimiter, file) => {
    const project = await acquiringProject(server, CONTACT);
    const { id, found } = await imports.upload(project, file);
    expect(found).toMatchObject({ delimiter, headings: ['email', 'first name'] });
    expect(await imports.run(id)).toMatchObject({ counts: { rejected: 0 } });
  });

  it('leaves alone what an empty cell says nothing of, or empties it, as is chosen', async () => {
    const project = await acquiringProject(server, [
      { name: 'email', type: 'email' },
      { name: 'last_name', type: 'text', required: true },
      { name: 'city', type: 'text' },
      { name: 'language', type: 'text', default: 'fr' },
    ]);
    const first = await imports.upload(project, 'email,last_name,city,language\na@example.com,A,Paris,en\n');
    await imports.run(first.id);
    const file = 'email,last_name,city,language\na@example.com,,,\nb@example.com,B,,\nc@example.com,,Rome,\n';
    const leaving = await imports.upload(project, file);
    expect(await imports.run(leaving.id, 'check')).toMatchObject({
      counts: { created: 1, unchanged: 1, rejected: 1 },
    });
    expect(await imports.run(leaving.id)).toMatchObject({
      counts: { created: 1, unchanged: 1, rejected: 1 },
    });
    expect(await rowsIn(project)).toMatchObject([
      { email: 'a@example.com', last_name: 'A', city: 'Paris', language: 'en' },
      { email: 'b@example.com', last_name: 'B', city: null, language: 'fr' },
    ]);
    const emptying = await imports.upload(project, 'email,city\na@example.com,\n');
    await imports.set(emptying.id, { emptyCells: 'empty' });
    await imports.run(emptying.id);
    expect(await rowsIn(project)).toMatchObject([{ city: null }, {}]);
  });

  it('makes new rows only, or changes existing ones only', async () => {
    const project = await acquiringProject(server, CONTACT);
    await imports.run((await imports.upload(project, 'email,city\na@example.com,Paris\n')).id);
    const file = 'email,city\na@example.com,Rome\nb@example.com,Rome\nb@example.com,Oslo\n';
    for (const [mode, counts] of [
      ['update', { created: 0, updated: 1, rejected: 2 }],
      ['create', { created: 1, updated: 0, rejected: 2 }],
    ] as const) {
      const { id } = await imports.upload(project, file);
      await imports.set(id, { mode });
      expect((await imports.run(id, 'check')).counts, mode).toMatchObject(counts);
      expect((await imports.run(id)).counts, mode).toMatchObject(counts);
    }
    expect(await rowsIn(project)).toMatchObject([{ city: 'Rome' }, { city: 'Rome' }]);
  });

  it('has the order of its dates found where it is told, and asks for it where it is not', async () => {
    const project = await acquiringProject(server, FIELDS);
    const told = await imports.upload(
      project,
      'email,born,seen,balance\na@example.com,31/12/1980,01/02/2026 13:05,"1 234,50"\nb@example.com,1980-05-06,2026-02-01T00:00:00Z,"7,5"\n',
    );
    expect(told.settings).toMatchObject({ dates: 'dmy', decimals: 'comma' });
    await imports.set(told.id, { timeZone: 'America/Toronto' });
    expect(await imports.run(told.id)).toMatchObject({ counts: { created: 2, rejected: 0 } });
    expect(await rowsIn(project)).toMatchObject([
      { born: '1980-12-31', seen: '2026-02-01T18:05:00.000Z', balance: '1234.50' },
      { born: '1980-05-06', seen: '2026-02-01T00:00:00.000Z', balance: '7.50' },
    ]);
    const open = await imports.upload(project, 'email,born\na@example.com,01/02/1990\n');
    expect(open.settings).toMatchObject({ dates: null });
    expect((await imports.step(open.id, 'start').expect(422)).body).toMatchObject({
      code: 'date-order-open',
    });
    await imports.set(open.id, { dates: 'mdy' });
    await imports.run(open.id);
    expect((await rowsIn(project))[0]).toMatchObject({ born: '1990-01-02' });
    const wrong = await imports.upload(project, 'email,born\na@example.com,31/01/1990\n');
    await imports.set(wrong.id, { dates: 'mdy' });
    expect(await imports.run(wrong.id)).toMatchObject({ counts: { rejected: 1 } });
    expect((await rejects(wrong.id))[0]).toMatchObject({ _code: 'not-a-date', born: '31/01/1990' });
  });

  it('leaves contacts that come from Salesforce to Salesforce, unless it is asked for', async () => {
    const scene = await createScene(server);
    const { id, settings } = await imports.upload(scene.project, 'email,last name\na@example.com,A\n');
    expect(settings?.mapping).toEqual([{ heading: 'email', to: 'email' }]);
    expect(await imports.run(id, 'check')).toMatchObject({ counts: { created: 0, rejected: 1 } });
    const refused = await admin(server, 'patch', `/v1/admin/imports/${id}/settings`).send({
      mapping: [
        { heading: 'email', to: 'email' },
        { heading: 'last name', to: 'last_name' },
      ],
    });
    expect([refused.status, (refused.body as Problem).code]).toEqual([422, 'filled-by-salesforce']);
    expect((await imports.targets(id)).map(({ name }) => name)).toContain('last_name');
    await imports.set(id, {
      overridesSalesforce: true,
      mapping: [
        { heading: 'email', to: 'email' },
        { heading: 'last name', to: 'last_name' },
      ],
    });
    expect(await imports.run(id)).toMatchObject({ counts: { created: 1 } });
  });
});
