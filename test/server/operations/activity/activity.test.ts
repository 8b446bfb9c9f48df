import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createAccount, createKey } from '../../support/accounts.ts';
import { forgetSent } from '../../../../server/src/outbound/deliveries/forget-sent.ts';
import { activeIntegration, type Ground } from '../../support/delivery-scene.ts';
import { setStage, startDeliveryStage, type DeliveryStage } from '../../support/delivery-stage.ts';
import { failEachKind } from '../../support/failed-work.ts';
import type { OrgDouble } from '../../support/org-double.ts';
import { erase, exportOf } from '../../support/persons.ts';
import { admin, authorizedToken, moment, postBatch, type Scene } from '../../support/test-server.ts';

const MAPPING = [
  { salesforceField: 'Email', column: 'email' },
  { salesforceField: 'LastName', column: 'last_name' },
  { salesforceField: 'Age__c', column: 'age' },
];
const BY_EMAIL = { by: 'lookup', field: 'Email', column: 'email' };

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly outcome: string;
  readonly key: Record<string, unknown> | null;
  readonly fields: readonly object[];
  readonly records: readonly string[];
  readonly changedAt: string;
  readonly at: string;
}

/** What became of what goes to Salesforce, as one list. */
describe('the activity', () => {
  let stage: DeliveryStage;
  let scene: Scene;
  let ground: Ground;
  let org: OrgDouble;
  beforeAll(async () => {
    stage = await startDeliveryStage();
  });
  afterAll(() => stage.server.close());
  beforeEach(async () => {
    ({ scene, ground, org } = await setStage(stage));
  });

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    stage.sql<T>(ground, text, values);
  const integrate = (definition: object): Promise<string> =>
    activeIntegration(stage.server, scene, 'Contact', { mapping: MAPPING, ...definition });
  const ask = async (query: object = {}): Promise<{ activity: Entry[]; next: string | null }> => {
    const answer = await admin(stage.server, 'get', '/v1/admin/activity')
      .query({ project: scene.project, ...query })
      .expect(200);
    return answer.body as { activity: Entry[]; next: string | null };
  };
  const activity = async (query: object = {}): Promise<Entry[]> => (await ask(query)).activity;
  const addRow = (email: string, name: string, id: string | null = null): Promise<object[]> =>
    sql('INSERT INTO CONTACT (email, last_name, age, _salesforce_id) VALUES ($1, $2, 40, $3)', [
      email,
      name,
      id,
    ]);

  it('says of an update which fields were sent, with what was there before', async () => {
    const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A' });
    await addRow('a@example.com', 'A', id);
    const integration = await integrate({ operations: ['updated'] });
    await sql("UPDATE CONTACT SET last_name = 'B', age = NULL");
    await stage.deliver();
    const [only, ...others] = await activity();
    expect(others).toEqual([]);
    const health = await admin(stage.server, 'get', '/v1/admin/health').expect(200);
    const { connections } = health.body as { connections: { id: string; hours: { sent: number }[] }[] };
    const hours = connections.find((each) => each.id === scene.connectionId)?.hours ?? [];
    // The hour may have turned since.
    expect(hours.slice(-2).reduce((sum, { sent }) => sum + sent, 0)).toBe(1);
    expect(only).toMatchObject({
      ...{ kind: 'delivery', status: 'done', outcome: 'updated', changes: ['updated'], attempts: 1 },
      ...{ key: { email: 'a@example.com' }, records: [id], object: 'Contact', table: 'Contact' },
      owner: { id: integration, name: 'Test' },
      canReplay: false,
    });
    expect(only?.fields).toEqual([
      { field: 'LastName', before: 'A', after: 'B' },
      { field: 'Age__c', before: 40, after: null },
    ]);
    expect(Date.parse(only?.changedAt ?? '')).toBeLessThanOrEqual(Date.parse(only?.at ?? ''));
  });

  it('says it too of what is merged with the record first, and then read back', async () => {
    const token = await authorizedToken(stage.server, scene);
    org.clock = () => moment(1);
    const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A', Age__c: 40 });
    const fields = ['Id', 'SystemModstamp', 'Email', 'LastName', 'Age__c'];
    const upserts = [[id, moment(0), 'a@example.com', 'A', 40]];
    await postBatch(stage.server, token, { fields, upserts }).expect(200);
    await integrate({ operations: ['updated'] });
    await sql("UPDATE CONTACT SET last_name = 'B'");
    await stage.deliver();
    expect((await activity())[0]).toMatchObject({
      outcome: 'updated',
      fields: [{ field: 'LastName', before: 'A', after: 'B' }],
    });
  });

  it('has creations and deletions with the record, and nothing of what did not have to be sent', async () => {
    await integrate({ operations: ['created', 'updated', 'deleted'], matching: BY_EMAIL });
    await addRow('new@example.com', 'New');
    await stage.deliver();
    const [made] = org.records('Contact');
    await sql("UPDATE CONTACT SET last_name = 'Other'");
    await sql("UPDATE CONTACT SET last_name = 'New'");
    await stage.deliver();
    await sql('DELETE FROM CONTACT');
    await stage.deliver();
    const all = await activity();
    expect(all.map(({ outcome, records }) => ({ outcome, records }))).toEqual([
      { outcome: 'deleted', records: [made?.Id] },
      { outcome: 'created', records: [made?.Id] },
    ]);
    expect(all[1]?.fields).toEqual([
      { field: 'Email', after: 'new@example.com' },
      { field: 'LastName', after: 'New' },
      { field: 'Age__c', after: 40 },
    ]);
  });

  it('keeps the digits of long numbers', async () => {
    const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A' });
    await addRow('a@example.com', 'A', id);
    await sql('UPDATE CONTACT SET age = 9007199254740993');
    await integrate({ operations: ['updated'], mapping: [{ salesforceField: 'LastName', column: 'age' }] });
    await sql('UPDATE CONTACT SET age = 9007199254740995');
    await stage.deliver();
    expect((await activity())[0]?.fields).toEqual([
      { field: 'LastName', before: '9007199254740993', after: '9007199254740995' },
    ]);
  });

  it('has what found no record, what was refused with what it was sent with, and what waits', async () => {
    const integration = await integrate({ operations: ['updated'], matching: BY_EMAIL });
    await sql("INSERT INTO CONTACT (email, last_name) VALUES ('none@example.com', 'None')");
    const id = org.put('Contact', { Email: 'a@example.com', LastName: 'A' });
    await addRow('a@example.com', 'A', id);
    await stage.deliver();
    await sql("UPDATE CONTACT SET last_name = 'B'");
    org.refuse = () => ({ code: 'STRING_TOO_LONG', message: 'Too long.', fields: ['LastName'] });
    await stage.deliver();
    expect(await activity({ status: 'no-record' })).toMatchObject([
      { outcome: 'no-record', key: { email: 'none@example.com' }, records: [] },
    ]);
    const [failed] = await activity({ status: 'failed' });
    expect(failed).toMatchObject({
      ...{ outcome: 'dead', code: 'STRING_TOO_LONG', attempts: 1, canReplay: true, records: [id] },
      fields: [{ field: 'LastName', before: 'A', after: 'B' }],
    });
    org.refuse = () => null;
    await admin(stage.server, 'post', '/v1/admin/deliveries/replay')
      .send({ integration, ids: [failed?.id] })
      .expect(200);
    expect(await activity({ status: 'failed' })).toEqual([]);
    expect(await activity({ status: 'waiting' })).toMatchObject([{ outcome: 'pending', id: failed?.id }]);
    await stage.deliver();
    expect((await activity({ status: 'done' }))[0]).toMatchObject({ outcome: 'updated', records: [id] });
  });

  it('has events, items of actions and imports beside them, and filters by kind and owner', async () => {
    const made = await failEachKind(stage.server, scene);
    const kinds = (entries: readonly Entry[]): string[] => entries.map(({ kind }) => kind).sort();
    expect(kinds(await activity())).toEqual(['action', 'delivery', 'import']);
    expect(await activity({ kind: 'import' })).toMatchObject([{ id: made.import, status: 'failed' }]);
    expect(kinds(await activity({ owner: made.integration }))).toEqual(['delivery']);
    expect(await activity({ kind: 'action', status: 'failed' })).toMatchObject([
      { code: 'X', message: 'No.', canReplay: true, fields: [] },
    ]);
    expect(await activity({ kind: 'action', status: 'no-record' })).toEqual([]);
  });

  it('shows imports to whoever may read imports', async () => {
    const account = await createAccount(stage.server);
    await failEachKind(stage.server, scene);
    const key = await createKey(stage.server, account.token, ['deliveries:read']);
    await sql('UPDATE di.import SET account_id = $1 WHERE project_id = $2', [account.id, ground.projectId]);
    const shown = async (token: string): Promise<unknown[]> =>
      (
        (await as(stage.server, token, 'get', '/v1/admin/activity').expect(200)).body as {
          activity: unknown[];
        }
      ).activity;
    expect(await shown(key)).toEqual([]);
    expect(await shown(account.token)).toMatchObject([{ kind: 'import' }]);
  });

  it('is the account’s own', async () => {
    await failEachKind(stage.server, scene);
    const other = await createAccount(stage.server);
    const answer = await as(stage.server, other.token, 'get', '/v1/admin/activity').expect(200);
    expect(answer.body).toEqual({ activity: [], next: null });
  });

  it('goes on where a page ended, whatever was added meanwhile', async () => {
    await failEachKind(stage.server, scene, 5);
    const all = await activity();
    expect(all).toHaveLength(7);
    const paged: Entry[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await ask({ limit: 2, ...(after === undefined ? {} : { after }) });
      paged.push(...page.activity);
      after = page.next;
    }
    expect(paged).toEqual(all);
    const answer = await admin(stage.server, 'get', '/v1/admin/activity?after=nonsense').expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid-query' });
  });

  it('finds a whole key, in whatever spelling, and a record’s id', async () => {
    await integrate({ operations: ['created', 'updated'], matching: BY_EMAIL });
    await addRow('ann@example.com', 'Ann');
    await addRow('bob@example.com', 'Bob');
    await stage.deliver();
    const [ann] = await activity({ search: ' ANN@example.com' });
    expect(ann).toMatchObject({ key: { email: 'ann@example.com' } });
    expect(await activity({ search: ann?.records[0] })).toEqual([ann]);
    expect(await activity({ search: 'ann@example' })).toEqual([]);
  });

  it('shows nothing of who was erased, and is in their export before', async () => {
    const ann = { email: 'ann@example.com' };
    await integrate({ operations: ['created'], matching: BY_EMAIL });
    await addRow('ann@example.com', 'Ann');
    await addRow('bob@example.com', 'Bob');
    await stage.deliver();
    expect((await exportOf(stage.server, scene, ann)).held.deliveries).toMatchObject({
      sent: [{ outcome: 'created', fields: { Email: ann.email, LastName: 'Ann', Age__c: 40 } }],
    });
    const { body } = await erase(stage.server, scene, ann);
    expect(body.erased).toContainEqual({ place: 'sent-deliveries', table: null, count: 1 });
    expect((await activity()).map(({ key }) => key)).toEqual([{ email: 'bob@example.com' }]);
  });

  it('is forgotten after some days, and what is more than so much', async () => {
    await integrate({ operations: ['created'], matching: BY_EMAIL });
    for (const name of ['a', 'b', 'c', 'd']) {
      await addRow(`${name}@example.com`, name);
      await stage.deliver();
    }
    const names = async (): Promise<unknown[]> => (await activity()).map(({ key }) => key?.email);
    await sql(
      "UPDATE di.sent_delivery SET sent_at = now() - interval '31 days' WHERE fields LIKE '%a@example%'",
    );
    expect(await forgetSent(stage.server.database.knex, 30)).toBe(1);
    expect(await names()).toEqual(['d@example.com', 'c@example.com', 'b@example.com']);
    expect(await forgetSent(stage.server.database.knex, 30, 2)).toBe(1);
    expect(await names()).toEqual(['d@example.com', 'c@example.com']);
  });
});
