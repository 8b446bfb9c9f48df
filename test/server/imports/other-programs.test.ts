import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquiringProject, ImportCalls } from '../support/imports.ts';
import { PEOPLE } from '../support/people.ts';
import { admin, startTestServer, type TestServer } from '../support/test-server.ts';

const FIELDS = [
  { name: 'email', label: 'E-mail', type: 'email' },
  { name: 'first_name', label: 'First name', type: 'text' },
  { name: 'last_name', label: 'Last name', type: 'text' },
  { name: 'birthdate', label: 'Birthdate', type: 'date' },
  { name: 'seen', type: 'timestamp' },
  { name: 'phone', label: 'Phone', type: 'phone' },
  { name: 'topics', type: 'multipicklist' },
];

/** Files as other programs write them. */
describe('a file', () => {
  let server: TestServer;
  let imports: ImportCalls;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());

  const rowsOf = async (project: string): Promise<Record<string, unknown>[]> => {
    const answer = await admin(server, 'get', `/v1/admin/projects/${project}/tables/Contact/rows`).expect(
      200,
    );
    return (answer.body as { rows: Record<string, unknown>[] }).rows;
  };

  it('of Outlook has its headings found, and its dates of nothing are none', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id, found, settings } = await imports.upload(
      project,
      '"First Name","Last Name","E-mail Address","Birthday","Business Phone"\r\n"Nora","Lind","nora.lind@example.com","0/0/00","(555) 010-0199"\r\n"Paul","Weber","paul.weber@example.com","5/14/1980","+1 555 0100"\r\n',
    );
    expect(settings?.mapping).toEqual([
      { heading: 'First Name', to: 'first_name' },
      { heading: 'Last Name', to: 'last_name' },
      { heading: 'E-mail Address', to: 'email' },
      { heading: 'Birthday', to: 'birthdate' },
      { heading: 'Business Phone', to: 'phone' },
    ]);
    expect(found?.dates).toEqual({ Birthday: 'mdy' });
    expect(await imports.run(id)).toMatchObject({ counts: { created: 2, rejected: 0 } });
    expect((await rowsOf(project)).map(({ birthdate }) => birthdate)).toEqual([null, '1980-05-14']);
  });

  it('of Google has its headings found, and several addresses in a cell are said', async () => {
    const project = await acquiringProject(server, FIELDS);
    const { id, settings } = await imports.upload(
      project,
      'Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value\nNora Lind,Nora,Lind,* myContacts,* Work,nora@example.com ::: lind@example.com,Mobile,+1 555 0100\nPaul Weber,Paul,Weber,,* ,paul@example.com,,\n',
    );
    expect(settings?.mapping).toEqual([
      { heading: 'Given Name', to: 'first_name' },
      { heading: 'Family Name', to: 'last_name' },
      { heading: 'E-mail 1 - Value', to: 'email' },
      { heading: 'Phone 1 - Value', to: 'phone' },
    ]);
    expect(await imports.run(id)).toMatchObject({ counts: { created: 1, rejected: 1 } });
    expect(await imports.results(id)).toContain('email holds several addresses, and takes one.');
  });

  it.each(['0/0/00', '00/00/0000', '0000-00-00', '0000-00-00 00:00:00', '00.00.00'])(
    'leaves alone, as an empty cell does, what the date %s would fill',
    async (nothing) => {
      const project = await acquiringProject(server, FIELDS);
      const first = await imports.upload(
        project,
        'email,birthdate,seen\na@example.com,1980-05-14,2026-01-01\n',
      );
      await imports.run(first.id);
      const second = await imports.upload(
        project,
        `email,birthdate,seen\na@example.com,${nothing},${nothing}\n`,
      );
      expect(await imports.run(second.id)).toMatchObject({ counts: { unchanged: 1, rejected: 0 } });
      expect(await rowsOf(project)).toMatchObject([
        { birthdate: '1980-05-14', seen: '2026-01-01T00:00:00.000Z' },
      ]);
    },
  );

  it.each([
    ['UTF-8', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['Windows-1252', (text: string) => iconv.encode(text, 'windows-1252')],
    ['UTF-16', (text: string) => iconv.encode(text, 'utf-16le', { addBOM: true })],
  ])('whose first line tells the delimiter is read from the second on, in %s', async (_name, encode) => {
    const project = await acquiringProject(server, FIELDS);
    const text = 'sep=;\r\nemail;first name\r\nzoe@example.com;Zoé, la grande\r\nwrong;Paul\r\n';
    const { id, found } = await imports.upload(project, encode(text));
    expect(found).toMatchObject({ delimiter: ';', headings: ['email', 'first name'] });
    expect(await imports.run(id, 'check')).toMatchObject({ counts: { created: 1, rejected: 1 } });
    expect(await imports.run(id)).toMatchObject({ counts: { created: 1, rejected: 1 } });
    expect(await imports.results(id)).toContain('\r\n4,email,invalid-email');
    expect(await rowsOf(project)).toMatchObject([{ first_name: 'Zoé, la grande' }]);
    const other = await imports.upload(project, encode(text));
    expect((await imports.set(other.id, { delimiter: ',' })).found).toMatchObject({
      headings: ['email;first name'],
    });
  });

  it('of a list manager has choices in quotes, padded ones and empty ones read as choices', async () => {
    const project = await acquiringProject(server, FIELDS);
    const cells = ['"""Customer"",""Newsletter"""', 'A;B;', ';A;B', 'A; B', '; ', 'One'];
    const csv = `email,topics\n${cells.map((cell, place) => `a${place}@example.com,${cell}`).join('\n')}\n`;
    const { id } = await imports.upload(project, csv);
    await imports.run(id);
    expect((await rowsOf(project)).map(({ topics }) => topics)).toEqual([
      ['Customer', 'Newsletter'],
      ['A', 'B'],
      ['A', 'B'],
      ['A', 'B'],
      null,
      ['One'],
    ]);
  });

  it('that is not UTF-8 says which names were made of it, and is read in what is chosen instead', async () => {
    const project = await acquiringProject(server, FIELDS);
    const russian = PEOPLE.find(({ language }) => language === 'russian');
    const rows = (russian?.rows ?? []).map((row, place) => `user${place}@example.com,${row}`);
    const bytes = iconv.encode(`email,first name,city\n${rows.join('\n')}\n`, 'windows-1251');
    const { id, found } = await imports.upload(project, bytes);
    expect(found?.encoding).toBe('windows-1251');
    expect(found?.guess?.values.slice(0, 2)).toEqual(['Иван Петров', 'Москва']);
    expect(found?.guess?.others.map(({ encoding }) => encoding)).toContain('maccyrillic');
    const chosen = await imports.set(id, { encoding: 'CP866' });
    expect(chosen.found).toMatchObject({ encoding: 'cp866' });
    expect(chosen.found?.guess).toBeUndefined();
    expect(JSON.stringify(chosen.found?.sample)).not.toContain('Иван');
    await imports.set(id, { encoding: 'cp1251' });
    expect(await imports.run(id)).toMatchObject({ counts: { rejected: 0 } });
    expect((await rowsOf(project))[0]).toMatchObject({ first_name: 'Иван Петров' });
    const nonsense = await admin(server, 'patch', `/v1/admin/imports/${id}/settings`).send({
      encoding: 'klingon',
    });
    expect(nonsense.body).toMatchObject({ status: 400, code: 'invalid-body' });
  });

  it('may be in any encoding that is listed, with what is written in it', async () => {
    const answer = await admin(server, 'get', '/v1/admin/import-encodings').expect(200);
    const { encodings } = answer.body as { encodings: { name: string; script: string }[] };
    expect(encodings.length).toBeGreaterThan(90);
    expect(encodings).toContainEqual({ name: 'koi8-u', script: 'cyrillic' });
  });
});
