import { Registry } from 'prom-client';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Salesforce } from '../../../../scripts/demo/salesforce.ts';
import { closeIncident, openIncident } from '../../../../server/src/connections/incidents.ts';
import { Targets } from '../../../../server/src/inbound/batches/targets.ts';
import { pullTurn } from '../../../../server/src/inbound/pulls/pull-loop.ts';
import { comparisonTurn } from '../../../../server/src/outbound/comparisons/comparison-loop.ts';
import { DeliveryMetrics } from '../../../../server/src/outbound/deliveries/delivery-metrics.ts';
import { deliverOnce } from '../../../../server/src/outbound/drain/worker.ts';
import type { OrgRecord, SalesforceOrgs } from '../../../../server/src/salesforce/org.ts';
import { groundOf, type Ground } from '../../support/delivery-scene.ts';
import {
  authorizeByPassword,
  clearFaults,
  startStage,
  type SalesforceStage,
} from '../../support/salesforce.ts';
import { admin, createScene, type Scene } from '../../support/test-server.ts';

const logger = pino({ level: 'silent' });
const never = new AbortController().signal;

interface Difference {
  readonly id: string;
  readonly kind: string;
  readonly key: Readonly<Record<string, unknown>>;
  readonly acts: readonly string[];
  readonly [member: string]: unknown;
}

interface Result {
  readonly state: string;
  readonly records: number;
  readonly rows: number;
  readonly explained: Readonly<Record<string, number>>;
  readonly differences: number;
  readonly code: string | null;
}

