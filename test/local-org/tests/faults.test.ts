import jsforce from 'jsforce';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createOrg } from '../org.ts';
import { LOGIN, serveOrg, type OrgServer } from '../rest/server.ts';
import { defaultSettings } from '../rest/settings.ts';

/** What goes wrong on demand, and how much may be asked in a day. */
describe('the limits and faults of the local org', { timeout: 60_000 }, () => {
  let server: OrgServer;
  let connection: jsforce.Connection;
  const local = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${server.url}/local/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  const order = async (fault: unknown): Promise<void> => {
    expect((await local('POST', 'faults', fault)).status).toBe(200);
  };
  const contacts = async (lastName: string): Promise<number> =>
    (await connection.query(`SELECT Id FROM Contact WHERE LastName = '${lastName}'`)).totalSize;
  const raw = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${server.url}/services/data/v65.0/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${connection.accessToken ?? ''}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  beforeAll(async () => {
    server = await serveOrg(createOrg({ sources: ['test/local-org/tests/rest-fixture'] }));
    connection = new jsforce.Connection({ loginUrl: server.url, version: '65.0', maxRequest: 1 });
    await connection.login(LOGIN.userName, LOGIN.password);
  });
  afterEach(async () => {
    await local('DELETE', 'faults');
    server.host.change(defaultSettings());
    await local('PUT', 'api-usage', { used: 0 });
  });
  afterAll(() => server.close());

  it('counts each call, tells of it in every answer, and refuses the one that is too many', async () => {
    server.host.change({ dailyApiRequests: 3 });
    expect((await raw('GET', 'sobjects/Contact/describe')).headers.get('sforce-limit-info')).toBe(
      'api-usage=1/3',
    );
    const limits = (await (await raw('GET', 'limits')).json()) as {
      DailyApiRequests: { Max: number; Remaining: number };
    };
    expect(limits.DailyApiRequests).toEqual({ Max: 3, Remaining: 1 });
    const bad = await raw('GET', 'query?q=SELECT');
    expect([bad.status, bad.headers.get('sforce-limit-info')]).toEqual([400, 'api-usage=3/3']);
    const refused = await raw('GET', 'limits');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject([{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }]);
    expect(refused.headers.get('sforce-limit-info')).toBe('api-usage=3/3');
  });

  it.each([
    ['unavailable', 503, 'SERVER_UNAVAILABLE'],
    ['request-limit', 403, 'REQUEST_LIMIT_EXCEEDED'],
    ['error', 500, 'UNKNOWN_EXCEPTION'],
  ])('answers %s as often as it was told, and does nothing meanwhile', async (kind, status, code) => {
    await order({ kind, times: 2, match: { object: 'Contact', operation: 'insert' } });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await raw('POST', 'sobjects/Contact', { LastName: `Fault ${kind}` });
      expect(answer.status).toBe(status);
      expect(await answer.json()).toMatchObject([{ errorCode: code }]);
    }
    expect(await contacts(`Fault ${kind}`)).toBe(0);
    expect((await raw('POST', 'sobjects/Contact', { LastName: `Fault ${kind}` })).status).toBe(201);
  });

  it('lets calls by before a fault begins, and lists what it met', async () => {
    await order({ kind: 'unavailable', skip: 1, match: { operation: 'query' } });
    expect((await raw('GET', 'query?q=SELECT+Id+FROM+Contact')).status).toBe(200);
    expect((await raw('GET', 'limits')).status).toBe(200);
    expect((await raw('GET', 'query?q=SELECT+Id+FROM+Contact')).status).toBe(503);
    expect(await (await local('GET', 'faults')).json()).toMatchObject({
      faults: [{ kind: 'unavailable', met: 1, skipped: 1 }],
    });
  });

  it('refuses the rows of a lock, and saves the others', async () => {
    await order({ kind: 'lock', rows: [1], match: { object: 'Contact' } });
    const results = await connection
      .sobject('Contact')
      .create([{ LastName: 'Lock 0' }, { LastName: 'Lock 1' }, { LastName: 'Lock 2' }]);
    expect(results.map((result) => result.success)).toEqual([true, false, true]);
    expect(results[1]).toMatchObject({ errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW' }] });
    expect(await contacts('Lock 1')).toBe(0);
  });

  it('takes everything back for a lock where all or none is asked for', async () => {
    await order({ kind: 'lock', rows: [1], match: { object: 'Contact' } });
    const results = await connection
      .sobject('Contact')
      .create([{ LastName: 'All 0' }, { LastName: 'All 1' }], { allOrNone: true });
    expect(results).toMatchObject([
      { errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }] },
      { errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW' }] },
    ]);
    expect(await contacts('All 0')).toBe(0);
  });

  it('ends a session in the middle of the work', async () => {
    const own = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await own.login(LOGIN.userName, LOGIN.password);
    const before = own.accessToken;
    await order({ kind: 'session', match: { operation: 'query' } });
    // The client logs in again by itself: the token that it had is worth nothing any more.
    expect((await own.query('SELECT Id FROM Contact')).done).toBe(true);
    expect(own.accessToken).not.toBe(before);
  });

  it('redirects a call, or answers it with a page for people', async () => {
    await order({ kind: 'redirect', location: 'https://new.my.salesforce.com/' });
    const moved = await fetch(`${server.url}/services/data/v65.0/limits`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://new.my.salesforce.com/']);
    await order({ kind: 'html', status: 404, message: 'Down for maintenance' });
    const page = await raw('GET', 'limits');
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html;charset=UTF-8']);
    expect(await page.text()).toContain('Down for maintenance');
    expect((await raw('GET', 'limits')).status).toBe(200);
  });

  it('has the versions of the API that it lists, and no others', async () => {
    server.host.change({ apiVersions: { oldest: 62, newest: 64 } });
    const listed: unknown = await (await fetch(`${server.url}/services/data/`)).json();
    expect(listed).toEqual([
      { label: "Winter '25", url: '/services/data/v62.0', version: '62.0' },
      { label: "Spring '25", url: '/services/data/v63.0', version: '63.0' },
      { label: "Summer '25", url: '/services/data/v64.0', version: '64.0' },
    ]);
    const newer = await raw('GET', 'limits');
    expect([newer.status, await newer.json()]).toMatchObject([404, [{ errorCode: 'NOT_FOUND' }]]);
    const headers = { authorization: `Bearer ${connection.accessToken ?? ''}` };
    const at = (version: string): Promise<Response> =>
      fetch(`${server.url}/services/data/v${version}/limits`, { headers });
    expect((await at('64.0')).status).toBe(200);
    expect((await at('61.0')).status).toBe(410);
  });

  it('speaks SOAP of its faults to a SOAP client', async () => {
    const own = new jsforce.Connection({ loginUrl: server.url, version: '65.0' });
    await own.login(LOGIN.userName, LOGIN.password);
    const before = own.accessToken;
    await order({ kind: 'session', match: { path: '/Soap/m/' } });
    expect(await own.metadata.list([{ type: 'ApexClass' }])).not.toEqual([]);
    expect(own.accessToken).not.toBe(before);
    await order({ kind: 'error', code: 'UNKNOWN_EXCEPTION', match: { path: '/Soap/m/' } });
    await expect(own.metadata.list([{ type: 'ApexClass' }])).rejects.toThrow('UNKNOWN_EXCEPTION');
  });

  it('breaks a connection before the work is done, or after', async () => {
    await order({ kind: 'reset-before', match: { operation: 'insert' } });
    await expect(raw('POST', 'sobjects/Contact', { LastName: 'Reset before' })).rejects.toThrow();
    expect(await contacts('Reset before')).toBe(0);
    await order({ kind: 'reset-after', match: { operation: 'insert' } });
    await expect(raw('POST', 'sobjects/Contact', { LastName: 'Reset after' })).rejects.toThrow();
    expect(await contacts('Reset after')).toBe(1);
  });

  it('answers others while one call is slow', async () => {
    await order({ kind: 'slow', milliseconds: 400, match: { operation: 'describe' } });
    const slow = raw('GET', 'sobjects/Contact/describe').then(() => 'slow');
    const quick = raw('GET', 'limits').then(() => 'quick');
    expect(await Promise.race([slow, quick])).toBe('quick');
    expect(await slow).toBe('slow');
  });

  it('refuses a fault that it does not understand', async () => {
    const answer = await local('POST', 'faults', { kind: 'earthquake' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject([{ errorCode: 'INVALID_ARGUMENT' }]);
  });
});
