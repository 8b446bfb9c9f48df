import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiConnect } from '../../scripts/demo/di-connect.ts';
import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { PROJECT, setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { readConfig } from '../../server/src/config.ts';
import { startServer, type RunningServer } from '../../server/src/server.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { freePort } from '../server/support/free-port.ts';
import { startPostgres, type Postgres } from '../server/support/postgres.ts';
import { orderFault } from '../server/support/salesforce.ts';

const ADMIN = 'admin-token-of-the-tests-32-characters';

/** The package's own Apex in a local org, the API on a real PostgreSQL with its workers, and HTTP between them. */
describe('the way back to Salesforce', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'di-connect-way-back-'));
  let postgres: Postgres;
  let operator: pg.Client;
  let server: RunningServer;
  let org: OrgProcess;
  let salesforce: Salesforce;
  let di: DiConnect;
  let connection: string;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const [port, orgPort] = [await freePort(), await freePort()];
    const orgUrl = `http://127.0.0.1:${orgPort}`;
    postgres = await startPostgres();
    const config = readConfig({
      DATABASE_URL: postgres.url,
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 'k').toString('base64')}`,
      PORT: String(port),
      DATA_DIR: folder,
      ADMIN_TOKEN: ADMIN,
      LOG_LEVEL: 'silent',
      SALESFORCE_ORIGINS: orgUrl,
      SALESFORCE_CLIENT_ID: LOGIN.clientId,
      SALESFORCE_CLIENT_SECRET: LOGIN.clientSecret,
    });
    server = await startServer(config, pino({ level: 'silent' }));
    operator = new pg.Client(postgres.url);
    await operator.connect();
    org = await startOrg([server.url], orgPort);
    salesforce = await org.connect();
    di = new DiConnect(server.url, ADMIN);
    await setUpSalesforce(salesforce, server.url, await setUpProject(di));
    // The package leaves out what this user writes of the fields that DI writes.
    await salesforce.assign('DI_Integration_User', LOGIN.userName);
    connection = await onlyConnection();
    await di.call('POST', `/v1/admin/connections/${connection}/authorizations/password`, {
      login: org.url,
      userName: LOGIN.userName,
      password: LOGIN.password,
    });
    await di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code: 'news', name: 'News' });
    for (const name of ['ann', 'bob'])
      ids[name] = await salesforce.create('Contact', { LastName: name, Email: `${name}@example.com` });
    ids.lead = await salesforce.create('Lead', { LastName: 'ann', Company: 'A', Email: 'ann@example.com' });
    await eventually(async () => (await rows()).length === 2);
  }, 180_000);
  afterAll(async () => {
    await org.stop();
    await server.close();
    await operator.end();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  async function onlyConnection(): Promise<string> {
    const { connections } = await di.call<{ connections: { id: string }[] }>('GET', '/v1/admin/connections');
    return connections[0]?.id ?? '';
  }

  async function eventually(holds: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt++) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('It never came to be.');
  }

  const rows = async (): Promise<Record<string, unknown>[]> => (await di.rows(PROJECT, 'Contact')).rows;

  async function record(object: string, id: string | undefined): Promise<Record<string, unknown>> {
    const found = await salesforce.connection.query<Record<string, unknown>>(
      `SELECT Id, LastName, Email, Phone, HasOptedOutOfEmail, SystemModstamp FROM ${object} WHERE Id = '${id ?? ''}'`,
    );
    return found.records[0] ?? {};
  }

  async function integrate(object: string, definition: object): Promise<string> {
    const { id } = await di.call<{ id: string }>('POST', '/v1/admin/integrations', {
      connection,
      table: 'Contact',
      object,
      ...definition,
    });
    await di.call('POST', `/v1/admin/integrations/${id}/activate`);
    return id;
  }

  interface Health {
    readonly status: string;
    readonly pending: number;
    readonly outcomes: Record<string, number>;
  }
  const health = (id: string): Promise<Health> => di.call('GET', `/v1/admin/integrations/${id}/health`);

  /** Everything that changed in Salesforce has come. */
  const silence = (): Promise<void> =>
    eventually(async () => {
      const { eventsWaiting } = await salesforce.status();
      const { totalSize } = await salesforce.connection.query('SELECT Id FROM DI_Outbox__c');
      return eventsWaiting === 0 && totalSize === 0;
    });

  const optOut = {
    name: 'Email Opt Out',
    operations: ['consent'],
    optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
    matching: { by: 'lookup', field: 'Email', column: 'email', several: 'all' },
  };

  async function clickUnsubscribe(email: string): Promise<void> {
    const { links } = await di.call<{ links: { url: string }[] }>(
      'POST',
      `/v1/admin/projects/${PROJECT}/consent/links`,
      { purpose: 'unsubscribe', contacts: [{ email }] },
    );
    const clicked = await fetch(links[0]?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(clicked.ok).toBe(true);
  }

  interface Told {
    readonly consents: readonly { readonly optIn: string; readonly status: string | null }[];
    readonly events: readonly Record<string, unknown>[];
  }
  const consentOf = (email: string): Promise<Told> =>
    di.call(
      'GET',
      `/v1/admin/projects/${PROJECT}/consent/contact?key=${encodeURIComponent(JSON.stringify({ email }))}`,
    );
  const row = async (email: string): Promise<Record<string, unknown> | undefined> =>
    (await rows()).find((each) => each.email === email);

  it('turns a click on an unsubscribe link into Email Opt Out on the contact and the lead, with the proof', async () => {
    await integrate('Contact', optOut);
    await integrate('Lead', optOut);
    await clickUnsubscribe('ann@example.com');
    // The table says so before Salesforce can have heard of it: nobody is mailed who has just left.
    expect(await row('ann@example.com')).toMatchObject({ opted_out: true });
    await eventually(async () => (await record('Contact', ids.ann)).HasOptedOutOfEmail === true);
    await eventually(async () => (await record('Lead', ids.lead)).HasOptedOutOfEmail === true);
    expect(await record('Contact', ids.bob)).toMatchObject({ HasOptedOutOfEmail: false });
    expect(await consentOf('ann@example.com')).toMatchObject({
      consents: [{ optIn: 'news', status: 'withdrawn' }],
    });
    expect(await row('ann@example.com')).toMatchObject({ opted_out: true });
  });

  it('opts out every contact and lead of an address, and lets stand what somebody there undoes', async () => {
    const email = 'twice@example.com';
    const isOut = async (object: string, id: string | undefined): Promise<unknown> =>
      (await record(object, id)).HasOptedOutOfEmail;
    await di.call('POST', `/v1/admin/projects/${PROJECT}/opt-ins`, { code: 'offers', name: 'Offers' });
    const contacts: string[] = [];
    for (const LastName of ['First', 'Second'])
      contacts.push(await salesforce.create('Contact', { LastName, Email: email }));
    const lead = await salesforce.create('Lead', { LastName: 'First', Company: 'A', Email: email });
    await eventually(async () => (await row(email)) !== undefined);
    await silence();
    await clickUnsubscribe(email);
    for (const id of contacts) await eventually(async () => (await isOut('Contact', id)) === true);
    await eventually(async () => (await isOut('Lead', lead)) === true);
    await silence();
    expect(await row(email)).toMatchObject({ opted_out: true });
    // A salesperson clears it on both contacts, and says so in a field that only people write.
    await eventually(async () => {
      for (const id of contacts)
        await salesforce.update('Contact', {
          Id: id,
          HasOptedOutOfEmail: false,
          FirstName: `At ${Date.now()}`,
        });
      await silence();
      return (await row(email))?.opted_out === false;
    });
    const { consents, events } = await consentOf(email);
    expect(consents).toMatchObject([
      { optIn: 'news', status: 'withdrawn' },
      { optIn: 'offers', status: 'withdrawn' },
    ]);
    expect(events.find(({ outcome }) => outcome === 'overruled')).toMatchObject({
      asked: 'granted',
      status: 'withdrawn',
      source: 'salesforce',
      proof: { object: 'Contact', field: 'HasOptedOutOfEmail', value: false },
    });
    await di.call('POST', `/v1/admin/projects/${PROJECT}/consent`, {
      changes: [{ contact: { email }, optIn: 'offers', status: 'granted' }],
    });
    await eventually(
      async () =>
        (await di.call<{ deliveries: object[] }>('GET', '/v1/admin/deliveries')).deliveries.length === 0,
    );
    for (const id of contacts) expect(await isOut('Contact', id)).toBe(false);
    // The person speaks again, and that counts on every record.
    await clickUnsubscribe(email);
    expect(await row(email)).toMatchObject({ opted_out: true });
    for (const id of contacts) await eventually(async () => (await isOut('Contact', id)) === true);
  });

  it('makes one write of one change, on either side, and then is silent', async () => {
    const writtenByDi = async (): Promise<string[]> => {
      const soql = 'SELECT Field_Path__c FROM DI_Transfer_Field__c WHERE Written_By_DI__c = TRUE';
      const found = await salesforce.connection.query<{ Field_Path__c: string }>(soql);
      return found.records.map((field) => field.Field_Path__c);
    };
    // The integration of opt-outs has told the plugin of its field; this one tells of its own.
    expect(await writtenByDi()).toEqual(['HasOptedOutOfEmail']);
    const id = await integrate('Contact', {
      name: 'Phones',
      operations: ['updated'],
      mapping: [{ salesforceField: 'Phone', column: 'phone' }],
    });
    expect((await writtenByDi()).sort()).toEqual(['HasOptedOutOfEmail', 'Phone']);
    // A change that a person makes in Salesforce goes to DI, and does not come back. The name is what only people write.
    await salesforce.update('Contact', { Id: ids.bob ?? '', Phone: '555-0001', LastName: 'Bob' });
    await eventually(async () => (await rows()).some((row) => row.phone === '555-0001'));
    expect(await health(id)).toMatchObject({ pending: 0, outcomes: {} });
    // A change that an operator makes in DI goes to Salesforce, and does not come back.
    const before = await salesforce.status();
    await operator.query(`UPDATE "p_demo"."Contact" SET phone = '555-0002' WHERE email = 'bob@example.com'`);
    await eventually(async () => (await record('Contact', ids.bob)).Phone === '555-0002');
    await eventually(async () => (await health(id)).pending === 0);
    await eventually(async () => {
      const { eventsWaiting, jobsWaiting } = await salesforce.status();
      // The sweep always waits for its hour.
      return eventsWaiting === 0 && jobsWaiting <= before.jobsWaiting;
    });
    expect((await salesforce.connection.query('SELECT Id FROM DI_Outbox__c')).totalSize).toBe(0);
    expect((await salesforce.status()).callouts).toBe(before.callouts);
    expect(await health(id)).toMatchObject({ status: 'in-step', pending: 0, outcomes: { updated: 1 } });
  });

  it('creates a contact of the project in Salesforce once, and knows it from then on', async () => {
    const id = await integrate('Contact', {
      name: 'New people',
      operations: ['created', 'updated', 'deleted'],
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        {
          salesforceField: 'LastName',
          column: 'last_name',
          transforms: [{ type: 'default', value: 'Unknown' }],
        },
      ],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    const found = async (): Promise<{ Id: string; LastName: string }[]> => {
      const soql = "SELECT Id, LastName FROM Contact WHERE Email = 'new@example.com'";
      return (await salesforce.connection.query<{ Id: string; LastName: string }>(soql)).records;
    };
    await operator.query(`INSERT INTO "p_demo"."Contact" (email) VALUES ('new@example.com')`);
    await eventually(async () => (await found())[0]?.LastName === 'Unknown');
    await operator.query(`UPDATE "p_demo"."Contact" SET last_name = 'Known' WHERE email = 'new@example.com'`);
    await eventually(async () => (await found())[0]?.LastName === 'Known');
    expect(await found()).toHaveLength(1);
    expect((await rows()).filter((row) => row.email === 'new@example.com')).toHaveLength(1);
    await operator.query(`DELETE FROM "p_demo"."Contact" WHERE email = 'new@example.com'`);
    await eventually(async () => (await found()).length === 0);
    await eventually(async () => (await health(id)).pending === 0);
    expect(await health(id)).toMatchObject({ outcomes: { created: 1, deleted: 1 } });
  });

  it('follows a contact that was merged in Salesforce, and finds one that was made again there', async () => {
    const email = 'mia@example.com';
    const cityOf = async (id: string): Promise<unknown> =>
      (await salesforce.connection.retrieve('Contact', id)).MailingCity;
    const moveTo = (city: string): Promise<unknown> =>
      operator.query(`UPDATE "p_demo"."Contact" SET city = $1 WHERE email = $2`, [city, email]);
    const loser = await salesforce.create('Contact', { LastName: 'Mia', FirstName: 'A', Email: email });
    await eventually(async () => (await row(email)) !== undefined);
    const id = await integrate('Contact', {
      name: 'Own record',
      operations: ['updated', 'consent'],
      mapping: [{ salesforceField: 'MailingCity', column: 'city' }],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      matching: { by: 'lookup', field: 'Email', column: 'email', several: 'refuse' },
    });
    await moveTo('Bern');
    await eventually(async () => (await cityOf(loser)) === 'Bern');
    const winner = await salesforce.create('Contact', {
      LastName: 'Mia again',
      FirstName: 'B',
      Email: email,
    });
    const merged = await salesforce.connection.tooling.executeAnonymous(
      `merge new Contact(Id = '${winner}') new Contact(Id = '${loser}');`,
    );
    expect(merged.success).toBe(true);
    await silence();
    await moveTo('Paris');
    await eventually(async () => (await cityOf(winner)) === 'Paris');
    // Deleted, and made again by somebody there.
    await salesforce.delete('Contact', winner);
    const again = await salesforce.create('Contact', { LastName: 'Mia anew', FirstName: 'C', Email: email });
    await clickUnsubscribe(email);
    await eventually(async () => (await record('Contact', again)).HasOptedOutOfEmail === true);
    await eventually(async () => (await health(id)).pending === 0);
    await di.call('POST', `/v1/admin/integrations/${id}/archive`);
  }, 180_000);

  it('gives up what the org refuses, by name, and sends it when it is mended', async () => {
    const id = await integrate('Contact', {
      name: 'Cities',
      operations: ['updated'],
      mapping: [{ salesforceField: 'MailingCity', column: 'city' }],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    await operator.query(
      `INSERT INTO "p_demo"."Contact" (email, city) VALUES ('nobody@example.com', 'Bern')`,
    );
    await operator.query(
      `UPDATE "p_demo"."Contact" SET city = 'Paris' WHERE email IN ('nobody@example.com', 'bob@example.com')`,
    );
    await operator.query(
      `UPDATE "p_demo"."Contact" SET city = repeat('x', 41) WHERE email = 'ann@example.com'`,
    );
    await eventually(async () => (await health(id)).pending === 0);
    const { deliveries } = await di.call<{ deliveries: { code: string; message: string }[] }>(
      'GET',
      `/v1/admin/deliveries?integration=${id}`,
    );
    expect(deliveries).toMatchObject([{ code: 'STRING_TOO_LONG', state: 'dead' }]);
    await operator.query(`UPDATE "p_demo"."Contact" SET city = 'Nice' WHERE email = 'ann@example.com'`);
    await eventually(async () => (await health(id)).status === 'in-step');
    const cities = await salesforce.connection.query<{ MailingCity: string }>(
      "SELECT MailingCity FROM Contact WHERE Email IN ('ann@example.com', 'bob@example.com') ORDER BY Email",
    );
    expect(cities.records.map((each) => each.MailingCity)).toEqual(['Nice', 'Paris']);
  });

  it.each(['unavailable', 'reset-before', 'reset-after', 'lock', 'session', 'request-limit'])(
    'survives a fault of the org, %s, and ends with both sides equal',
    async (kind) => {
      const id = await integrate('Contact', {
        name: `Faults ${kind}`,
        operations: ['created'],
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
        matching: { by: 'lookup', field: 'Email', column: 'email' },
      });
      await orderFault(org.url, { kind, match: { operation: 'insert', object: 'Contact' } });
      await operator.query(
        `INSERT INTO "p_demo"."Contact" (email, last_name) SELECT $1 || n || '@example.com', $1 FROM generate_series(1, 3) n`,
        [kind],
      );
      await eventually(async () => {
        // What waits before it tries again need not.
        await operator.query(
          "UPDATE di.delivery SET due_at = now() WHERE state = 'pending' AND due_at > now()",
        );
        await operator.query('UPDATE di.delivery_channel SET resume_at = NULL');
        return (await health(id)).pending === 0;
      });
      expect(await health(id)).toMatchObject({ status: 'in-step', dead: 0 });
      const { records } = await salesforce.connection.query<{ Email: string }>(
        `SELECT Email FROM Contact WHERE LastName = '${kind}' ORDER BY Email`,
      );
      expect(records.map((each) => each.Email)).toEqual([1, 2, 3].map((n) => `${kind}${n}@example.com`));
      await di.call('POST', `/v1/admin/integrations/${id}/archive`);
    },
  );

  it('keeps an opt-out when the person is erased here and comes back from there', async () => {
    const ann = 'ann@example.com';
    const isThere = async (): Promise<boolean> => (await rows()).some((row) => row.email === ann);
    const persons = `/v1/admin/projects/${PROJECT}/persons`;
    const erased = await di.call<{ erasure: string | null }>('POST', `${persons}/erase`, {
      email: ann,
      otherTables: 'delete',
    });
    expect(erased.erasure).not.toBeNull();
    expect(await isThere()).toBe(false);
    expect(await record('Contact', ids.ann)).toMatchObject({ Email: ann, HasOptedOutOfEmail: true });
    // Somebody unticks it in Salesforce, and changes what only people write. A change of the erasure's own second is not
    // newer: it is made until it is.
    await eventually(async () => {
      const FirstName = `Ann ${Date.now()}`;
      await salesforce.update('Contact', { Id: ids.ann ?? '', FirstName, HasOptedOutOfEmail: false });
      return isThere();
    });
    const { consents } = await consentOf(ann);
    expect(consents).toMatchObject([{ optIn: 'news', status: 'withdrawn' }, { optIn: 'offers' }]);
    await eventually(async () => (await record('Contact', ids.ann)).HasOptedOutOfEmail === true);
  }, 60_000);
});
