import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { activeIntegration, outboxOf, secondConnection, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import {
  admin,
  authorizedToken,
  contactId,
  moment,
  postBatch,
  rowsOf,
  type BatchInput,
  type Scene,
} from '../../support/test-server.ts';

const FIELDS = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];
const EMAIL = 'a@example.com';
/** A version that is newer than whatever this test changes. */
const LATER = new Date(Date.now() + 3_600_000).toISOString();

describe('a batch that meets rows with changes that wait to be sent', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  let token: string;
  let id: string;
  let integration: string;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    await stage.server.database.pool.query(
      'DELETE FROM di.delivery; UPDATE di.integration SET status = $$paused$$',
    );
    ({ scene, ground, org } = await setStage(stage));
    token = await authorizedToken(stage.server, scene);
    org.clock = () => moment(0);
    id = org.put('Contact', { Email: EMAIL, LastName: 'A', Age__c: 40 });
    await send([[id, moment(0), EMAIL, 'A', 40]]);
    integration = await activeIntegration(stage.server, scene, 'Contact', {
      operations: ['created', 'updated'],
      mapping: MAPPING,
    });
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    stage.sql<T>(ground, text, values);
  const send = async (upserts: readonly unknown[][], more: BatchInput = {}, key?: string): Promise<object> =>
    (
      await postBatch(
        stage.server,
        token,
        { fields: FIELDS, upserts, ...more },
        key === undefined ? {} : { key },
      ).expect(200)
    ).body as object;
  const row = async (email = EMAIL): Promise<Record<string, unknown> | undefined> =>
    (await rowsOf(stage.server, scene)).find((each) => each.email === email);
  const edit = (change: string): Promise<object[]> => sql(`UPDATE CONTACT SET ${change}`);
  const marked = async (): Promise<number> =>
    (await sql('SELECT FROM CONTACT WHERE _edited_at IS NOT NULL')).length;
  const conflicts = (): Promise<object[]> =>
    sql(
      `SELECT column_name AS column, base, project_value AS project, salesforce_value AS salesforce, winner, rule
       FROM di.conflict WHERE table_id = $1 ORDER BY id`,
      [ground.tableId],
    );

  it('keeps the change, and takes what else has changed in Salesforce', async () => {
    await edit("last_name = 'B'");
    expect(await send([[id, moment(1), EMAIL, 'A', 41]])).toMatchObject({ applied: 1, rejected: [] });
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ LastName: 'B', Age__c: 40 });
    expect(await conflicts()).toEqual([]);
    expect(await marked()).toBe(0);
  });

  it('lets the newer change win where both have changed a field, and keeps the conflict', async () => {
    await edit("last_name = 'B', age = 50");
    await send([[id, moment(1), EMAIL, 'S', 40]]);
    expect(await row()).toMatchObject({ last_name: 'B', age: 50 });
    await send([[id, LATER, EMAIL, 'T', 40]]);
    expect(await row()).toMatchObject({ last_name: 'T', age: 50 });
    expect(await conflicts()).toEqual([
      { column: 'last_name', base: 'A', project: 'B', salesforce: 'S', winner: 'project', rule: 'newest' },
      { column: 'last_name', base: 'S', project: 'B', salesforce: 'T', winner: 'salesforce', rule: 'newest' },
    ]);
    await stage.deliver();
    // The age is sent, the name is not.
    expect(org.record(id)).toMatchObject({ LastName: 'A', Age__c: 50 });
  });

  it('lets Salesforce win where both have changed a field in the same second', async () => {
    await edit("last_name = 'B'");
    const [edited] = await sql<{ at: Date }>('SELECT _edited_at AS at FROM CONTACT');
    const second = Math.floor((edited?.at.getTime() ?? 0) / 1000) * 1000;
    await send([[id, new Date(second).toISOString(), EMAIL, 'S', 40]]);
    expect(await row()).toMatchObject({ last_name: 'S' });
    expect(await marked()).toBe(0);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
  });

  it('sends nothing of what both sides have changed alike', async () => {
    await edit("last_name = 'B'");
    await send([[id, moment(1), EMAIL, 'B', 41]]);
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
    expect(await marked()).toBe(0);
    expect(await outboxOf(stage.server, integration)).toEqual([]);
    expect(await conflicts()).toEqual([]);
  });

  it('comes to the same where it comes twice, late, and once more under another key', async () => {
    await edit("last_name = 'B'");
    const first = await send([[id, moment(2), EMAIL, 'S', 41]], {}, `same-${id}`);
    expect(await send([[id, moment(2), EMAIL, 'S', 41]], {}, `same-${id}`)).toEqual(first);
    await send([[id, moment(2), EMAIL, 'S', 41]]);
    await send([[id, moment(1), EMAIL, 'Old', 39]]);
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
    expect(await conflicts()).toHaveLength(1);
  });

  it('sees a change that is made while it waits for the row', async () => {
    const client = await stage.server.database.pool.connect();
    await client.query('BEGIN');
    await client.query(`UPDATE ${ground.table} SET last_name = 'B'`);
    const sending = send([[id, moment(1), EMAIL, 'A', 41]]);
    await expect
      .poll(
        async () =>
          (
            await sql(
              "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
          ).length,
      )
      .toBe(1);
    await client.query('COMMIT');
    client.release();
    await sending;
    expect(await row()).toMatchObject({ last_name: 'B', age: 41 });
  });

  it('merges a row that the project has made and whose record turns up', async () => {
    await sql("INSERT INTO CONTACT (email, last_name) VALUES ('new@example.com', 'Mine')");
    const there = org.put('Contact', { Email: 'new@example.com', LastName: 'Mine', Age__c: 7 });
    await send([[there, moment(1), 'new@example.com', 'Mine', 7]]);
    expect(await row('new@example.com')).toMatchObject({ last_name: 'Mine', age: 7, _salesforce_id: there });
    await stage.deliver();
    expect(org.records('Contact')).toHaveLength(2);
    expect(org.record(there)).toMatchObject({ LastName: 'Mine', Age__c: 7 });
  });

  it('leaves a row at the key that the project gave it', async () => {
    await admin(
      stage.server,
      'patch',
      `/v1/admin/projects/${scene.project}/tables/Contact/rows/${EMAIL}?overridesSalesforce=true`,
    )
      .send({ email: 'b@example.com' })
      .expect(200);
    await send([[id, moment(1), EMAIL, 'A', 41]]);
    expect((await rowsOf(stage.server, scene)).map(({ email, age }) => ({ email, age }))).toEqual([
      { email: 'b@example.com', age: 41 },
    ]);
    await stage.deliver();
    expect(org.record(id)).toMatchObject({ Email: 'b@example.com' });
  });

  it('takes deletes along', async () => {
    await send([[contactId(7), moment(0), 'gone@example.com', 'Gone', 1]]);
    await edit("last_name = 'B'");
    const deletes = [{ id: contactId(7), at: moment(1), key: {} }];
    await send([[id, moment(1), EMAIL, 'A', 41]], { deletes });
    expect(await rowsOf(stage.server, scene)).toMatchObject([{ email: EMAIL, last_name: 'B', age: 41 }]);
  });

  it('decides two thousand conflicts at once', async () => {
    const people = Array.from({ length: 2000 }, (_, number) => number + 100);
    const upserts = (seconds: number, name: string): unknown[][] =>
      people.map((number) => [contactId(number), moment(seconds), `p${number}@example.com`, name, 1]);
    await send(upserts(0, 'A'));
    await edit("last_name = 'B'");
    expect(await send(upserts(1, 'S'))).toMatchObject({ applied: 2000, rejected: [] });
    expect(await conflicts()).toHaveLength(2000);
    expect(await sql("SELECT count(*) AS count FROM CONTACT WHERE last_name = 'B'")).toEqual([
      { count: 2001 },
    ]);
  });

  it('takes a mark that nothing stands behind for none', async () => {
    await sql('UPDATE CONTACT SET _edited_at = now()');
    await send([[id, moment(1), EMAIL, 'S', 41]]);
    expect(await row()).toMatchObject({ last_name: 'S', age: 41 });
    expect(await marked()).toBe(0);
  });

  it('writes over what waits for another org, which hears of it', async () => {
    const other = await secondConnection(stage.server, scene);
    const others = await activeIntegration(stage.server, { ...scene, connectionId: other }, 'Contact', {
      operations: ['updated'],
      mapping: MAPPING,
    });
    await stage.server.database.pool.query("UPDATE di.integration SET status = 'archived' WHERE id = $1", [
      integration,
    ]);
    await edit('age = 50');
    await send([[id, moment(1), EMAIL, 'S', 41]]);
    expect(await row()).toMatchObject({ last_name: 'S', age: 41 });
    expect(await outboxOf(stage.server, others)).toMatchObject([{ email: EMAIL, change: 'updated' }]);
  });
});
