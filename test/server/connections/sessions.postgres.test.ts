import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { authorizeInBrowser } from '../support/salesforce.ts';
import { APP, startSalesforceDouble, type SalesforceDouble } from '../support/salesforce-double.ts';
import { createScene, startTestServer, type TestServer } from '../support/test-server.ts';

const TOKEN = /oauth2\/token$/;

/** Copies of the server have nothing in common but their database. */
describe('the session of an org that several copies of the server use', () => {
  let postgres: Postgres;
  let salesforce: SalesforceDouble;
  let copies: TestServer[];
  beforeAll(async () => {
    postgres = await startPostgres();
    salesforce = await startSalesforceDouble();
    const config = { salesforceOrigins: [salesforce.url], salesforceApp: APP };
    // One after the other: the first makes the schema.
    copies = [await startTestServer(postgres.url, config), await startTestServer(postgres.url, config)];
  }, 120_000);
  afterAll(async () => {
    for (const copy of copies) await copy.close();
    await salesforce.close();
    await postgres.stop();
  });

  it('is renewed once each time it ends, and its refresh token never used twice', async () => {
    const [first] = copies;
    if (!first) throw new Error('There is no copy.');
    const { connectionId } = await createScene(first);
    await authorizeInBrowser(first, connectionId, salesforce.url);
    salesforce.script(/describe$/, (request) => {
      const usual = salesforce.usual(request);
      const fields: unknown[] = [];
      const flags = { queryable: true, createable: true, updateable: true, deletable: true };
      return usual.status === 401 ? usual : { json: { name: 'Contact', ...flags, fields } };
    });
    salesforce.requests.length = 0;
    const opened = await Promise.all(
      copies.flatMap((copy) =>
        Array.from({ length: 5 }, () => copy.services.orgs.open(connectionId, 'checks')),
      ),
    );
    for (let turn = 1; turn <= 5; turn++) {
      salesforce.expire();
      await Promise.all(opened.map((org) => org.describe('Contact')));
      expect(salesforce.requestsOf(TOKEN)).toHaveLength(turn);
    }
    const used = salesforce.requestsOf(TOKEN).map((request) => request.form.get('refresh_token'));
    expect(new Set(used).size).toBe(5);
  });
});
