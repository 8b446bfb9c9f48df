import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOrg, type OrgProcess } from '../../../scripts/demo/salesforce.ts';
import type { SalesforceOrg } from '../../../server/src/salesforce/org.ts';
import { authorizeByPassword, LOGIN, orderFault } from '../support/salesforce.ts';
import { createScene, startTestServer, type TestServer } from '../support/test-server.ts';

/** What an operator reads of what was asked of an org. */
describe('the log of an org’s calls', () => {
  let process: OrgProcess;
  let server: TestServer;
  let connection: string;
  let org: SalesforceOrg;
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'debug' },
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
        done();
      },
    }),
  );
  beforeAll(async () => {
    process = await startOrg([]);
    server = await startTestServer(
      null,
      {
        salesforceOrigins: [process.url],
        salesforceApp: { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret },
      },
      logger,
    );
    connection = (await createScene(server)).connectionId;
    await authorizeByPassword(server, connection, process.url);
    org = await server.services.orgs.open(connection, 'deliveries');
  });
  beforeEach(() => {
    lines.length = 0;
  });
  afterAll(async () => {
    await server.close();
    await process.stop();
  });

  const calls = (): Record<string, unknown>[] => lines.filter(({ msg }) => msg === 'salesforce call');
  const people = ['Anna Secret', 'Bert Hidden'].map((LastName) => ({
    LastName,
    Email: `${LastName.replace(' ', '.')}@private.example.com`,
  }));

  it('has one line for a call: for whom, what, how many, with which outcomes, at which cost', async () => {
    await org.write('insert', 'Contact', [...people, { LastName: null, Email: 'none@private.example.com' }]);
    expect(calls()).toEqual([
      expect.objectContaining({
        level: 30,
        connection,
        producer: 'deliveries',
        operation: 'insert',
        object: 'Contact',
        records: 3,
        outcomes: { created: 2, REQUIRED_FIELD_MISSING: 1 },
        calls: 1,
        milliseconds: expect.any(Number) as number,
        callsLeft: expect.any(Number) as number,
        requestId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      }),
    ]);
  });

  it('has a line for each record at level debug', async () => {
    const [saved] = await org.write('insert', 'Contact', [{ LastName: 'Debug' }]);
    const records = lines.filter(({ msg }) => msg === 'salesforce record');
    expect(records).toMatchObject([{ level: 20, record: saved?.id, outcome: 'created', object: 'Contact' }]);
  });

  it('has a line for a job with all the calls that it took, and for a query', async () => {
    await org.writeBulk('insert', 'Contact', people);
    for await (const _page of org.query("SELECT Id FROM Contact WHERE LastName = 'Anna Secret'"));
    expect(calls()).toMatchObject([
      { operation: 'bulk insert', records: 2, outcomes: { created: 2 } },
      { operation: 'query', object: 'Contact', records: expect.any(Number) as number, calls: 1 },
    ]);
    expect(calls()[0]?.calls).toBeGreaterThanOrEqual(6);
  });

  it('says why a call failed', async () => {
    await orderFault(process.url, { kind: 'unavailable', match: { operation: 'insert' } });
    await expect(org.write('insert', 'Contact', people)).rejects.toThrow();
    expect(calls()).toMatchObject([
      { operation: 'insert', records: 2, fault: { kind: 'retry', code: 'SERVER_UNAVAILABLE' } },
    ]);
  });

  it('holds nothing of a person, whatever the org answers', async () => {
    await org.write('insert', 'Contact', people);
    await expect(
      org.write('insert', 'Contact', [{ LastName: 'Anna Secret', Birthdate: 'private.example.com' }]),
    ).rejects.toThrow(/private\.example\.com/);
    for await (const _page of org.query("SELECT Id FROM Contact WHERE LastName = 'Anna Secret'"));
    expect(calls()).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toMatch(/private\.example\.com|Secret|Hidden/);
  });
});
