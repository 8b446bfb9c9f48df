import { createHash } from 'node:crypto';
import jsforce from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';

/** What clients do beyond single records, through jsforce where it has a word for it. */
describe('the REST API of the local org for many records at once', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/rest-fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await connection.login(LOGIN.userName, LOGIN.password);
  });
  afterAll(() => server.close());

  const post = (url: string, body: unknown): Promise<unknown> =>
    connection.request({
      method: 'POST',
      url,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  it('lets later requests of a composite use what earlier ones answered', async () => {
    const compositeRequest = [
      {
        method: 'POST',
        url: '/services/data/v65.0/sobjects/Account',
        referenceId: 'acc',
        body: { Name: 'Comp' },
      },
      {
        method: 'POST',
        url: '/services/data/v65.0/sobjects/Contact',
        referenceId: 'con',
        body: { LastName: 'Osite', AccountId: '@{acc.id}' },
      },
      {
        method: 'GET',
        url: "/services/data/v65.0/query?q=SELECT+Account.Name+FROM+Contact+WHERE+Id='@{con.id}'",
        referenceId: 'q',
      },
    ];
    expect(await post('/composite', { allOrNone: true, compositeRequest })).toMatchObject({
      compositeResponse: [
        { httpStatusCode: 201 },
        { httpStatusCode: 201 },
        { httpStatusCode: 200, body: { records: [{ Account: { Name: 'Comp' } }] } },
      ],
    });
  });

  it('takes a composite back whole when one of its requests fails', async () => {
    const compositeRequest = [
      {
        method: 'POST',
        url: '/services/data/v65.0/sobjects/Account',
        referenceId: 'a',
        body: { Name: 'Gone' },
      },
      { method: 'POST', url: '/services/data/v65.0/sobjects/Contact', referenceId: 'b', body: {} },
    ];
    expect(await post('/composite', { allOrNone: true, compositeRequest })).toMatchObject({
      compositeResponse: [
        { httpStatusCode: 400, body: [{ errorCode: 'PROCESSING_HALTED' }] },
        { httpStatusCode: 400, body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }] },
      ],
    });
    expect((await connection.query("SELECT Id FROM Account WHERE Name = 'Gone'")).totalSize).toBe(0);
  });

  it('answers each request of a batch by itself', async () => {
    const batchRequests = [
      { method: 'GET', url: 'v65.0/limits' },
      { method: 'GET', url: 'v65.0/sobjects/Account/001000000000999AAA' },
    ];
    expect(await post('/composite/batch', { batchRequests })).toMatchObject({
      hasErrors: true,
      results: [{ statusCode: 200 }, { statusCode: 404, result: [{ errorCode: 'NOT_FOUND' }] }],
    });
  });

  it('counts each request of a batch, and a composite once', async () => {
    const used = async (): Promise<number> => {
      await connection.query('SELECT Id FROM Organization');
      return connection.limitInfo.apiUsage?.used ?? 0;
    };
    const limits = { method: 'GET', url: '/services/data/v65.0/limits' };
    const before = await used();
    await post('/composite/batch', { batchRequests: [limits, limits, limits] });
    expect(await used()).toBe(before + 4);
    await post('/composite', {
      compositeRequest: [
        { ...limits, referenceId: 'a' },
        { ...limits, referenceId: 'b' },
      ],
    });
    expect(await used()).toBe(before + 6);
  });

  it('takes five queries in a composite, as long as statements may be, and says what is wrong with each', async () => {
    const asked = (soql: string, referenceId: string): object => ({
      method: 'GET',
      url: `/services/data/v65.0/query?q=${encodeURIComponent(soql)}`,
      referenceId,
    });
    const long = (characters: number): string =>
      `SELECT Id FROM Account WHERE Name IN (${`'${'x'.repeat(97)}',`.repeat(characters / 100)}'none')`;
    const compositeRequest = [
      asked(long(50_000), 'long'),
      asked(long(100_000), 'longer'),
      asked('SELECT Shoe__c FROM Account', 'wrong'),
      asked('SELECT Id FROM Account LIMIT 1', 'right'),
      asked('SELECT Id FROM Account LIMIT 1', 'again'),
    ];
    expect(await post('/composite', { compositeRequest })).toMatchObject({
      compositeResponse: [
        { referenceId: 'long', httpStatusCode: 200, body: { totalSize: 0, done: true } },
        { referenceId: 'longer', httpStatusCode: 400, body: [{ errorCode: 'MALFORMED_QUERY' }] },
        { referenceId: 'wrong', httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD' }] },
        { referenceId: 'right', httpStatusCode: 200 },
        { referenceId: 'again', httpStatusCode: 200 },
      ],
    });
    const six = [...compositeRequest, asked('SELECT Id FROM Account LIMIT 1', 'six')];
    await expect(post('/composite', { compositeRequest: six })).rejects.toThrow('5 queries');
  });

  it('saves a tree of records with their children', async () => {
    const records = [
      {
        attributes: { type: 'Account', referenceId: 'r1' },
        Name: 'Tree',
        Contacts: { records: [{ attributes: { type: 'Contact', referenceId: 'r2' }, LastName: 'Leaf' }] },
      },
    ];
    expect(await post('/composite/tree/Account', { records })).toMatchObject({
      hasErrors: false,
      results: [{ referenceId: 'r1' }, { referenceId: 'r2' }],
    });
    const leaf = await connection.query<{ Account: { Name: string } }>(
      "SELECT Account.Name FROM Contact WHERE LastName = 'Leaf'",
    );
    expect(leaf.records[0]?.Account.Name).toBe('Tree');
  });

  it('reads and searches several records at once', async () => {
    const created = await connection
      .sobject('Account')
      .create([{ Name: 'Findable One' }, { Name: 'Findable Two' }]);
    const ids = created.map((each) => each.id ?? '');
    const read = await connection.sobject('Account').retrieve(ids);
    expect(read.map((each): unknown => each.Name)).toEqual(['Findable One', 'Findable Two']);
    const found = await connection.search('FIND {Findable} IN ALL FIELDS RETURNING Account(Id, Name)');
    expect(found.searchRecords).toHaveLength(2);
  });

  it('loads and queries by the Bulk API 2.0', async () => {
    const loaded = await connection.bulk2.loadAndWaitForResults({
      object: 'Contact',
      operation: 'insert',
      input: [
        { FirstName: 'A', LastName: 'Bulk 1' },
        { FirstName: 'B', LastName: 'Bulk 2' },
        { FirstName: 'Nameless', LastName: '' },
      ],
      pollTimeout: 10_000,
      pollInterval: 10,
    });
    expect(loaded.successfulResults).toHaveLength(2);
    expect(loaded.failedResults).toMatchObject([{ FirstName: 'Nameless' }]);
    const stream = await connection.bulk2.query(
      "SELECT LastName FROM Contact WHERE LastName LIKE 'Bulk%' ORDER BY LastName",
    );
    expect(await stream.toArray()).toEqual([{ LastName: 'Bulk 1' }, { LastName: 'Bulk 2' }]);
  });

  it('serves classes that are annotated as REST resources', async () => {
    const id = await connection.apex.post<string>('/accounts/', { name: 'Apex', employees: 3 });
    expect(await connection.apex.get(`/accounts/${id}?suffix=!`)).toEqual({ name: 'Apex!', employees: 3 });
    const answer = await fetch(`${server.url}/services/apexrest/accounts/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${connection.accessToken ?? ''}` },
    });
    expect([answer.status, await answer.text()]).toEqual([418, 'not a teapot']);
    await expect(connection.apex.get('/nothing')).rejects.toMatchObject({ errorCode: 'NOT_FOUND' });
  });

  it('gives tokens for a code with its verifier, and new ones for a refresh token that is then spent', async () => {
    const verifier = 'a-verifier-of-more-than-forty-three-characters-1234';
    const redirect = 'http://localhost/callback';
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: LOGIN.clientId,
      redirect_uri: redirect,
      state: 's',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    const consent = await fetch(`${server.url}/services/oauth2/authorize?${query.toString()}`, {
      redirect: 'manual',
    });
    const back = new URL(consent.headers.get('location') ?? '');
    expect(back.searchParams.get('state')).toBe('s');
    const ask = async (form: Record<string, string>): Promise<Record<string, string>> => {
      const body = new URLSearchParams({ client_id: LOGIN.clientId, ...form });
      const answer = await fetch(`${server.url}/services/oauth2/token`, { method: 'POST', body });
      return (await answer.json()) as Record<string, string>;
    };
    const code = back.searchParams.get('code') ?? '';
    expect(
      await ask({
        grant_type: 'authorization_code',
        code: 'wrong',
        redirect_uri: redirect,
        code_verifier: verifier,
      }),
    ).toMatchObject({
      error: 'invalid_grant',
    });
    const first = await ask({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
    });
    const second = await ask({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' });
    const info = await fetch(`${server.url}/services/oauth2/userinfo`, {
      headers: { authorization: `Bearer ${second.access_token ?? ''}` },
    });
    expect(await info.json()).toMatchObject({ preferred_username: LOGIN.userName });
    expect(
      await ask({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' }),
    ).toMatchObject({ error: 'invalid_grant' });
    const claims = (exp: number): string =>
      Buffer.from(JSON.stringify({ iss: LOGIN.clientId, sub: LOGIN.userName, exp })).toString('base64url');
    const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    expect(await ask({ grant_type, assertion: `x.${claims(Date.now() / 1000 + 60)}.y` })).toHaveProperty(
      'access_token',
    );
    expect(await ask({ grant_type, assertion: `x.${claims(Date.now() / 1000 - 60)}.y` })).toMatchObject({
      error: 'invalid_grant',
    });
  });
});
