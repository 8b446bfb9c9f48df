import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exchange } from '../../../server/src/salesforce/exchange.ts';
import type { DeployProgress, SalesforceOrg } from '../../../server/src/salesforce/org.ts';
import { startAuthorizationStage, type AuthorizationStage } from '../support/authorization-stage.ts';
import { authorizeInBrowser } from '../support/salesforce.ts';
import type { DoubleAnswer, SalesforceDouble } from '../support/salesforce-double.ts';

const DESCRIBE = /sobjects\/Contact\/describe$/;
const INGEST = /\/jobs\/ingest/;
const refusal = (status: number, errorCode: string, message = errorCode): DoubleAnswer => ({
  status,
  json: [{ errorCode, message }],
});

describe('a call of an org', () => {
  let stage: AuthorizationStage;
  let salesforce: SalesforceDouble;
  let org: SalesforceOrg;
  beforeAll(async () => {
    stage = await startAuthorizationStage();
    ({ salesforce } = stage);
  });
  beforeEach(async () => {
    await stage.set();
    await authorizeInBrowser(stage.server, stage.scene.connectionId, salesforce.url);
    org = await stage.server.services.orgs.open(stage.scene.connectionId, 'checks');
    salesforce.requests.length = 0;
  });
  afterAll(() => stage.close());

  it.each<[string, DoubleAnswer, string]>([
    ['retry', refusal(503, 'SERVER_UNAVAILABLE'), 'SERVER_UNAVAILABLE'],
    ['retry', refusal(500, 'UNKNOWN_EXCEPTION'), 'UNKNOWN_EXCEPTION'],
    [
      'retry',
      refusal(400, 'UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access to this record'),
      'UNABLE_TO_LOCK_ROW',
    ],
    ['retry', refusal(400, 'QUERY_TIMEOUT'), 'QUERY_TIMEOUT'],
    [
      'retry',
      refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentPerOrgLongTxn Limit exceeded.'),
      'REQUEST_LIMIT_EXCEEDED',
    ],
    ['retry', { status: 502, text: '<html>Bad Gateway</html>' }, 'HTTP_502'],
    ['retry', { status: 429, json: {} }, 'HTTP_429'],
    ['retry', { isBroken: true }, 'unreachable'],
    [
      'limit',
      refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      'REQUEST_LIMIT_EXCEEDED',
    ],
    ['stop', refusal(403, 'API_DISABLED_FOR_ORG'), 'API_DISABLED_FOR_ORG'],
    ['give-up', refusal(404, 'NOT_FOUND'), 'NOT_FOUND'],
    [
      'give-up',
      refusal(400, 'INVALID_FIELD', "No such column 'Gone__c' on entity 'Contact'"),
      'INVALID_FIELD',
    ],
    ['give-up', refusal(400, 'MALFORMED_QUERY'), 'MALFORMED_QUERY'],
  ])('ends as %s: %j', async (kind, answer, code) => {
    salesforce.script(DESCRIBE, answer);
    await expect(org.describe('Contact')).rejects.toMatchObject({ name: 'SalesforceFault', kind, code });
    // Whatever is tried again is tried by whoever counts the calls.
    expect(salesforce.requestsOf(DESCRIBE)).toHaveLength(1);
  });

  it('reads the numbers of records digit by digit', async () => {
    const text = '{"records":[{"Id":"0035g00000LkXaBAAV","Total__c":1234567890123456.78,"Score__c":7.5}]}';
    salesforce.script(/\/query$/, { status: 200, text });
    const records = [];
    for await (const page of org.query('SELECT Id, Total__c, Score__c FROM Contact')) records.push(...page);
    expect(records).toEqual([{ Id: '0035g00000LkXaBAAV', Total__c: '1234567890123456.78', Score__c: 7.5 }]);
  });

  it.each<[string, DoubleAnswer, RegExp]>([
    [
      'HTTP_400',
      { status: 400, json: { error: 'invalid_grant', error_description: 'expired' } },
      /invalid_grant, expired/,
    ],
    ['HTTP_400', { status: 400, json: { message: 'something else' } }, /something else/],
    ['HTTP_403', { status: 403, text: 'Forbidden by a proxy' }, /Forbidden by a proxy/],
    ['HTTP_502', { status: 502, text: '<html><body><h1>Bad Gateway</h1></body></html>' }, /Bad Gateway/],
  ])('keeps the reason of a refusal that is not Salesforce’s own: %s', async (code, answer, reason) => {
    salesforce.script(DESCRIBE, answer);
    await expect(org.describe('Contact')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(reason) as string,
    });
  });

  it.each([
    ['a version that is not there yet', refusal(404, 'NOT_FOUND')],
    ['a version that was retired', refusal(410, 'GONE')],
    ['whatever else is below the version', { status: 404, text: '' }],
  ])('holds the connection for %s, and says which versions the org has', async (_what, answer) => {
    salesforce.script(/^\/services\/data\/v65\.0\//, answer);
    salesforce.script(/^\/services\/data\/$/, { json: [{ version: '62.0' }, { version: '64.0' }] });
    await expect(org.describe('Contact')).rejects.toMatchObject({
      kind: 'hold',
      code: 'api-version-missing',
      message: expect.stringMatching(/version 65\.0 .* has 62\.0 to 64\.0\. A newer one/) as string,
    });
    expect((await stage.page()).authorization).toMatchObject({ status: 'authorized' });
  });

  it.each([
    ['under 404', { status: 404, text: '<!DOCTYPE html><html><body>Down for maintenance</body></html>' }],
    ['as if all were well', { status: 200, text: '<html><body>Down for maintenance</body></html>' }],
  ])('holds the connection for a page for people %s', async (_how, answer) => {
    salesforce.script(DESCRIBE, answer);
    await expect(org.describe('Contact')).rejects.toMatchObject({
      kind: 'hold',
      code: 'page-instead-of-api',
      message: expect.stringMatching(/Down for maintenance.*has 65\.0/) as string,
    });
  });

  it('asks once a minute whether the API itself is there, where something is not', async () => {
    for (let time = 0; time < 3; time++)
      await expect(org.describe('Nothing__c')).rejects.toMatchObject({ kind: 'give-up', code: 'NOT_FOUND' });
    expect(salesforce.requestsOf(/v65\.0\/$/)).toHaveLength(1);
  });

  it('does not follow a redirect, nor carry its token there', async () => {
    salesforce.script(DESCRIBE, { status: 307, headers: { Location: `${salesforce.url}/elsewhere` } });
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop', code: 'redirected' });
    expect(salesforce.requestsOf(/elsewhere/)).toHaveLength(0);
    expect((await stage.page()).authorization).toMatchObject({
      status: 'failed',
      statusMessage: expect.stringMatching(/Authorize again/) as string,
    });
  });

  it('goes to where the org has moved, once a new session says where that is', async () => {
    salesforce.script(DESCRIBE, { status: 301, headers: { Location: 'https://moved.example.com/' } }, 1);
    await expect(org.describe('Contact')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(salesforce.requestsOf(/token$/)).toHaveLength(1);
    expect(salesforce.requestsOf(DESCRIBE)).toHaveLength(2);
  });

  it('ends when no answer comes', async () => {
    let release: (answer: DoubleAnswer) => void = () => undefined;
    salesforce.script(DESCRIBE, () => new Promise<DoubleAnswer>((resolve) => (release = resolve)));
    const url = `${salesforce.url}/services/data/v65.0/sobjects/Contact/describe`;
    await expect(exchange({ method: 'GET', url, timeout: 50 })).rejects.toMatchObject({
      kind: 'retry',
      code: 'timeout',
    });
    release({});
  });

  it('takes no answer that is larger than it may be', async () => {
    salesforce.script(DESCRIBE, { text: 'x'.repeat(20_000) });
    const url = `${salesforce.url}/services/data/v65.0/sobjects/Contact/describe`;
    await expect(exchange({ method: 'GET', url, limit: 10_000 })).rejects.toMatchObject({
      code: 'answer-too-large',
    });
    expect((await exchange({ method: 'GET', url, limit: 20_000 })).text).toHaveLength(20_000);
  });

  it('of a query fails where the next page is said to be elsewhere', async () => {
    salesforce.script(/\/query$/, {
      json: { records: [{ Id: '1' }], nextRecordsUrl: 'https://example.com/next' },
    });
    await expect(async () => {
      for await (const _page of org.query('SELECT Id FROM Contact'));
    }).rejects.toMatchObject({ name: 'SalesforceFault', code: 'unexpected-answer' });
  });

  describe('that writes by Bulk API', () => {
    const job = (state: string, errorMessage?: string): DoubleAnswer => ({
      json: { id: '750000000000001AAA', state, errorMessage },
    });
    const csv = (text: string): DoubleAnswer => ({ headers: { 'Content-Type': 'text/csv' }, text });

    it('tells each record’s result, though Salesforce mixes them and names fields in its errors', async () => {
      salesforce.script(INGEST, job('JobComplete'));
      salesforce.script(
        /successfulResults$/,
        csv('"sf__Id","sf__Created","Key__c","Name"\n"a02","false","2","B"\n"a01","true","1","A"\n'),
      );
      salesforce.script(
        /failedResults$/,
        csv(
          '"sf__Id","sf__Error","Key__c","Name"\n"","FIELD_CUSTOM_VALIDATION_EXCEPTION:Name: too short:Name --","3","C"\n"","UNABLE_TO_LOCK_ROW:unable to obtain exclusive access:--","4","D"\n',
        ),
      );
      const records = ['1', '2', '3', '4'].map((key, index) => ({ Key__c: key, Name: 'ABCD'[index] }));
      const results = await org.writeBulk('upsert', 'Thing__c', records, { externalIdField: 'Key__c' });
      expect(results).toMatchObject([
        { id: 'a01', isSaved: true, isCreated: true },
        { id: 'a02', isSaved: true, isCreated: false },
        {
          isSaved: false,
          errors: [
            { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Name: too short', fields: ['Name'] },
          ],
        },
        { isSaved: false, errors: [{ code: 'UNABLE_TO_LOCK_ROW', fields: [] }] },
      ]);
    });

    it('says which records an aborted job did not come to, so that they are tried again', async () => {
      salesforce.script(INGEST, job('Aborted'));
      salesforce.script(
        /successfulResults$/,
        csv('"sf__Id","sf__Created","Id","Name"\n"003A","false","003A","A"\n'),
      );
      salesforce.script(/failedResults$/, csv('"sf__Id","sf__Error","Id","Name"\n'));
      const results = await org.writeBulk('update', 'Contact', [
        { Id: '003B', Name: 'B' },
        { Id: '003A', Name: 'A' },
      ]);
      expect(results).toMatchObject([
        { isSaved: false, errors: [{ code: 'SERVER_UNAVAILABLE' }] },
        { isSaved: true },
      ]);
    });

    it('fails as a whole, with Salesforce’s words, where nothing was done', async () => {
      salesforce.script(INGEST, job('Failed', 'InvalidBatch : Field name not found : Gone__c'));
      salesforce.script(/Results$/, csv('"sf__Id"\n'));
      await expect(org.writeBulk('insert', 'Contact', [{ Gone__c: '1' }])).rejects.toMatchObject({
        kind: 'give-up',
        code: 'BULK_JOB_FAILED',
        message: 'InvalidBatch : Field name not found : Gone__c',
      });
    });

    it('aborts a job whose records could not be sent', async () => {
      salesforce.script(INGEST, job('Open'));
      salesforce.script(/\/batches$/, { isBroken: true });
      await expect(org.writeBulk('insert', 'Contact', [{ LastName: 'A' }])).rejects.toMatchObject({
        kind: 'retry',
      });
      const last = salesforce.requests.at(-1);
      expect([last?.method, last?.body]).toEqual(['PATCH', '{"state":"Aborted"}']);
    });
  });

  describe('that deploys', () => {
    const PATH = /\/metadata\/deployRequest/;
    const zip = Buffer.from('PK a zip');

    it('sends the zip with the tests to run, and tells how it goes on', async () => {
      const states = [
        {
          status: 'InProgress',
          done: false,
          success: false,
          numberComponentsTotal: 2,
          numberComponentsDeployed: 1,
          numberTestsTotal: 1,
        },
        {
          status: 'Succeeded',
          done: true,
          success: true,
          numberComponentsTotal: 2,
          numberComponentsDeployed: 2,
          numberTestsTotal: 1,
          numberTestsCompleted: 1,
        },
      ];
      salesforce.script(PATH, ({ method }) => ({
        json: { id: '0Af1', ...(method === 'GET' ? { deployResult: states.shift() } : {}) },
      }));
      const progress: DeployProgress[] = [];
      const result = await org.deploy(zip, {
        tests: ['ThingTriggerTest'],
        onProgress: (each) => void progress.push(each),
      });
      expect(result).toEqual({ id: '0Af1', isSuccess: true, failures: [] });
      expect(progress.map((each) => [each.status, each.componentsDeployed, each.testsCompleted])).toEqual([
        ['InProgress', 1, 0],
        ['Succeeded', 2, 1],
      ]);
      const sent = salesforce.requestsOf(PATH)[0]?.body ?? '';
      expect(sent).toContain('"testLevel":"RunSpecifiedTests","runTests":["ThingTriggerTest"]');
      expect(sent).toContain('"rollbackOnError":true');
      expect(sent).toContain('PK a zip');
    });

    it('names each component, test and coverage that failed', async () => {
      const details = {
        componentFailures: [{ fullName: 'ThingTrigger', lineNumber: 3, problem: 'Variable does not exist' }],
        runTestResult: {
          failures: [{ name: 'ThingTriggerTest', methodName: 'sends', message: 'Assertion Failed' }],
          codeCoverageWarnings: [
            { name: null, message: 'Average test coverage is 40%, at least 75% is required' },
          ],
        },
      };
      const deployResult = { status: 'Failed', done: true, success: false, details };
      salesforce.script(PATH, { json: { id: '0Af1', deployResult } });
      const { isSuccess, failures } = await org.deploy(zip, { tests: [] });
      expect([isSuccess, failures]).toMatchObject([
        false,
        [
          { component: 'ThingTrigger', message: 'Variable does not exist (line 3)' },
          { component: 'ThingTriggerTest.sends', message: 'Assertion Failed' },
          { component: 'code coverage', message: 'Average test coverage is 40%, at least 75% is required' },
        ],
      ]);
    });
  });
});
