import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refreshCapture } from '../../../../server/src/outbound/integrations/refresh-capture.ts';
import { Integrations } from '../../../../server/src/outbound/integrations/integrations.ts';
import { normalizeTables } from '../../../../server/src/records/normalize-tables.ts';
import {
  activeIntegration,
  createOptIn,
  groundOf,
  outboxOf,
  secondConnection,
  setConsent,
  type Ground,
} from '../../support/delivery-scene.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
];
const LOOKUP = { by: 'lookup', field: 'Email', column: 'email' } as const;

describe('the outbox', () => {
  let server: TestServer;
  let scene: Scene;
  let ground: Ground;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    ground = await groundOf(server, scene);
  });

  const sql = (text: string, values: unknown[] = []): Promise<unknown> =>
    server.database.pool.query(text.replaceAll('CONTACT', ground.table), values);

  const everything = {
    operations: ['created', 'updated', 'deleted'],
    mapping: MAPPING,
    matching: LOOKUP,
  } as const;

  async function changes(integrationId: string): Promise<string[]> {
    return (await outboxOf(server, integrationId)).map(
      ({ email, change, consent }) => `${email} ${change ?? '-'}${consent ? ' consent' : ''}`,
    );
  }

  it('notes what is written, whoever writes it, in the transaction that writes it', async () => {
    const id = await activeIntegration(server, scene, 'Contact', everything);
    const client = await server.database.pool.connect();
    await client.query('BEGIN');
    await client.query(`INSERT INTO ${ground.table} (email) VALUES ('a@example.com'), ('b@example.com')`);
    await client.query('ROLLBACK');
    client.release();
    expect(await changes(id)).toEqual([]);
    await sql("INSERT INTO CONTACT (email) VALUES ('a@example.com'), ('b@example.com')");
    expect(await changes(id)).toEqual(['a@example.com created', 'b@example.com created']);
  });

  it('keeps one delivery of a record, whatever happens to it', async () => {
    const id = await activeIntegration(server, scene, 'Contact', everything);
    await sql("INSERT INTO CONTACT (email) VALUES ('new@example.com'), ('gone@example.com')");
    await sql("UPDATE CONTACT SET last_name = 'A'");
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await sql("DELETE FROM CONTACT WHERE email = 'gone@example.com'");
    expect(await changes(id)).toEqual(['gone@example.com deleted', 'new@example.com created']);
    await sql("INSERT INTO CONTACT (email) VALUES ('gone@example.com')");
    expect(await changes(id)).toEqual(['gone@example.com created', 'new@example.com created']);
  });

  it('notes updates of mapped columns only, and none that change nothing', async () => {
    await sql("INSERT INTO CONTACT (email, last_name, age) VALUES ('a@example.com', 'A', 1)");
    const id = await activeIntegration(server, scene, 'Contact', everything);
    await sql('UPDATE CONTACT SET age = 2');
    await sql("UPDATE CONTACT SET last_name = 'A'");
    expect(await changes(id)).toEqual([]);
    await sql("UPDATE CONTACT SET last_name = 'B'");
    expect(await changes(id)).toEqual(['a@example.com updated']);
  });

  it('notes nothing where rows are put into the spelling in which they are stored, and goes on noting', async () => {
    await sql(
      "INSERT INTO CONTACT (email, last_name) VALUES ('Nora@Example.com', 'Lind'), ('a@example.com', 'A')",
    );
    const id = await activeIntegration(server, scene, 'Contact', everything);
    await sql('UPDATE di.project_table SET is_normalized = false');
    await normalizeTables(server.database, pino({ level: 'silent' }));
    expect(await changes(id)).toEqual([]);
    await sql("UPDATE CONTACT SET last_name = 'B' WHERE email = 'nora@example.com'");
    expect(await changes(id)).toEqual(['nora@example.com updated']);
  });

  it('notes only the operations that are checked', async () => {
    const id = await activeIntegration(server, scene, 'Contact', { ...everything, operations: ['updated'] });
    await sql("INSERT INTO CONTACT (email, _salesforce_id) VALUES ('a@example.com', '003000000000001AAA')");
    await sql("DELETE FROM CONTACT WHERE email = 'a@example.com'");
    expect(await changes(id)).toEqual([]);
  });

  it('does not send back what came from the connection, but to others', async () => {
    const own = await activeIntegration(server, scene, 'Contact', everything);
    const other = await secondConnection(server, scene);
    const others = await activeIntegration(server, { ...scene, connectionId: other }, 'Contact', everything);
    const client = await server.database.pool.connect();
    await client.query('BEGIN');
    await client.query("SELECT set_config('di.origin', $1, true)", [scene.connectionId]);
    await client.query(`INSERT INTO ${ground.table} (email) VALUES ('a@example.com')`);
    await client.query(`UPDATE ${ground.table} SET last_name = 'A'`);
    await client.query('COMMIT');
    client.release();
    expect(await changes(own)).toEqual([]);
    expect(await changes(others)).toEqual(['a@example.com created']);
    // The setting ends with its transaction.
    await sql("UPDATE CONTACT SET last_name = 'B'");
    expect(await changes(own)).toEqual(['a@example.com updated']);
  });

  it('notes what a batch writes and moves, for the other connections', async () => {
    const other = await secondConnection(server, scene);
    const id = await activeIntegration(server, { ...scene, connectionId: other }, 'Contact', everything);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(0), 'first@example.com', 'A']],
    }).expect(200);
    expect(await changes(id)).toEqual(['first@example.com created']);
    await postBatch(server, token, {
      upserts: [[contactId(1), moment(1), 'second@example.com', 'A']],
    }).expect(200);
    expect(await changes(id)).toContain('second@example.com created');
  });

  it('says nothing of archived rows, and speaks again when they return', async () => {
    await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'A')");
    const id = await activeIntegration(server, scene, 'Contact', everything);
    await sql('UPDATE CONTACT SET _archived_at = now()');
    await sql("UPDATE CONTACT SET last_name = 'B'");
    expect(await changes(id)).toEqual([]);
    await sql('UPDATE CONTACT SET _archived_at = NULL');
    expect(await changes(id)).toEqual(['a@example.com updated']);
  });

  it('notes changed consent where an integration sends the opt-in', async () => {
    const news = await createOptIn(server, ground, 'news');
    const offers = await createOptIn(server, ground, 'offers');
    const optInFields = [{ optIn: 'news', field: 'News__c', trueWhen: 'granted' }] as const;
    const one = await activeIntegration(server, scene, 'Contact', {
      operations: ['consent'],
      optInFields,
      matching: LOOKUP,
    });
    const any = await activeIntegration(server, scene, 'Lead', {
      operations: ['consent'],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      matching: { ...LOOKUP, several: 'all' },
    });
    await setConsent(server, ground, news, ['a@example.com'], 'granted');
    await setConsent(server, ground, offers, ['b@example.com'], 'withdrawn');
    expect(await changes(one)).toEqual(['a@example.com - consent']);
    expect(await changes(any)).toEqual(['a@example.com - consent', 'b@example.com - consent']);
    const before = await server.database.pool.query('SELECT revision FROM di.delivery');
    await setConsent(server, ground, offers, ['b@example.com'], 'withdrawn');
    const after = await server.database.pool.query('SELECT revision FROM di.delivery');
    expect(after.rows).toEqual(before.rows);
  });

  it('tells an org what one of its fields lowers in its other fields, and other orgs in all', async () => {
    for (const code of ['news', 'offers']) await createOptIn(server, ground, code);
    await admin(server, 'put', `/v1/admin/transfers/${scene.transferId}/consent`)
      .send({ consent: [{ salesforceField: 'Active__c', optIn: null, withdrawsWhen: true }] })
      .expect(200);
    const overall = { optIn: null, field: 'active__C', trueWhen: 'withdrawn' } as const;
    const sends = (connectionId: string, object: string, definition: object): Promise<string> =>
      activeIntegration(server, { ...scene, connectionId }, object, {
        operations: ['consent'],
        optInFields: [overall],
        matching: { ...LOOKUP, several: 'refuse' },
        ...definition,
      });
    const news = { optIn: 'news', field: 'News__c', trueWhen: 'granted' } as const;
    const sameField = await sends(scene.connectionId, 'Contact', {});
    const otherField = await sends(scene.connectionId, 'Contact', { optInFields: [overall, news] });
    const otherObject = await sends(scene.connectionId, 'Lead', {});
    const sameAddress = await sends(scene.connectionId, 'Contact', {
      matching: { ...LOOKUP, several: 'all' },
    });
    const otherOrg = await sends(await secondConnection(server, scene), 'Contact', {});
    await postBatch(server, await authorizedToken(server, scene), {
      fields: ['Id', 'SystemModstamp', 'Email', 'Active__c'],
      upserts: [
        [contactId(1), moment(0), 'out@example.com', true],
        [contactId(2), moment(0), 'in@example.com', false],
      ],
    }).expect(200);
    expect(await changes(sameField)).toEqual([]);
    for (const told of [otherField, otherObject, sameAddress, otherOrg])
      expect(await changes(told)).toEqual(['out@example.com - consent']);
  });

  it('sends the consent of a person who was known before the row came', async () => {
    const news = await createOptIn(server, ground, 'news');
    await setConsent(server, ground, news, ['early@example.com'], 'withdrawn');
    const id = await activeIntegration(server, scene, 'Contact', {
      operations: ['consent'],
      optInFields: [{ optIn: null, field: 'HasOptedOutOfEmail', trueWhen: 'withdrawn' }],
      matching: LOOKUP,
    });
    await sql("INSERT INTO CONTACT (email) VALUES ('early@example.com'), ('silent@example.com')");
    expect(await changes(id)).toEqual(['early@example.com - consent']);
  });

  it('follows the names of the table and its columns through a build', async () => {
    const id = await activeIntegration(server, scene, 'Contact', everything);
    await sql("INSERT INTO CONTACT (email, last_name) VALUES ('a@example.com', 'A')");
    const project = `/v1/admin/projects/${scene.project}`;
    for (const [from, to] of [
      ['last_name', 'surname'],
      ['email', 'address'],
    ])
      await admin(server, 'patch', `${project}/tables/Contact/fields/${from ?? ''}`)
        .send({ name: to })
        .expect(200);
    await admin(server, 'post', `${project}/build`).expect(200);
    await sql("UPDATE CONTACT SET surname = 'B'");
    const found = await server.database.pool.query(
      `SELECT i.record_key FROM di.delivery d JOIN di.record_identity i ON i.id = d.identity_id WHERE d.integration_id = $1`,
      [id],
    );
    expect(found.rows).toEqual([{ record_key: { address: 'a@example.com' } }]);
  });

  it('leaves a table without integrations without triggers', async () => {
    const triggers = async (): Promise<number> => {
      const found = await server.database.pool.query<{ count: number }>(
        `SELECT count(*) AS count FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal`,
        [ground.table],
      );
      return found.rows[0]?.count ?? -1;
    };
    expect(await triggers()).toBe(0);
    const id = await activeIntegration(server, scene, 'Contact', everything);
    expect(await triggers()).toBe(3);
    await server.database.knex.transaction(async (transaction) => {
      const integrations = new Integrations(transaction, ground.accountId);
      await integrations.archive(await integrations.find(id));
      await refreshCapture(transaction, ground.tableId);
    });
    expect(await triggers()).toBe(0);
  });
});
