import jsforce from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';

interface Job {
  readonly id: string;
  readonly state: string;
  readonly errorMessage?: string;
  readonly numberRecordsProcessed: number;
  readonly numberRecordsFailed: number;
}

/** The Bulk API 2.0, step by step as a client takes them. */
describe('the Bulk API 2.0 of the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/keys-fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(LOGIN.userName, LOGIN.password);
  });
  afterEach(() => {
    server.host.faults.clear();
  });
  afterAll(() => server.close());

  const call = (method: string, path: string, body?: string, type = 'application/json'): Promise<Response> =>
    fetch(`${server.url}/services/data/v65.0/jobs/${path}`, {
      method,
      headers: { authorization: `Bearer ${connection.accessToken ?? ''}`, 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
  const job = async (method: string, path: string, body?: unknown): Promise<Job> =>
    (await (await call(method, path, body === undefined ? undefined : JSON.stringify(body))).json()) as Job;
  const ended = async (path: string): Promise<Job> => {
    for (;;) {
      const found = await job('GET', path);
      if (['JobComplete', 'Failed', 'Aborted'].includes(found.state)) return found;
    }
  };
  const ingest = async (order: Record<string, unknown>, csv: string): Promise<Job> => {
    const { id } = await job('POST', 'ingest', { object: 'Contact', operation: 'insert', ...order });
    expect((await call('PUT', `ingest/${id}/batches`, csv, 'text/csv')).status).toBe(201);
    await job('PATCH', `ingest/${id}`, { state: 'UploadComplete' });
    return ended(`ingest/${id}`);
  };
  const results = async (id: string, part: string): Promise<string[]> =>
    (await (await call('GET', `ingest/${id}/${part}`)).text()).trim().split(/\r?\n/);
  const named = async (lastName: string): Promise<Record<string, unknown>[]> =>
    (
      await connection.query(
        `SELECT Id, Phone, Department, Shop_Key__c FROM Contact WHERE LastName = '${lastName}'`,
      )
    ).records;

  it('upserts, tells made from found, and empties a field by #N/A', async () => {
    await connection
      .sobject('Contact')
      .create({ LastName: 'Known', Shop_Key__c: 'k1', Phone: '1', Department: 'Stays' });
    const done = await ingest(
      { operation: 'upsert', externalIdFieldName: 'Shop_Key__c' },
      'Shop_Key__c,LastName,Phone,Department\nk1,Known,#N/A,\nk2,Fresh,2,\nk3,,3,\n',
    );
    expect(done).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 3, numberRecordsFailed: 1 });
    const [header, ...rows] = await results(done.id, 'successfulResults');
    expect(header).toBe('"sf__Id","sf__Created","Shop_Key__c","LastName","Phone","Department"');
    expect(rows.map((row) => row.split(',')[1])).toEqual(['"false"', '"true"']);
    expect(await results(done.id, 'failedResults')).toEqual([
      '"sf__Id","sf__Error","Shop_Key__c","LastName","Phone","Department"',
      expect.stringContaining(
        '"REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --","k3"',
      ),
    ]);
    expect(await named('Known')).toMatchObject([{ Phone: null, Department: 'Stays' }]);
  });

  it('deletes by id, and names the rows that it could not', async () => {
    const { id = '' } = await connection.sobject('Contact').create({ LastName: 'Bulk gone' });
    const done = await ingest({ operation: 'delete' }, `Id\n${id}\n003000000009999AAA\nnonsense\n`);
    expect(done).toMatchObject({ numberRecordsProcessed: 3, numberRecordsFailed: 2 });
    const failed = await results(done.id, 'failedResults');
    expect(failed[1]).toContain('INVALID_CROSS_REFERENCE_KEY');
    expect(failed[2]).toContain('MALFORMED_ID');
    const all = await connection.query(`SELECT Id, IsDeleted FROM Contact WHERE Id = '${id}'`, {
      scanAll: true,
    });
    expect(all.records).toMatchObject([{ IsDeleted: true }]);
  });

  it('reads other delimiters and line endings, and fails where they are not those that were said', async () => {
    const order = { columnDelimiter: 'SEMICOLON', lineEnding: 'CRLF' };
    expect(await ingest(order, 'LastName;Phone\r\nSemi;"1;2"\r\n')).toMatchObject({ state: 'JobComplete' });
    expect(await named('Semi')).toMatchObject([{ Phone: '1;2' }]);
    const wrong = await ingest(order, 'LastName;Phone\nSemi;2\n');
    expect(wrong.errorMessage).toBe(
      'InvalidBatch : LineEnding is invalid on user data. Current LineEnding setting is CRLF',
    );
  });

  it('fails a job as a whole for a column that there is not, and gives its rows back unprocessed', async () => {
    const done = await ingest({}, 'LastName,Shoe__c\nUnseen,1\n');
    expect(done).toMatchObject({
      state: 'Failed',
      errorMessage: 'InvalidBatch : Field name not found : Shoe__c',
    });
    expect(await results(done.id, 'unprocessedrecords')).toEqual(['"LastName","Shoe__c"', '"Unseen","1"']);
    expect(await named('Unseen')).toEqual([]);
  });

  it('stops where it is told to, and keeps what it had done', async () => {
    const { id } = await job('POST', 'ingest', { object: 'Contact', operation: 'insert' });
    const rows = Array.from({ length: 20_000 }, (_, index) => `Stop ${index}`);
    await call('PUT', `ingest/${id}/batches`, `LastName\n${rows.join('\n')}\n`, 'text/csv');
    await job('PATCH', `ingest/${id}`, { state: 'UploadComplete' });
    const stopped = await job('PATCH', `ingest/${id}`, { state: 'Aborted' });
    expect(stopped.state).toBe('Aborted');
    const made = (await results(id, 'successfulResults')).length - 1;
    const left = (await results(id, 'unprocessedrecords')).length - 1;
    expect(left).toBeGreaterThan(0);
    expect(made + left).toBe(20_000);
    expect(
      (await connection.query("SELECT COUNT() FROM Contact WHERE LastName LIKE 'Stop %'")).totalSize,
    ).toBe(made);
  });

  it('refuses rows for locks, as the platform does under load', async () => {
    server.host.faults.add({
      kind: 'lock',
      match: { object: 'Contact', operation: 'insert' },
      times: 1,
      skip: 0,
      rows: [0, 2],
      milliseconds: 0,
      status: 500,
      code: '',
      message: '',
    });
    const done = await ingest({}, 'LastName\nLocked A\nLocked B\nLocked C\n');
    expect(done.numberRecordsFailed).toBe(2);
    expect((await results(done.id, 'failedResults'))[1]).toContain('UNABLE_TO_LOCK_ROW');
    expect(await named('Locked B')).toHaveLength(1);
  });

  it('takes one upload, and each state once', async () => {
    const { id } = await job('POST', 'ingest', { object: 'Contact', operation: 'insert' });
    expect((await call('GET', `ingest/${id}/successfulResults`)).status).toBe(400);
    await call('PUT', `ingest/${id}/batches`, 'LastName\nOnce\n', 'text/csv');
    expect((await call('PUT', `ingest/${id}/batches`, 'LastName\nTwice\n', 'text/csv')).status).toBe(400);
    await job('PATCH', `ingest/${id}`, { state: 'UploadComplete' });
    await ended(`ingest/${id}`);
    const late = await call('PATCH', `ingest/${id}`, JSON.stringify({ state: 'Aborted' }));
    expect([late.status, await late.json()]).toMatchObject([400, [{ errorCode: 'INVALIDJOBSTATE' }]]);
    expect((await call('DELETE', `ingest/${id}`)).status).toBe(204);
    expect((await call('GET', `ingest/${id}`)).status).toBe(404);
  });

  it('refuses orders that make no sense', async () => {
    for (const [order, code] of [
      [{ object: 'Nothing__c', operation: 'insert' }, 'INVALIDENTITY'],
      [{ object: 'Contact', operation: 'explode' }, 'INVALIDJOB'],
      [{ object: 'Contact', operation: 'upsert' }, 'INVALIDJOB'],
    ] as const) {
      const answer = await call('POST', 'ingest', JSON.stringify(order));
      expect([answer.status, await answer.json()]).toMatchObject([400, [{ errorCode: code }]]);
    }
    const bad = await call(
      'POST',
      'query',
      JSON.stringify({ operation: 'query', query: 'SELECT Shoe__c FROM Contact' }),
    );
    expect([bad.status, await bad.json()]).toMatchObject([400, [{ errorCode: 'INVALID_FIELD' }]]);
  });

  it('pages what a query found by locators, deleted records too where they are asked for', async () => {
    const made = await connection
      .sobject('Contact')
      .create(Array.from({ length: 5 }, (_, index) => ({ LastName: 'Located', Phone: String(index) })));
    await connection.sobject('Contact').destroy(made[0]?.id ?? '');
    const query = "SELECT Phone, Account.Name FROM Contact WHERE LastName = 'Located' ORDER BY Phone";
    for (const [operation, phones] of [
      ['query', ['1', '2', '3', '4']],
      ['queryAll', ['0', '1', '2', '3', '4']],
    ] as const) {
      const { id } = await job('POST', 'query', { operation, query });
      expect((await ended(`query/${id}`)).numberRecordsProcessed).toBe(phones.length);
      const found: string[] = [];
      for (let locator: string | null = ''; locator !== 'null';) {
        const page = await call(
          'GET',
          `query/${id}/results?maxRecords=2${locator ? `&locator=${locator}` : ''}`,
        );
        locator = page.headers.get('sforce-locator');
        const [header, ...rows] = (await page.text()).trim().split('\n');
        expect(header).toBe('"Phone","Account.Name"');
        expect(rows).toHaveLength(Number(page.headers.get('sforce-numberofrecords')));
        found.push(...rows.map((row) => row.split(',')[0]?.replaceAll('"', '') ?? ''));
      }
      expect(found).toEqual(phones);
    }
  });
});
