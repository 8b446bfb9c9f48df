import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Salesforce } from '../../../../scripts/demo/salesforce.ts';
import { Targets } from '../../../../server/src/inbound/batches/targets.ts';
import type { PullDesk } from '../../../../server/src/inbound/pulls/execute-run.ts';
import { pullTurn } from '../../../../server/src/inbound/pulls/pull-loop.ts';
import { askAgain } from '../../../../server/src/operations/health/ask-again.ts';
import { atDoor } from '../../../support/org-door.ts';
import { changeConsent, createOptIn, statusOf } from '../../support/consent.ts';
import {
  authorizeByPassword,
  changeSettings,
  clearFaults,
  orderFault,
  startStage,
  type SalesforceStage,
} from '../../support/salesforce.ts';
import { admin, createScene, type Scene } from '../../support/test-server.ts';

const logger = pino({ level: 'silent' });
const stopping = new AbortController().signal;

interface Run {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly [count: string]: unknown;
}

/** The API and a local org, HTTP between them. */
describe('a pull', () => {
  let stage: SalesforceStage;
  let salesforce: Salesforce;
  let scene: Scene;
  let family: string;
  let families = 0;

  beforeAll(async () => {
    stage = await startStage();
    salesforce = await stage.org.connect();
  }, 120_000);
  afterAll(() => stage.close());
  afterEach(() => clearFaults(stage.org.url));
  beforeEach(async () => {
    scene = await createScene(stage.server);
    await authorizeByPassword(stage.server, scene.connectionId, stage.org.url);
    await mapped([
      ['Email', 'email'],
      ['LastName', 'last_name'],
    ]);
    families += 1;
    family = `Family ${families}`;
  });

  const call = async <T>(
    method: 'get' | 'post' | 'put' | 'patch',
    path: string,
    body: object,
    status: number,
  ): Promise<T> => {
    const answer = await admin(stage.server, method, path).send(body);
    expect(answer.status, answer.text).toBe(status);
    return answer.body as T;
  };

  async function mapped(pairs: readonly (readonly [string, string])[]): Promise<void> {
    const mapping = pairs.map(([salesforceField, column]) => ({ salesforceField, column }));
    await call('put', `/v1/admin/transfers/${scene.transferId}/mapping`, { mapping }, 200);
  }

  /** Each test sees the contacts of its own family only, among all that the org has. */
  const ofFamily = (): { type: 'query'; soql: string } => ({
    type: 'query',
    soql: `SELECT Email, LastName FROM Contact WHERE LastName = '${family}'`,
  });

  const createPull = async (settings: object): Promise<string> =>
    (
      await call<{ id: string }>(
        'post',
        '/v1/admin/pulls',
        { transfer: scene.transferId, startNow: false, ...settings },
        201,
      )
    ).id;

  function desk(): PullDesk {
    const { knex, pool } = stage.server.database;
    const { orgs, metrics, consentKeys } = stage.server.services;
    return { knex, pool, targets: new Targets(knex, consentKeys), orgs, metrics };
  }

  const turn = (signal = stopping): Promise<boolean> => pullTurn(desk(), logger, signal);

  const runOf = (pull: string, id: string): Promise<Run> =>
    call<Run>('get', `/v1/admin/pulls/${pull}/runs/${id}`, {}, 200);

  const queue = async (pull: string, body: object = {}): Promise<string> =>
    (await call<{ id: string }>('post', `/v1/admin/pulls/${pull}/runs`, body, 202)).id;

  async function runNow(pull: string, body: object = {}): Promise<Run> {
    const id = await queue(pull, body);
    expect(await turn()).toBe(true);
    return runOf(pull, id);
  }

  /** The waiting that a run was told to do is over. */
  const waited = (pull: string): Promise<unknown> =>
    stage.server.database
      .knex('di.pull_run')
      .where({ pull_id: pull, state: 'queued' })
      .update({ due_at: new Date(0) });

  const rows = async (): Promise<Record<string, unknown>[]> =>
    (
      await call<{ rows: Record<string, unknown>[] }>(
        'get',
        `/v1/admin/projects/${scene.project}/tables/Contact/rows?limit=1000&archived=include`,
        {},
        200,
      )
    ).rows;

  const save = (count: number, more: object = {}): Promise<string[]> =>
    salesforce.createAll(
      'Contact',
      Array.from({ length: count }, (_, index) => ({
        LastName: family,
        Email: `p${index}@family${families}.example.com`,
        ...more,
      })),
    );

  it('of all contacts is the default, begins at once, and goes on every night at two', async () => {
    await save(2);
    const { id } = await call<{ id: string }>('post', '/v1/admin/pulls', { transfer: scene.transferId }, 201);
    expect(await turn()).toBe(true);
    const pull = await call<Record<string, unknown>>('get', `/v1/admin/pulls/${id}`, {}, 200);
    expect(pull).toMatchObject({
      selection: { type: 'all' },
      schedule: { cron: '0 2 * * *', timeZone: 'UTC' },
      latestRun: { kind: 'full', state: 'done' },
    });
    expect(String(pull.nextRunAt)).toMatch(/T02:00:00.000Z$/);
    expect((await rows()).filter((row) => row.last_name === family)).toHaveLength(2);
  });

  it('fetches all contacts, then only what changed since', async () => {
    const ids = await save(3);
    const pull = await createPull({});
    const first = await runNow(pull);
    expect(first).toMatchObject({ kind: 'full', state: 'done', rejected: 0 });
    expect(first.read).toBe(first.expected);
    expect(await rows()).toHaveLength(Number(first.read));

    await salesforce.update('Contact', { Id: ids[0] ?? '', LastName: 'Changed' });
    await salesforce.delete('Contact', ids[1] ?? '');
    const second = await runNow(pull);
    expect(second).toMatchObject({ kind: 'changes', state: 'done', applied: 1, archived: 1 });
    const after = await rows();
    expect(after.find((row) => row._salesforce_id === ids[0])).toMatchObject({ last_name: 'Changed' });
    const gone = after.find((row) => row._salesforce_id === ids[1]);
    expect(gone).toMatchObject({ last_name: family });
    expect(gone?._archived_at).not.toBeNull();
  });

  it('archives a contact whose checkbox is unchecked, and brings it back with its data', async () => {
    const [id = ''] = await save(1, { DoNotCall: true });
    const pull = await createPull({ selection: { type: 'checkbox', field: 'DoNotCall' } });
    await runNow(pull);
    await salesforce.update('Contact', { Id: id, DoNotCall: false });
    expect(await runNow(pull)).toMatchObject({ kind: 'changes', archived: 1 });
    const archived = (await rows()).find((row) => row._salesforce_id === id);
    expect(archived).toMatchObject({ last_name: family });
    expect(archived?._archived_at).not.toBeNull();

    await salesforce.update('Contact', { Id: id, DoNotCall: true });
    await runNow(pull);
    const back = (await rows()).find((row) => row._salesforce_id === id);
    expect(back).toMatchObject({ last_name: family, _archived_at: null });
  });

  it('keeps in step with a query, and archives what the query no longer finds', async () => {
    const ids = await save(3);
    const pull = await createPull({ selection: ofFamily() });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 3, applied: 3 });
    await salesforce.update('Contact', { Id: ids[2] ?? '', LastName: 'Elsewhere' });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 2, unchanged: 2, archived: 1 });
    expect((await rows()).filter((row) => row._archived_at === null)).toHaveLength(2);
  });

  it('of leads takes those that have not opted out, beside the contacts of the same table', async () => {
    const transfer = await call<{ id: string }>(
      'post',
      '/v1/admin/transfers',
      {
        connection: scene.connectionId,
        table: 'Contact',
        object: 'Lead',
        mapping: [
          { salesforceField: 'Email', column: 'email' },
          { salesforceField: 'LastName', column: 'last_name' },
        ],
      },
      201,
    );
    await call('post', `/v1/admin/transfers/${transfer.id}/activate`, {}, 200);
    const leads = await salesforce.createAll(
      'Lead',
      ['asked', 'opted-out'].map((name) => ({
        LastName: family,
        Company: 'Acme',
        Email: `${name}@family${families}.example.com`,
        HasOptedOutOfEmail: name === 'opted-out',
      })),
    );
    await save(2);
    await runNow(await createPull({ selection: ofFamily() }));
    const soql = `SELECT Email, LastName FROM Lead WHERE HasOptedOutOfEmail = false AND LastName = '${family}'`;
    const pull = await createPull({ transfer: transfer.id, selection: { type: 'query', soql } });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 1, applied: 1, archived: 0 });
    expect(await rows()).toHaveLength(3);
    await salesforce.update('Lead', { Id: leads[0] ?? '', HasOptedOutOfEmail: true });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 0, archived: 1 });
    expect((await rows()).filter((row) => row._archived_at === null)).toHaveLength(2);
  });

  it('subscribes nobody again who opted out, whatever becomes of the checkbox', async () => {
    const { server } = stage;
    const email = `p0@family${families}.example.com`;
    await createOptIn(server, scene);
    const [id = ''] = await save(1, { DoNotCall: true });
    const pull = await createPull({ selection: { type: 'checkbox', field: 'DoNotCall' } });
    await runNow(pull);
    await changeConsent(server, scene, [{ contact: { email }, optIn: 'newsletter', status: 'granted' }]);
    await changeConsent(server, scene, [{ contact: { email }, optIn: 'newsletter', status: 'withdrawn' }]);
    for (const DoNotCall of [false, true]) {
      await salesforce.update('Contact', { Id: id, DoNotCall });
      await runNow(pull);
      expect(await statusOf(server, scene, email)).toBe('withdrawn');
    }
    await runNow(pull, { kind: 'full' });
    expect((await rows()).find((row) => row._salesforce_id === id)).toMatchObject({ _archived_at: null });
    expect(await statusOf(server, scene, email)).toBe('withdrawn');
  });

  /** A pull whose last run would have archived 29 of 30 rows. */
  async function heldPull(): Promise<{ pull: string; held: Run }> {
    await save(30);
    const pull = await createPull({ selection: ofFamily() });
    await runNow(pull);
    await salesforce.update('Contact', {
      Id: String((await rows())[0]?._salesforce_id),
      LastName: 'Left alone',
    });
    const nobody = {
      type: 'query',
      soql: "SELECT Email, LastName FROM Contact WHERE LastName = 'Left alone'",
    };
    await call('patch', `/v1/admin/pulls/${pull}`, { selection: nobody }, 200);
    return { pull, held: await runNow(pull) };
  }

  const archived = async (): Promise<number> =>
    (await rows()).filter((row) => row._archived_at !== null).length;

  it('asks first before it archives most of a table', async () => {
    const { pull, held } = await heldPull();
    expect(held).toMatchObject({ state: 'held', code: 'too-many-vanished', archived: 0 });
    expect(held.message).toContain('29 of 30 rows');
    expect(await archived()).toBe(0);
    expect(await runNow(pull, { mayArchiveMany: true })).toMatchObject({ state: 'done', archived: 29 });
  });

  it('keeps the rows that it asks about, when it is told so', async () => {
    const { pull, held } = await heldPull();
    const keep = `/v1/admin/pulls/${pull}/runs/${held.id}/cancel`;
    await call('post', keep, {}, 204);
    expect(await runOf(pull, held.id)).toMatchObject({ state: 'cancelled', code: 'too-many-vanished' });
    expect(await archived()).toBe(0);
    expect(await call('post', keep, {}, 409)).toMatchObject({ code: 'run-ended' });
    // It is an answer to this run: records that are still gone are asked about again.
    expect(await runNow(pull)).toMatchObject({ state: 'held', archived: 0 });
  });

  it('takes many by Bulk API 2.0, with the same outcome', async () => {
    await save(205);
    const pull = await createPull({ selection: ofFamily(), bulkThreshold: 200 });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 205, applied: 205, rejected: 0 });
    const rest = await createPullOfSame(10_000);
    expect(rest).toMatchObject({ read: 205, unchanged: 205 });

    async function createPullOfSame(bulkThreshold: number): Promise<Run> {
      await call('patch', `/v1/admin/pulls/${pull}`, { bulkThreshold }, 200);
      return runNow(pull);
    }
  });

  it('says which records it could not take, and takes the others', async () => {
    await mapped([
      ['Email', 'email'],
      ['LastName', 'last_name'],
      ['Title', 'tier'],
    ]);
    await call('post', `/v1/admin/transfers/${scene.transferId}/activate`, {}, 200);
    await save(2, { Title: 'gold' });
    await salesforce.create('Contact', {
      LastName: family,
      Email: `${family.replace(' ', '.')}@example.com`,
      Title: 'bronze',
    });
    await salesforce.create('Contact', { LastName: family });
    const soql = `SELECT Email, LastName, Title FROM Contact WHERE LastName = '${family}'`;
    const pull = await createPull({ selection: { type: 'query', soql } });
    const run = await runNow(pull);
    expect(run).toMatchObject({ state: 'done', read: 4, applied: 2, rejected: 1, leftOut: 1 });
    expect(run.rejections).toMatchObject([{ code: 'not-in-picklist', field: 'Title' }]);
  });

  it('counts a record that waits for the row of another one as there, until it is gone', async () => {
    const [first = '', second = ''] = await Promise.all(
      [1, 2].map(() =>
        salesforce.create('Contact', { LastName: family, Email: `${family.replace(' ', '.')}@example.com` }),
      ),
    );
    const pull = await createPull({ selection: ofFamily() });
    expect(await runNow(pull)).toMatchObject({ applied: 1, rivals: 1 });
    const mine = async () => (await rows()).filter((row) => row.last_name === family);
    const [row] = await mine();
    const holder = String(row?._salesforce_id);
    await salesforce.delete('Contact', holder);
    expect(await runNow(pull, { kind: 'full' })).toMatchObject({ state: 'done' });
    const other = holder === first ? second : first;
    expect(await mine()).toMatchObject([{ _salesforce_id: other, _archived_at: null }]);
    await salesforce.delete('Contact', other);
    await runNow(pull, { kind: 'full' });
    expect((await mine())[0]?._archived_at).not.toBeNull();
  });

  it('fetches everything anew when the mapping has another column', async () => {
    await save(2, { Title: 'gold' });
    const pull = await createPull({ selection: { type: 'all' } });
    await runNow(pull);
    await mapped([
      ['Email', 'email'],
      ['LastName', 'last_name'],
      ['Title', 'tier'],
    ]);
    await call('post', `/v1/admin/transfers/${scene.transferId}/activate`, {}, 200);
    expect(await runNow(pull)).toMatchObject({ kind: 'full', state: 'done' });
    const mine = (await rows()).filter((row) => row.last_name === family);
    expect(mine.map((row) => row.tier)).toEqual(['gold', 'gold']);
  });

  it('fails with what is to be done where the checkbox is not there', async () => {
    const pull = await createPull({ selection: { type: 'checkbox', field: 'Newsletter__c' } });
    const run = await runNow(pull);
    expect(run).toMatchObject({ state: 'failed', code: 'unknown-field' });
    expect(run.message).toContain('Create the checkbox in Salesforce');
    const preview = await admin(stage.server, 'post', `/v1/admin/pulls/${pull}/preview`);
    expect(preview.status).toBe(422);
  });

  it('that failed opens an incident, and closes it when it works again', async () => {
    const incidents = (): Promise<{ status: string }[]> =>
      stage.server.database
        .knex('di.incident')
        .where({ connection_id: scene.connectionId, kind: 'pull-failed' })
        .select('*');
    const pull = await createPull({ selection: { type: 'checkbox', field: 'Newsletter__c' } });
    await runNow(pull);
    expect(await incidents()).toMatchObject([{ subject: 'Contact → Contact', closed_at: null }]);
    await call('patch', `/v1/admin/pulls/${pull}`, { selection: ofFamily() }, 200);
    await runNow(pull);
    expect(await incidents()).not.toMatchObject([{ closed_at: null }]);
  });

  it('tells beforehand how many records it would fetch', async () => {
    await save(4);
    const pull = await createPull({ selection: ofFamily() });
    const preview = await call<{ records: number; query: string }>(
      'post',
      `/v1/admin/pulls/${pull}/preview`,
      {},
      200,
    );
    expect(preview.records).toBe(4);
    expect(preview.query).toContain(`LastName = '${family}'`);
  });

  it('runs once at a time, and can be cancelled before it began', async () => {
    const pull = await createPull({ selection: ofFamily() });
    const id = await queue(pull);
    const again = await admin(stage.server, 'post', `/v1/admin/pulls/${pull}/runs`).send({});
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ code: 'pull-running' });
    await call('post', `/v1/admin/pulls/${pull}/runs/${id}/cancel`, {}, 204);
    expect(await runNow(pull)).toMatchObject({ state: 'done' });
  });

  it('runs by itself at its hour, once', async () => {
    const pull = await createPull({ selection: ofFamily() });
    const { knex } = stage.server.database;
    expect(await turn()).toBe(false);
    await knex('di.pull')
      .where({ id: pull })
      .update({ next_run_at: knex.raw(`now() - interval '1 hour'`) });
    expect(await turn()).toBe(true);
    expect(await turn()).toBe(false);
    const { runs } = await call<{ runs: Run[] }>('get', `/v1/admin/pulls/${pull}/runs`, {}, 200);
    expect(runs).toMatchObject([{ reason: 'schedule', state: 'done' }]);
  });

  it.each(['unavailable', 'reset-before', 'reset-after'])(
    'tries again after %s, and ends with everything there',
    async (kind) => {
      await save(3);
      const pull = await createPull({ selection: ofFamily() });
      await orderFault(stage.org.url, { kind, match: { operation: 'query' }, skip: 1 });
      const id = await queue(pull);
      await turn();
      expect(await runOf(pull, id)).toMatchObject({ state: 'queued' });
      expect(await turn()).toBe(false);
      await waited(pull);
      await turn();
      expect(await runOf(pull, id)).toMatchObject({ state: 'done', read: 3, applied: 3, code: null });
    },
  );

  it('waits a quarter of an hour where the org has no API calls left', async () => {
    const pull = await createPull({ selection: ofFamily() });
    await orderFault(stage.org.url, { kind: 'request-limit', match: { operation: 'query' } });
    const id = await queue(pull);
    await turn();
    expect(await runOf(pull, id)).toMatchObject({ state: 'queued', code: 'REQUEST_LIMIT_EXCEEDED' });
    const { knex } = stage.server.database;
    const row = await knex('di.pull_run').where({ id }).first<{ due_at: Date }>('due_at');
    expect(row.due_at.getTime()).toBeGreaterThan(Date.now() + 14 * 60_000);
  });

  /** As if its hour had come. */
  const bySchedule = (id: string): Promise<unknown> =>
    stage.server.database.knex('di.pull_run').where({ id }).update({ reason: 'schedule' });

  it.each([404, 200])(
    'of a schedule waits, however long, where the org answers with a page for people under %s',
    async (status) => {
      await save(1);
      const pull = await createPull({ selection: ofFamily() });
      const id = await queue(pull);
      await bySchedule(id);
      const fault = { kind: 'html', status, message: 'Down for maintenance', times: null };
      await orderFault(stage.org.url, { ...fault, match: { path: '/services/data/v' } });
      for (let attempt = 0; attempt < 8; attempt++) {
        await turn();
        await waited(pull);
      }
      expect(await runOf(pull, id)).toMatchObject({ state: 'queued', code: 'page-instead-of-api' });
      await clearFaults(stage.org.url);
      await turn();
      expect(await runOf(pull, id)).toMatchObject({ state: 'done', read: 1, code: null });
    },
  );

  it('that somebody asked for fails while the API is not there, and runs again when it is', async () => {
    await save(1);
    const pull = await createPull({ selection: ofFamily(), isEnabled: false });
    await changeSettings(stage.org.url, { apiVersions: { oldest: 31, newest: 64 } });
    expect(await runNow(pull, { kind: 'full' })).toMatchObject({
      state: 'failed',
      code: 'api-version-missing',
      message: expect.stringContaining('version') as string,
    });
    await atDoor(stage.org.url, 'DELETE', 'settings');
    const { knex } = stage.server.database;
    await askAgain(knex, stage.server.services.orgs).run(stopping);
    expect(await turn()).toBe(true);
    const { runs } = await call<{ runs: Run[] }>('get', `/v1/admin/pulls/${pull}/runs`, {}, 200);
    expect(runs).toMatchObject([{ state: 'done', kind: 'full', read: 1 }, { state: 'failed' }]);
    // It has come to its end: the next recovery brings nothing.
    expect(await turn()).toBe(false);
  });

  it('of a schedule waits, however long, for a version of the API that the org does not have yet', async () => {
    await save(1);
    const pull = await createPull({ selection: ofFamily() });
    const id = await queue(pull);
    await bySchedule(id);
    await changeSettings(stage.org.url, { apiVersions: { oldest: 31, newest: 64 } });
    await turn();
    expect(await runOf(pull, id)).toMatchObject({ state: 'queued', code: 'api-version-missing' });
    await atDoor(stage.org.url, 'DELETE', 'settings');
    await waited(pull);
    await turn();
    expect(await runOf(pull, id)).toMatchObject({ state: 'done', read: 1, code: null });
  });

  it('goes on where its session had expired', async () => {
    await save(2);
    const pull = await createPull({ selection: ofFamily() });
    await orderFault(stage.org.url, { kind: 'session', match: { operation: 'query' } });
    expect(await runNow(pull)).toMatchObject({ state: 'done', read: 2 });
  });

  it('fails where the query names what the org does not have, in the words of the org', async () => {
    const soql = 'SELECT Email, LastName FROM Contact WHERE Nothing__c = 1';
    const run = await runNow(await createPull({ selection: { type: 'query', soql } }));
    expect(run).toMatchObject({ state: 'failed', code: 'INVALID_FIELD' });
    expect(run.message).toContain('Nothing__c');
  });

  it('goes back to those that wait when the server stops, and is taken on again', async () => {
    await save(2);
    const pull = await createPull({ selection: ofFamily() });
    const id = await queue(pull);
    await turn(AbortSignal.abort());
    expect(await runOf(pull, id)).toMatchObject({ state: 'queued', code: 'interrupted' });
    await turn();
    expect(await runOf(pull, id)).toMatchObject({ state: 'done', read: 2 });
    // Restarts of the server are no tries that failed.
    const tries = await stage.server.database.knex('di.pull_run').where({ id }).pluck('attempts');
    expect(tries).toEqual([1]);
  });

  it('is taken over from a copy that was killed', async () => {
    await save(2);
    const pull = await createPull({ selection: ofFamily() });
    const id = await queue(pull);
    const { knex } = stage.server.database;
    await knex('di.pull_run')
      .where({ id })
      .update({ state: 'running', attempts: 1, leased_until: new Date(0) });
    expect(await turn()).toBe(true);
    expect(await runOf(pull, id)).toMatchObject({ state: 'done', read: 2, applied: 2 });
  });

  it('ends where it was cancelled in the middle', async () => {
    await save(2);
    const pull = await createPull({ selection: ofFamily() });
    const id = await queue(pull);
    await orderFault(stage.org.url, { kind: 'slow', milliseconds: 1500, match: { operation: 'query' } });
    const running = turn();
    await expect.poll(async () => (await runOf(pull, id)).state, { timeout: 10_000 }).toBe('running');
    await call('post', `/v1/admin/pulls/${pull}/runs/${id}/cancel`, {}, 204);
    await running;
    expect(await runOf(pull, id)).toMatchObject({ state: 'cancelled', applied: 0 });
  });
});
