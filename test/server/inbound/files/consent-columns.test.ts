import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createAccount, createKey } from '../../support/accounts.ts';
import { changeConsent, consentOf, createOptIn, statusOf } from '../../support/consent.ts';
import { acquiringProject, ImportCalls, type ShownImport } from '../../support/imports.ts';
import { admin, startTestServer, type TestServer } from '../../support/test-server.ts';

const FIELDS = [
  { name: 'email', type: 'email' },
  { name: 'last_name', type: 'text', length: 10 },
];
const NEWSLETTER = { heading: 'Newsletter', optIn: 'newsletter' };

describe('consent columns of a file', () => {
  let server: TestServer;
  let imports: ImportCalls;
  let project: string;
  beforeAll(async () => {
    server = await startTestServer();
    imports = new ImportCalls(server);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    project = await acquiringProject(server, FIELDS);
    await createOptIn(server, { project }, 'newsletter');
    await createOptIn(server, { project }, 'calls');
  });

  async function imported(
    file: string,
    consents: readonly object[],
    more: object = {},
  ): Promise<ShownImport> {
    const { id } = await imports.upload(project, file);
    await imports.set(id, { consents, ...more });
    return imports.run(id);
  }
  const status = (email: string, optIn = 'newsletter') => statusOf(server, { project }, email, optIn);
  const eventsOf = async (email: string) => (await consentOf(server, { project }, { email })).events;
  const refusal = async (file: string, consents: readonly object[], more: object = {}) => {
    const { id } = await imports.upload(project, file);
    const answer = await admin(server, 'patch', `/v1/admin/imports/${id}/settings`).send({
      consents,
      ...more,
    });
    return [answer.status, (answer.body as { code: string }).code];
  };

  it('opt people in and out by the words that mean so, with file, line and column as proof', async () => {
    const ended = await imported(
      'email,Newsletter,Calls\na@example.com,Oui,abonné\nb@example.com,non,désabonné\nc@example.com,,\n',
      [
        NEWSLETTER,
        { heading: 'Calls', optIn: 'calls', grantedWhen: ['Abonné'], withdrawnWhen: ['Désabonné'] },
      ],
    );
    expect(ended).toMatchObject({ status: 'done', counts: { created: 3, rejected: 0 } });
    for (const optIn of ['newsletter', 'calls']) {
      expect(await status('a@example.com', optIn)).toBe('granted');
      expect(await status('b@example.com', optIn)).toBe('withdrawn');
    }
    expect(await eventsOf('c@example.com')).toEqual([]);
    expect(await eventsOf('b@example.com')).toMatchObject([
      {
        source: 'import',
        status: 'withdrawn',
        actor: { kind: 'operator' },
        proof: { import: ended.id, file: 'people.csv', line: 3, column: 'Newsletter' },
      },
      { proof: { line: 3, column: 'Calls' } },
    ]);
  });

  it('are forgotten where the file, read otherwise, has no such column', async () => {
    const { id } = await imports.upload(project, 'email;Newsletter\na@example.com;yes\n');
    const { settings } = await imports.set(id, { consents: [NEWSLETTER] });
    expect(settings?.consents).toEqual([NEWSLETTER]);
    expect((await imports.set(id, { delimiter: ',' })).settings).toMatchObject({ consents: [], mapping: [] });
  });

  it('never raise what somebody withdrew, and leave no trace when they come again', async () => {
    const file = 'email,Newsletter\nout@example.com,yes\nin@example.com,yes\n';
    await imports.run((await imports.upload(project, 'email\nout@example.com\n')).id);
    await changeConsent(server, { project }, [
      { contact: { email: 'out@example.com' }, optIn: 'newsletter', status: 'withdrawn' },
    ]);
    await imported(file, [NEWSLETTER]);
    expect(await status('out@example.com')).toBe('withdrawn');
    expect((await eventsOf('out@example.com')).at(-1)).toMatchObject({
      source: 'import',
      outcome: 'overruled',
      reason: 'withdrawn-before',
    });
    await imported(file, [NEWSLETTER]);
    expect(await eventsOf('in@example.com')).toHaveLength(1);
  });

  it('count from the day that another column tells', async () => {
    await imported(
      'email,Newsletter,Since\na@example.com,yes,13/02/2024 10:00\nb@example.com,no,14.02.2024\nc@example.com,no,\n',
      [{ ...NEWSLETTER, date: 'Since' }],
      { dates: 'dmy', timeZone: 'Europe/Brussels' },
    );
    expect(await eventsOf('a@example.com')).toMatchObject([{ occurredAt: '2024-02-13T09:00:00.000Z' }]);
    expect(await eventsOf('b@example.com')).toMatchObject([{ occurredAt: '2024-02-13T23:00:00.000Z' }]);
    expect(await status('c@example.com')).toBe('withdrawn');
  });

  it('wait for the confirmation where the opt-in is a double one', async () => {
    await createOptIn(server, { project }, 'double', { isDouble: true });
    await imported('email,Twice\na@example.com,yes\n', [{ heading: 'Twice', optIn: 'double' }]);
    expect(await status('a@example.com', 'double')).toBe('pending');
  });

  it('reject a row whose answer is no answer, and take neither row nor consent of it', async () => {
    const ended = await imported(
      'email,Newsletter,Since\na@example.com,maybe,\nb@example.com,yes,soon\nc@example.com,yes,2999-01-01\nd@example.com,yes,\n',
      [{ ...NEWSLETTER, date: 'Since' }],
      { dates: 'iso' },
    );
    expect(ended.counts).toMatchObject({ created: 1, rejected: 3 });
    const rows: Record<string, string>[] = parse(await imports.results(ended.id), { columns: true });
    expect(rows.map(({ _code, _line }) => [_line, _code])).toEqual([
      ['2', 'unknown-consent'],
      ['3', 'invalid-moment'],
      ['4', 'in-the-future'],
    ]);
    expect(rows[0]?._reason).toContain('maybe');
    expect(await status('d@example.com')).toBe('granted');
  });

  it('keep an opt-out of a row that the table does not take, and no opt-in of it', async () => {
    const ended = await imported(
      'email,last_name,Newsletter,Calls\nnew@example.com,N,no,yes\n',
      [NEWSLETTER, { heading: 'Calls', optIn: 'calls' }],
      { mode: 'update' },
    );
    expect(ended.counts).toMatchObject({ rejected: 1 });
    await imports.run((await imports.upload(project, 'email\nnew@example.com\n')).id);
    expect(await status('new@example.com')).toBe('withdrawn');
    expect(await status('new@example.com', 'calls')).toBeNull();
  });

  it('change nothing when the file is checked only', async () => {
    const written = async (): Promise<unknown> =>
      (
        await server.database.pool.query(
          'SELECT (SELECT count(*) FROM di.consent_event) AS events, (SELECT count(*) FROM di.record_identity) AS people',
        )
      ).rows;
    const before = await written();
    const { id } = await imports.upload(
      project,
      'email,Newsletter\na@example.com,no\nb@example.com,perhaps\n',
    );
    await imports.set(id, { consents: [NEWSLETTER] });
    expect(await imports.run(id, 'check')).toMatchObject({ counts: { created: 1, rejected: 1 } });
    expect(await written()).toEqual(before);
  });

  it('are refused where they cannot be meant', async () => {
    const file = 'email,Newsletter\na@example.com,yes\n';
    expect(await refusal(file, [{ ...NEWSLETTER, heading: 'Missing' }])).toEqual([422, 'unknown-heading']);
    expect(await refusal(file, [{ ...NEWSLETTER, date: 'Missing' }])).toEqual([422, 'unknown-heading']);
    expect(await refusal(file, [{ ...NEWSLETTER, optIn: 'missing' }])).toEqual([422, 'unknown-opt-in']);
    expect(await refusal(file, [{ ...NEWSLETTER, grantedWhen: ['NO'] }])).toEqual([422, 'consent-both-ways']);
    expect(await refusal(file, [NEWSLETTER, NEWSLETTER])).toEqual([422, 'column-mapped-twice']);
    expect(await refusal(file, [{ ...NEWSLETTER, grantedWhen: [] }])).toEqual([400, 'invalid-body']);
  });

  it('need the right to change consent', async () => {
    const owner = await createAccount(server);
    const key = await createKey(server, owner.token, ['imports:read', 'imports:write']);
    await as(server, owner.token, 'post', '/v1/admin/projects')
      .send({ code: 'C1', name: 'C', type: 'B', contacts: { primaryKey: ['email'], fields: FIELDS } })
      .expect(201);
    await as(server, owner.token, 'post', '/v1/admin/projects/C1/build').expect(200);
    await as(server, owner.token, 'post', '/v1/admin/projects/C1/opt-ins')
      .send({ code: 'newsletter', name: 'N' })
      .expect(201);
    const made = await as(server, key, 'post', '/v1/admin/imports')
      .send({ name: 'people.csv', project: 'C1', table: 'Contact' })
      .expect(201);
    const { id } = made.body as ShownImport;
    await as(server, key, 'put', `/v1/admin/imports/${id}/file`)
      .set('Content-Type', 'text/csv')
      .send('email,Newsletter\na@example.com,no\n')
      .expect(200);
    await as(server, key, 'patch', `/v1/admin/imports/${id}/settings`)
      .send({ consents: [NEWSLETTER] })
      .expect(200);
    const refused = await as(server, key, 'post', `/v1/admin/imports/${id}/start`).expect(403);
    expect(refused.body).toMatchObject({ code: 'insufficient-scope' });
    await as(server, owner.token, 'post', `/v1/admin/imports/${id}/start`).expect(200);
  });
});
