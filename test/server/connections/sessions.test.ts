import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellOfCalls } from '../../../server/src/operations/tell-of-calls.ts';
import { authorizationDesk } from '../../../server/src/connections/authorization-desk.ts';
import { ConnectedOrgs } from '../../../server/src/connections/orgs.ts';
import { SecretBox } from '../../../server/src/access/secret-box.ts';
import type { StatusChange } from '../../../server/src/connections/authorizations.ts';
import { authorizeInBrowser } from '../support/salesforce.ts';
import { APP, startSalesforceDouble, type SalesforceDouble } from '../support/salesforce-double.ts';
import { admin, createScene, startTestServer, type TestServer } from '../support/test-server.ts';

const TOKEN = /oauth2\/token$/;
const DESCRIBE = /sobjects\/Contact\/describe$/;
const CONTACT = {
  name: 'Contact',
  queryable: true,
  createable: true,
  updateable: true,
  deletable: true,
  fields: [],
};

/** How the session of an org is kept alive, and what is said when it cannot be. */
describe('the session of a connection’s org', () => {
  let server: TestServer;
  let salesforce: SalesforceDouble;
  let connectionId: string;
  beforeAll(async () => {
    salesforce = await startSalesforceDouble();
    server = await startTestServer(null, { salesforceOrigins: [salesforce.url], salesforceApp: APP });
  });
  beforeEach(async () => {
    salesforce.reset();
    connectionId = (await createScene(server)).connectionId;
    await authorizeInBrowser(server, connectionId, salesforce.url);
    salesforce.requests.length = 0;
    salesforce.script(DESCRIBE, (request) => {
      const usual = salesforce.usual(request);
      return usual.status === 401 ? usual : { json: CONTACT };
    });
  });
  afterAll(async () => {
    await server.close();
    await salesforce.close();
  });

  /** What other copies of the server write down and tell of their calls. */
  const callRecords = (): ConstructorParameters<typeof ConnectedOrgs>[2] => ({
    counts: server.services.apiCalls,
    troubles: tellOfCalls(server.database.knex, () => Promise.resolve()),
    logger: pino({ level: 'silent' }),
  });

  async function statusOf(): Promise<{ status: string; statusMessage: string | null }> {
    const page = await admin(server, 'get', `/v1/admin/connections/${connectionId}`).expect(200);
    return (page.body as { authorization: { status: string; statusMessage: string | null } }).authorization;
  }

  it('is renewed once it has expired, and the call repeated', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(1);
    expect(salesforce.requestsOf(DESCRIBE)).toHaveLength(2);
    expect(await statusOf()).toMatchObject({ status: 'authorized', statusMessage: null });
  });

  it('is used only when the next refresh token is stored, and the one before is not used again', async () => {
    const stored: string[] = [];
    salesforce.script(DESCRIBE, async (request) => {
      const usual = salesforce.usual(request);
      if (usual.status === 401) return usual;
      const known = await server.services.authorization.authorizations.open(connectionId);
      if (known?.credentials.kind === 'web-server') stored.push(known.credentials.refreshToken);
      return { json: CONTACT };
    });
    const org = await server.services.orgs.open(connectionId, 'checks');
    for (let turn = 0; turn < 3; turn++) {
      salesforce.expire();
      await org.describe('Contact');
    }
    const used = salesforce.requestsOf(TOKEN).map((request) => request.form.get('refresh_token'));
    expect(new Set(used).size).toBe(3);
    // What was stored at a turn's call is what the next turn asks with.
    expect(used.slice(1)).toEqual(stored.slice(0, 2));
  });

  it('is asked for by one of several copies of the server, however many calls find it expired', async () => {
    const { config, database } = server;
    const other = authorizationDesk(config, database.knex, new SecretBox(config.encryptionKeys));
    const copies = [
      server.services.orgs,
      new ConnectedOrgs(other.authorizations, other.logIn, callRecords()),
    ];
    const opened = await Promise.all(
      copies.flatMap((each) => [each.open(connectionId, 'checks'), each.open(connectionId, 'checks')]),
    );
    salesforce.expire();
    await Promise.all(opened.flatMap((org) => [org.describe('Contact'), org.describe('Contact')]));
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(1);
  });

  it('is waited for while another copy asks, and then used', async () => {
    const { authorizations } = server.services.authorization;
    const known = await authorizations.open(connectionId);
    if (!known) throw new Error('The connection is not authorized.');
    expect(await authorizations.claimRenewal(connectionId, known.sessionVersion)).toBe(true);
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    const described = org.describe('Contact');
    const granted = {
      accessToken: salesforce.session(),
      instanceUrl: salesforce.url,
      organizationId: known.organizationId,
      userId: '005000000000001AAA',
      refreshToken: null,
    };
    await authorizations.storeSession(connectionId, known.sessionVersion, granted, known.credentials);
    expect(await described).toMatchObject({ name: 'Contact' });
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(0);
  });

  it('of somebody who authorized the connection anew meanwhile is the one that is used', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    salesforce.script(
      TOKEN,
      async (request) => {
        await authorizeInBrowser(server, connectionId, salesforce.url);
        return salesforce.usual(request);
      },
      1,
    );
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
    // The one that was asked for and the one that was authorized: nobody asks a third time.
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(2);
    const listed = await admin(server, 'get', '/v1/admin/connections').expect(200);
    const { connections } = listed.body as { connections: { id: string; authorization: string | null }[] };
    expect(connections.find((each) => each.id === connectionId)?.authorization).toBe('authorized');
  });

  it('is taken over from a copy that ended while it was asking', async () => {
    await server.database
      .knex('di.salesforce_authorization')
      .where({ connection_id: connectionId })
      .update({
        renewing_until: server.database.knex.raw("now() - interval '1 second'"),
      });
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
  });

  it('revoked in Salesforce stops the connection, which says what to do and asks no more', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    salesforce.script(TOKEN, {
      status: 400,
      json: { error: 'invalid_grant', error_description: 'expired access/refresh token' },
    });
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop', code: 'invalid_grant' });
    const status = await statusOf();
    expect(status.status).toBe('revoked');
    expect(status.statusMessage).toMatch(/Authorize the connection again/);
    const asked = salesforce.requests.length;
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop' });
    await expect(server.services.orgs.open(connectionId, 'checks')).rejects.toMatchObject({
      kind: 'stop',
      code: 'not-authorized',
      message: status.statusMessage,
    });
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(1);
    expect(salesforce.requests.length).toBe(asked + 1);
  });

  it('that the org ends at once stops the connection after one renewal', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.script(DESCRIBE, {
      status: 401,
      json: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired' }],
    });
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop', code: 'INVALID_SESSION_ID' });
    expect(salesforce.requestsOf(TOKEN)).toHaveLength(1);
    expect(await statusOf()).toMatchObject({ status: 'failed' });
  });

  it('that cannot be renewed for now leaves the connection as it is', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    salesforce.script(TOKEN, { status: 503, text: '<html>busy</html>' }, 1);
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'retry' });
    expect(await statusOf()).toMatchObject({ status: 'authorized' });
    expect(await org.describe('Contact')).toMatchObject({ name: 'Contact' });
  });

  it('of another org than the one that was authorized is not used', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.expire();
    salesforce.organizationId = '00D000000000002EAA';
    await expect(org.describe('Contact')).rejects.toMatchObject({ kind: 'stop' });
    expect(await statusOf()).toMatchObject({ status: 'failed' });
  });

  it('that failed works again after a test that finds it well', async () => {
    const org = await server.services.orgs.open(connectionId, 'checks');
    salesforce.script(
      DESCRIBE,
      { status: 403, json: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'disabled' }] },
      1,
    );
    await expect(org.describe('Contact')).rejects.toMatchObject({
      kind: 'stop',
      code: 'API_DISABLED_FOR_ORG',
    });
    expect((await statusOf()).statusMessage).toMatch(/API Enabled/);
    await expect(server.services.orgs.open(connectionId, 'checks')).rejects.toMatchObject({
      code: 'not-authorized',
    });
    await admin(server, 'post', `/v1/admin/connections/${connectionId}/test`).expect(200);
    expect(await statusOf()).toMatchObject({ status: 'authorized', statusMessage: null });
    await server.services.orgs.open(connectionId, 'checks');
  });

  it('tells once that it stopped, and once that it works again', async () => {
    const { config, database } = server;
    const told: StatusChange[] = [];
    const desk = authorizationDesk(
      config,
      database.knex,
      new SecretBox(config.encryptionKeys),
      (_transaction, change) => {
        told.push(change);
        return Promise.resolve();
      },
    );
    const watched = new ConnectedOrgs(desk.authorizations, desk.logIn, callRecords());
    const org = await watched.open(connectionId, 'checks');
    const disabled = { status: 403, json: [{ errorCode: 'API_DISABLED_FOR_ORG', message: 'disabled' }] };
    salesforce.script(DESCRIBE, disabled, 3);
    for (let turn = 0; turn < 3; turn++) await expect(org.describe('Contact')).rejects.toThrow();
    await watched.tryAgain(connectionId);
    await watched.tryAgain(connectionId);
    expect(told.map(({ status, code }) => [status, code])).toEqual([
      ['failed', 'API_DISABLED_FOR_ORG'],
      ['authorized', null],
    ]);
  });

  it('tells that it works again when it was forgotten and authorized anew', async () => {
    const told: StatusChange[] = [];
    const desk = authorizationDesk(
      server.config,
      server.database.knex,
      new SecretBox(server.config.encryptionKeys),
      (_transaction, change) => {
        told.push(change);
        return Promise.resolve();
      },
    );
    const known = await desk.authorizations.open(connectionId);
    if (!known) throw new Error('The connection is not authorized.');
    const failed = { status: 'failed', code: 'INVALID_LOGIN', message: 'No.' } as const;
    await desk.authorizations.note(connectionId, known.sessionVersion, failed);
    await desk.authorizations.forget(server.database.knex, known.accountId, connectionId);
    const granted = {
      accessToken: 'new',
      instanceUrl: known.instanceUrl,
      organizationId: known.organizationId,
      userId: '005000000000001AAA',
      refreshToken: null,
    };
    await server.database.knex.transaction((transaction) =>
      desk.authorizations.store(transaction, { ...known, granted, by: 'somebody' }),
    );
    expect(told.map(({ status }) => status)).toEqual(['failed', 'authorized']);
  });

  it('shows the API calls that are left, as the org last said', async () => {
    salesforce.apiUsage = 'api-usage=14200/15000';
    await admin(server, 'post', `/v1/admin/connections/${connectionId}/test`).expect(200);
    const page = await admin(server, 'get', `/v1/admin/connections/${connectionId}`).expect(200);
    expect(page.body).toMatchObject({
      authorization: { apiCalls: { used: 14_200, limit: 15_000, left: 800 } },
    });
    expect(JSON.stringify(page.body)).toContain('14200 of the 15000');
  });
});
