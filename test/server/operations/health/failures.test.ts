import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EventOrg, refusalOfAll } from '../../support/event-org.ts';
import { createSource, identify, postEvent, turnOf } from '../../support/event-stage.ts';
import { connectionRow, failEachKind } from '../../support/failed-work.ts';
import { discard, failuresOf, healthOf, openIncidents, type Failure } from '../../support/failures.ts';
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

const ANN = [contactId(1), moment(0), 'ann@example.com', 'Ann'];
const NOBODY = [contactId(2), moment(0), 'no address', 'Nobody'];
const UNMAPPED = { fields: ['Id', 'SystemModstamp', 'Email', 'Extra__c'], upserts: [ANN, NOBODY] };

describe('what failed and still stands', () => {
  let server: TestServer;
  let scene: Scene;
  let token: string;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    token = await authorizedToken(server, scene);
  });

  const sql = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);
  const send = (batch: object, key?: string) =>
    postBatch(server, token, batch, key === undefined ? {} : { key });

  const failures = () => failuresOf(server, scene);
  const health = () => healthOf(server, scene);
  const incidents = () => openIncidents(server, scene);
  const seen = (failure: Pick<Failure, 'kind' | 'subject'>) => discard(server, failure);

  it('is every event that was not written, until it is', async () => {
    const source = await createSource(server, scene.connectionId);
    const org = new EventOrg(scene.connectionId);
    const turn = turnOf(server, org);
    org.faults.push(...Array.from({ length: 1000 }, () => refusalOfAll('FIELD_CUSTOM_VALIDATION_EXCEPTION')));
    const batch = Array.from({ length: 120 }, (_none, n) => identify({ email: `e${n}@example.com` }));
    await postEvent(server, source, 'batch', { batch }).expect(200);
    await untilFailed(source.id, turn);
    expect(await failures()).toMatchObject([
      {
        kind: 'event',
        subject: source.id,
        name: 'Site',
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        count: 120,
      },
    ]);
    expect((await health()).verdict).toBe('failing');
    expect(await incidents()).toEqual(['events-failed']);
    const metrics = await admin(server, 'get', '/metrics').expect(200);
    expect(metrics.text).toMatch(/di_failures\{kind="event"\} 120/);
    org.faults.length = 0;
    await admin(server, 'post', `/v1/admin/sources/${source.id}/events/retry`).send({}).expect(200);
    while (await turn()) continue;
    expect(await failures()).toEqual([]);
    expect(await incidents()).toEqual([]);
  });

  /** Works until every item of a queue has failed for good, letting its waits pass. */
  async function untilFailed(queueId: string, turn: () => Promise<boolean>): Promise<void> {
    for (let time = 0; time < 30; time++) {
      while (await turn()) continue;
      const { rowCount } = await sql(
        `WITH q AS (UPDATE di.write_queue SET held_until = NULL WHERE id = $1)
         UPDATE di.write_item SET next_attempt_at = now() WHERE queue_id = $1 AND status = 'waiting'`,
        [queueId],
      );
      if (rowCount === 0) return;
    }
    throw new Error('The items never failed.');
  }

  it('is an action’s item, an import, a pull’s run and a deployment, each until its own end', async () => {
    const ids = await failEachKind(server, scene);
    const found = await failures();
    expect(found.map(({ kind }) => kind).sort()).toEqual([
      'action',
      'delivery',
      'deployment',
      'import',
      'pull',
    ]);
    expect((await health()).verdict).toBe('failing');
    await sql("UPDATE di.import SET status = 'done' WHERE id = $1", [ids.import]);
    await sql(
      "INSERT INTO di.pull_run (pull_id, kind, reason, state) VALUES ($1, 'changes', 'schedule', 'done')",
      [ids.pull],
    );
    await sql(
      `INSERT INTO di.deployment (account_id, connection_id, kind, object, request, status, requested_by, finished_at)
       SELECT account_id, connection_id, kind, object, request, 'succeeded', 'Ann', now() FROM di.deployment WHERE id = $1`,
      [ids.deployment],
    );
    const [action] = found.filter(({ kind }) => kind === 'action');
    if (action) await seen(action).expect(204);
    expect((await failures()).map(({ kind }) => kind)).toEqual(['delivery']);
    const [delivery] = await failures();
    if (delivery) await seen(delivery).expect(204);
    expect(await failures()).toEqual([]);
    expect((await sql('SELECT FROM di.delivery WHERE integration_id = $1', [ids.integration])).rowCount).toBe(
      0,
    );
  });

  it('ends an incident with its cause: what was discarded, switched off or paused', async () => {
    const { integration, pull } = await failEachKind(server, scene, 100);
    const { account_id: accountId } = await connectionRow(server, scene);
    await sql(
      `INSERT INTO di.incident (account_id, connection_id, kind, subject, message) VALUES
         ($1, $2, 'deliveries-dead', 'Test', 'x'), ($1, $2, 'pull-failed', 'Contact → Contact', 'x'),
         ($1, $2, 'integration-stopped', 'Test', 'x')`,
      [accountId, scene.connectionId],
    );
    await sql("UPDATE di.integration SET stopped_at = now(), stopped_code = 'x' WHERE id = $1", [
      integration,
    ]);
    expect(await incidents()).toEqual(['deliveries-dead', 'integration-stopped', 'pull-failed']);
    await admin(server, 'post', '/v1/admin/deliveries/discard').send({ integration }).expect(200);
    await admin(server, 'patch', `/v1/admin/pulls/${pull}`).send({ isEnabled: false }).expect(200);
    await admin(server, 'post', `/v1/admin/integrations/${integration}/pause`).expect(200);
    expect(await incidents()).toEqual([]);
  });

  it('is seen where nothing but events are written', async () => {
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    expect((await health()).verdict).toBe('no-transfer');
    const source = await createSource(server, scene.connectionId);
    expect((await health()).verdict).toBe('nothing-yet');
    const org = new EventOrg(scene.connectionId);
    const turn = turnOf(server, org);
    await postEvent(server, source, 'identify', identify({ email: 'f@example.com' })).expect(200);
    await turn();
    expect((await health()).verdict).toBe('in-step');
    org.faults.push(...Array.from({ length: 100 }, () => refusalOfAll('FIELD_CUSTOM_VALIDATION_EXCEPTION')));
    await postEvent(server, source, 'identify', identify({ email: 'g@example.com' })).expect(200);
    await untilFailed(source.id, turn);
    expect((await health()).verdict).toBe('failing');
  });

  it('stands still no longer than who writes: a source that is paused, an import that is cancelled', async () => {
    const source = await createSource(server, scene.connectionId);
    const org = new EventOrg(scene.connectionId);
    org.faults.push(refusalOfAll('STORAGE_LIMIT_EXCEEDED'));
    await postEvent(server, source, 'identify', identify({ email: 'e@example.com' })).expect(200);
    await turnOf(server, org)();
    expect(await incidents()).toEqual(['writes-stopped']);
    expect((await health()).verdict).toBe('stopped');
    await admin(server, 'patch', `/v1/admin/sources/${source.id}`).send({ status: 'paused' }).expect(200);
    expect(await incidents()).toEqual([]);
    expect((await health()).verdict).not.toBe('stopped');
    const { account_id: account, project_id: project } = await connectionRow(server, scene);
    const { rows } = await sql(
      `WITH stopped AS (
         INSERT INTO di.incident (account_id, connection_id, kind, subject, message)
         VALUES ($1, $3, 'writes-stopped', 'people.csv', 'x'))
       INSERT INTO di.import (account_id, project_id, connection_id, object, name, status)
       VALUES ($1, $2, $3, 'Contact', 'people.csv', 'running') RETURNING id`,
      [account, project, scene.connectionId],
    );
    expect(await incidents()).toEqual(['writes-stopped']);
    const { id } = rows[0] as { id: string };
    await admin(server, 'post', `/v1/admin/imports/${id}/cancel`).expect(200);
    expect(await incidents()).toEqual([]);
  });

  it('is nobody’s any more once the connection is revoked', async () => {
    await send(UNMAPPED).expect(422);
    expect(await incidents()).toEqual(['batches-refused']);
    await admin(server, 'delete', `/v1/admin/connections/${scene.connectionId}`).expect(204);
    expect(await failures()).toEqual([]);
    expect(await incidents()).toEqual([]);
  });

  it('is discarded only where there is such a failure', async () => {
    await seen({ kind: 'import', subject: scene.connectionId }).expect(404);
  });
});