/** The API and a local org, HTTP between them; no trigger of the org tells DI anything, so that each change is behind its back. */
describe('a comparison', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let ground: Ground;
  let family: string;
  let ids: Record<string, string>;
  let comparison: string;
  let families = 0;

  beforeAll(async () => {
    stage = await startStage();
    salesforce = await stage.org.connect();
  }, 120_000);
  afterAll(() => stage.close());
  afterEach(async () => {
    await clearFaults(stage.org.url);
    await stage.server.database.pool.query('DELETE FROM di.comparison_run');
  });

  beforeEach(async () => {
    scene = await createScene(stage.server);
    ground = await groundOf(stage.server, scene);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    families += 1;
    family = `Family ${families}`;
    const mapping = [
      { salesforceField: 'Email', column: 'email' },
      { salesforceField: 'FirstName', column: 'last_name' },
    ];
    await call('put', `/v1/admin/transfers/${scene.transferId}/mapping`, { mapping }, 200);
    ids = {};
    for (const name of ['ann', 'bob', 'cid']) ids[name] = await person(name);
    await call('post', '/v1/admin/pulls', pullOf(), 201);
    expect(await pullTurn(desk(), logger, never)).toBe(true);
    await stage.server.database.pool.query('UPDATE di.pull SET is_enabled = false');
  });

  const address = (name: string): string => `${name}@family${families}.example.com`;
  const person = (name: string): Promise<string> =>
    salesforce.create('Contact', { LastName: family, FirstName: name, Email: address(name) });
  /** Each test sees the contacts of its own family only, among all that the org has. */
  const pullOf = (): object => ({
    transfer: scene.transferId,
    selection: { type: 'query', soql: `SELECT Email, FirstName FROM Contact WHERE LastName = '${family}'` },
  });

  async function call<T>(
    method: 'get' | 'post' | 'put' | 'patch',
    path: string,
    body: object,
    status: number,
  ): Promise<T> {
    const answer = await admin(stage.server, method, path).send(body);
    expect(answer.status, answer.text).toBe(status);
    return answer.body as T;
  }

  function desk() {
    const { knex, pool } = stage.server.database;
    const { orgs, metrics, consentKeys } = stage.server.services;
    return {
      knex,
      pool,
      database: stage.server.database,
      targets: new Targets(knex, consentKeys),
      orgs,
      metrics,
    };
  }

  const turn = (signal = never): Promise<boolean> => comparisonTurn(desk(), logger, signal);

  async function deliver(): Promise<void> {
    const counted = new DeliveryMetrics(new Registry(), stage.server.database.pool);
    const services = {
      ...desk(),
      incidents: { open: openIncident, close: closeIncident },
      metrics: counted,
    };
    while (await deliverOnce(services, never));
  }

  async function integrate(definition: object): Promise<string> {
    const { id } = await call<{ id: string }>(
      'post',
      '/v1/admin/integrations',
      { connection: scene.connectionId, table: 'Contact', object: 'Contact', name: 'Back', ...definition },
      201,
    );
    await call('post', `/v1/admin/integrations/${id}/activate`, {}, 200);
    return id;
  }

  const twoWay = (): Promise<string> =>
    integrate({ operations: ['updated'], mapping: [{ salesforceField: 'FirstName', column: 'last_name' }] });

  /** As somebody who is past every trigger. */
  async function behind(text: string, values: unknown[] = []): Promise<void> {
    const client = await stage.server.database.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SET LOCAL session_replication_role = replica');
      await client.query(text.replaceAll('CONTACT', ground.table), values);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }

  const requested = async (named: object = { transfer: scene.transferId }): Promise<void> => {
    const { id } = await call<{ id: string }>(
      'post',
      '/v1/admin/comparisons',
      { graceMinutes: 0, ...named },
      202,
    );
    comparison = id;
  };

  async function compare(named?: object): Promise<Result> {
    await requested(named);
    expect(await turn()).toBe(true);
    return result();
  }

  const result = async (): Promise<Result> => {
    const found = await call<{ latestRun: Result; result: Result }>(
      'get',
      `/v1/admin/comparisons/${comparison}`,
      {},
      200,
    );
    expect(found.latestRun).toMatchObject({ state: 'done', code: null });
    return found.result;
  };

  const differences = async (query = ''): Promise<readonly Difference[]> =>
    (
      await call<{ differences: Difference[] }>(
        'get',
        `/v1/admin/comparisons/${comparison}/differences${query}`,
        {},
        200,
      )
    ).differences;

  async function heal(act: 'take' | 'send', which: 'all' | readonly string[] = 'all'): Promise<number> {
    const path = `/v1/admin/comparisons/${comparison}/heal`;
    const { differences: count } = await call<{ differences: number }>(
      'post',
      path,
      { act, differences: which },
      202,
    );
    expect(await turn()).toBe(true);
    return count;
  }

  const verdict = async (): Promise<string | undefined> =>
    (
      await call<{ connections: { id: string; verdict: string }[] }>('get', '/v1/admin/health', {}, 200)
    ).connections.find(({ id }) => id === scene.connectionId)?.verdict;

  const rows = async (): Promise<Record<string, unknown>> => {
    const found = await stage.server.database.pool.query<{
      email: string;
      last_name: string;
      archived: boolean;
    }>(`SELECT email, last_name, _archived_at IS NOT NULL AS archived FROM ${ground.table} ORDER BY email`);
    return Object.fromEntries<unknown>(
      found.rows.map(({ email, last_name: name, archived }) => [
        email.split('@')[0] ?? '',
        archived ? 'archived' : name,
      ]),
    );
  };

  const inOrg = async (name: string): Promise<unknown> => {
    const soql = `SELECT FirstName FROM Contact WHERE Id = '${ids[name] ?? ''}'`;
    return (await salesforce.connection.query<{ FirstName: string }>(soql)).records[0]?.FirstName;
  };

  it('of equal sides finds nothing, and health goes on saying so', async () => {
    expect(await compare()).toMatchObject({ records: 3, rows: 3, differences: 0, explained: {} });
    expect(await differences()).toEqual([]);
    expect(await verdict()).toBe('in-step');
  });

  it('says the same of records that Bulk API 2.0 fetches', async () => {
    await call('patch', `/v1/admin/pulls/${await pull()}`, { bulkThreshold: 0, isEnabled: false }, 200);
    await behind("UPDATE CONTACT SET last_name = 'other' WHERE email = $1", [address('bob')]);
    expect(await compare()).toMatchObject({ records: 3, rows: 3, differences: 1, explained: {} });
    expect(await differences()).toMatchObject([{ rowValue: 'other', salesforceValue: 'bob' }]);
  });

  it('finds what was changed behind everybody’s back on both sides, and takes it again', async () => {
    await behind("UPDATE CONTACT SET last_name = 'other' WHERE email = $1", [address('ann')]);
    await behind('DELETE FROM CONTACT WHERE email = $1', [address('bob')]);
    await salesforce.delete('Contact', ids.cid ?? '');
    expect(await compare()).toMatchObject({ records: 2, rows: 2, differences: 3 });
    expect(await differences()).toMatchObject([
      {
        ...{ kind: 'field', key: { email: address('ann') }, recordId: ids.ann, acts: ['take'] },
        ...{ column: 'last_name', field: 'FirstName', rowValue: 'other', salesforceValue: 'ann' },
      },
      { kind: 'missing-row', key: { email: address('bob') }, recordId: ids.bob, acts: ['take'] },
      { kind: 'missing-record', key: { email: address('cid') }, recordId: ids.cid, acts: ['take'] },
    ]);
    expect(await verdict()).toBe('differing');
    const [first] = await differences('?kind=field');
    expect(await heal('take', [first?.id ?? ''])).toBe(1);
    expect(await rows()).toEqual({ ann: 'ann', cid: 'cid' });
    expect(await verdict()).toBe('differing');
    expect(await heal('take')).toBe(2);
    expect(await rows()).toEqual({ ann: 'ann', bob: 'bob', cid: 'archived' });
    expect(await differences('?state=open')).toEqual([]);
    expect(await verdict()).toBe('in-step');
    expect(await compare()).toMatchObject({ differences: 0 });
  });

  it('sends rows again that an integration writes, the fields that differ and no others', async () => {
    await twoWay();
    await behind("UPDATE CONTACT SET last_name = 'other' WHERE email = $1", [address('ann')]);
    await compare();
    expect(await differences()).toMatchObject([{ acts: ['take', 'send'] }]);
    expect(await heal('send')).toBe(1);
    // It waits to be sent, and is no difference.
    expect(await compare()).toMatchObject({ differences: 0, explained: { waiting: 1 } });
    await deliver();
    expect(await inOrg('ann')).toBe('other');
    expect(await rows()).toMatchObject({ ann: 'other' });
    expect(await compare()).toMatchObject({ differences: 0, explained: {} });
  });

  it('of an integration compares what rows would be written as, and what no record was made of', async () => {
    const integration = await integrate({
      operations: ['created', 'updated'],
      mapping: [
        { salesforceField: 'Email', column: 'email' },
        { salesforceField: 'LastName', column: 'tier', transforms: [{ type: 'default', value: family }] },
        { salesforceField: 'Department', column: 'topics' },
      ],
      matching: { by: 'lookup', field: 'Email', column: 'email' },
    });
    await behind("UPDATE CONTACT SET topics = '{a,b}' WHERE email = $1", [address('bob')]);
    await behind('INSERT INTO CONTACT (email) VALUES ($1)', [address('new')]);
    // A lead's row is none of contacts.
    await behind("INSERT INTO CONTACT (email, _salesforce_id) VALUES ($1, '00QgK0000000001UAA')", [
      address('lead'),
    ]);
    expect(await compare({ integration })).toMatchObject({ differences: 2 });
    expect(await differences()).toMatchObject([
      { kind: 'field', field: 'Department', rowValue: 'a;b', salesforceValue: null, acts: ['send'] },
      { kind: 'missing-record', key: { email: address('new') }, recordId: null, acts: ['send'] },
    ]);
    expect(await heal('send')).toBe(2);
    await deliver();
    const soql = `SELECT Email, Department FROM Contact WHERE LastName = '${family}' ORDER BY Email`;
    const found = await salesforce.connection.query<{ Email: string; Department: string | null }>(soql);
    expect(found.records.map(({ Email, Department }) => [Email, Department])).toEqual([
      [address('ann'), null],
      [address('bob'), 'a;b'],
      [address('cid'), null],
      [address('new'), null],
    ]);
    expect(await compare({ integration })).toMatchObject({ differences: 0 });
  });

  it('explains what waits, what is on its way, what is left out, rejected, or a rival of another record', async () => {
    await twoWay();
    await salesforce.create('Contact', { LastName: family, FirstName: 'nobody' });
    await salesforce.create('Contact', {
      LastName: family,
      FirstName: 'x'.repeat(30),
      Email: address('long'),
    });
    await person('ann');
    await call('patch', `/v1/admin/pulls/${await pull()}`, { isEnabled: false }, 200);
    await call('post', `/v1/admin/pulls/${await pull()}/runs`, { kind: 'full' }, 202);
    await pullTurn(desk(), logger, never);
    await stage.server.database.pool.query(
      `UPDATE ${ground.table} SET last_name = 'edited' WHERE email = $1`,
      [address('bob')],
    );
    await person('late');
    expect(await compare({ transfer: scene.transferId, graceMinutes: 60 })).toMatchObject({
      differences: 0,
      explained: { waiting: 1, 'on-its-way': 1, 'left-out': 1, rejected: 1, rival: 1 },
    });
    expect(await compare()).toMatchObject({ differences: 1, explained: { 'left-out': 1 } });
  });

  const pull = async (): Promise<string> =>
    (await call<{ pulls: { id: string; transfer: string }[] }>('get', '/v1/admin/pulls', {}, 200)).pulls.find(
      ({ transfer }) => transfer === scene.transferId,
    )?.id ?? '';

  type Pages = AsyncIterable<readonly OrgRecord[]>;

  /** Orgs whose records come in another way. */
  function reading(read: (pages: Pages) => Pages): SalesforceOrgs {
    const { orgs } = stage.server.services;
    return {
      open: async (...named) =>
        new Proxy(await orgs.open(...named), {
          get: (org, name) => {
            if (name === 'query')
              return (soql: string): Pages =>
                soql.includes('COUNT') ? org.query(soql) : read(org.query(soql));
            const member: unknown = Reflect.get(org, name, org);
            return typeof member === 'function'
              ? (...given: unknown[]): unknown => Reflect.apply(member, org, given)
              : member;
          },
        }),
    };
  }

  it('takes a row that is edited, sent and settled while it reads for none that differs', async () => {
    await twoWay();
    let isFirst = true;
    const edited = reading(async function* (pages) {
      for await (const page of pages) {
        // Of the page that was read, one row is another one before it is compared.
        if (isFirst) {
          isFirst = false;
          await stage.server.database.pool.query(
            `UPDATE ${ground.table} SET last_name = 'edited' WHERE email = $1`,
            [address('bob')],
          );
          await deliver();
        }
        yield page;
      }
    });
    await requested();
    await comparisonTurn({ ...desk(), orgs: edited }, logger, never);
    expect(isFirst).toBe(false);
    expect(await result()).toMatchObject({ differences: 0 });
    expect(await inOrg('bob')).toBe('edited');
  });

  it('goes on where a worker has died, and reads no page twice', async () => {
    await behind("UPDATE CONTACT SET last_name = 'other'");
    await requested();
    const { knex } = stage.server.database;
    // The worker has ended after its first page of records.
    const dying = new AbortController();
    const limited = reading(async function* (pages) {
      for await (const page of pages) {
        yield page.slice(0, 1);
        dying.abort(new Error('killed'));
        throw new Error('killed');
      }
    });
    await comparisonTurn({ ...desk(), orgs: limited }, logger, dying.signal);
    await knex('di.comparison_run')
      .where({ comparison_id: comparison })
      .update({ due_at: new Date(0) });
    const kept = await knex('di.difference as d')
      .join('di.comparison_run as r', 'r.id', 'd.run_id')
      .where({ comparison_id: comparison });
    expect(kept).toHaveLength(1);
    expect(await turn()).toBe(true);
    expect(await result()).toMatchObject({ records: 3, differences: 3 });
    expect((await differences()).map(({ recordId }) => recordId)).toEqual([ids.ann, ids.bob, ids.cid]);
  });

  it('goes one at a time, by schedule, and is cancelled', async () => {
    await requested();
    await call('post', '/v1/admin/comparisons', { transfer: scene.transferId }, 409);
    await call('post', `/v1/admin/comparisons/${comparison}/cancel`, {}, 204);
    await call('get', `/v1/admin/comparisons/${comparison}/differences`, {}, 409);
    const schedule = { cron: '0 3 * * *', timeZone: 'Europe/Paris' };
    expect(await call('patch', `/v1/admin/comparisons/${comparison}`, { schedule }, 200)).toMatchObject({
      schedule,
    });
    const { knex } = stage.server.database;
    await knex('di.comparison')
      .where({ id: comparison })
      .update({ next_run_at: new Date(0) });
    expect(await turn()).toBe(true);
    expect(await result()).toMatchObject({ reason: 'schedule', differences: 0 });
    expect(await turn()).toBe(false);
  });

  it('is written as CSV, and goes with the person', async () => {
    await behind("UPDATE CONTACT SET last_name = '=1+1' WHERE email = $1", [address('ann')]);
    await compare();
    const csv = await admin(
      stage.server,
      'get',
      `/v1/admin/comparisons/${comparison}/differences.csv`,
    ).expect(200);
    expect(csv.text).toContain("'=1+1,ann");
    const exported = await call<object>(
      'post',
      `/v1/admin/projects/${scene.project}/persons/export`,
      { email: address('ann') },
      200,
    );
    expect(JSON.stringify(exported)).toContain('=1+1');
    await call('post', `/v1/admin/projects/${scene.project}/persons/erase`, { email: address('ann') }, 200);
    expect(await differences()).toEqual([]);
  });

  it('misses no record that the filter of the package leaves out', async () => {
    const { pool } = stage.server.database;
    await pool.query('DELETE FROM di.pull');
    const connections = await pool.query<{ key_id: string }>(
      'SELECT key_id FROM di.connection WHERE id = $1',
      [scene.connectionId],
    );
    const destination = await salesforce.create('DI_Destination_Project__c', {
      ...{ Name: family, Endpoint__c: 'https://connect.di.example', Status__c: 'Authorized' },
      Key_Id__c: connections.rows[0]?.key_id,
    });
    const transfer = await salesforce.create('DI_Data_Transfer__c', {
      ...{ Name: family, Destination_Project__c: destination, Status__c: 'Paused' },
      ...{ Source_Object__c: 'Contact', DI_Object_Name__c: 'Contact' },
      Conditions__c: JSON.stringify([
        { field: 'LastName', operator: 'equals', value: family },
        { field: 'FirstName', operator: 'differs', value: "d'an" },
        { field: 'FirstName', operator: 'filled' },
        { field: 'Email', operator: 'in', value: ['ann', 'bob', 'cid', "d'an"].map(address).join('; ') },
      ]),
    });
    await person("d'an");
    expect(await compare()).toMatchObject({ records: 3, rows: 3, differences: 0, explained: {} });

    // Who is let through now and has no row is missing.
    await salesforce.connection.sobject('DI_Data_Transfer__c').update({
      ...{ Id: transfer, Filter_Field__c: 'HasOptedOutOfEmail' },
      Conditions__c: JSON.stringify([{ field: 'LastName', operator: 'equals', value: family }]),
    });
    expect(await compare()).toMatchObject({ records: 0, rows: 3, differences: 0 });
    await salesforce.connection
      .sobject('DI_Data_Transfer__c')
      .update({ Id: transfer, Filter_Field__c: null });
    expect(await compare()).toMatchObject({ records: 4, rows: 3, differences: 1 });
    expect(await differences()).toMatchObject([{ kind: 'missing-row' }]);
  });
});
