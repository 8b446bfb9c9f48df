import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '../../../../server/src/connections/incidents.ts';
import {
  countsByKind,
  FAILURE_KINDS,
  type FailureKind,
} from '../../../../server/src/operations/health/failures.ts';
import {
  verdictOf,
  type ConnectionState,
  type Verdict,
} from '../../../../server/src/operations/health/verdict.ts';
import {
  admin,
  authorizedToken,
  contactId,
  createScene,
  moment,
  postBatch,
  startTestServer,
  type TestServer,
} from '../../support/test-server.ts';

interface Health {
  readonly id: string;
  readonly verdict: string;
  readonly lastBatchAt: string | null;
  readonly transfers: object;
  readonly day: object;
  readonly hours: readonly { at: string; applied: number; rejected: number }[];
}

describe('the health of a connection', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  async function healthOf(connectionId: string): Promise<Health> {
    const answer = await admin(server, 'get', '/v1/admin/health').expect(200);
    const found = (answer.body as { connections: Health[] }).connections.find(
      ({ id }) => id === connectionId,
    );
    if (!found) throw new Error('The connection is not in the answer.');
    return found;
  }

  it('says first what keeps anything from coming, then what was wrong with what came', async () => {
    const scene = await createScene(server);
    expect((await healthOf(scene.connectionId)).verdict).toBe('not-authorized');
    const token = await authorizedToken(server, scene);
    expect(await healthOf(scene.connectionId)).toMatchObject({ verdict: 'nothing-yet', lastBatchAt: null });
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), 'a@example.com', 'A']] }).expect(
      200,
    );
    expect((await healthOf(scene.connectionId)).verdict).toBe('in-step');
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    expect((await healthOf(scene.connectionId)).verdict).toBe('no-transfer');
    await admin(server, 'delete', `/v1/admin/connections/${scene.connectionId}`).expect(204);
    expect((await healthOf(scene.connectionId)).verdict).toBe('revoked');
  });

  it('counts what came in the last day, hour by hour, and what could not be stored', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, {
      upserts: [
        [contactId(1), moment(0), 'a@example.com', 'A'],
        [contactId(2), moment(0), 'b@example.com', 'B'],
        [contactId(3), moment(0), 'no address', 'C'],
      ],
    }).expect(200);
    const health = await healthOf(scene.connectionId);
    expect(health).toMatchObject({
      verdict: 'rejecting',
      day: { batches: 1, applied: 2, rejected: 1 },
      transfers: { active: 1, paused: 0, draft: 0 },
    });
    expect(health.hours).toHaveLength(24);
    expect(health.hours.filter(({ applied }) => applied > 0)).toMatchObject([{ applied: 2, rejected: 1 }]);
    expect(new Set(health.hours.map(({ at }) => at)).size).toBe(24);
  });

  it('says that something has stopped until it was mended', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), 'a@example.com', 'A']] }).expect(
      200,
    );
    const message = 'The password of the user has expired.';
    const incident = { connectionId: scene.connectionId, kind: 'authorization-lost', message } as const;
    const { rows } = await server.database.pool.query<{ account_id: string }>(
      'SELECT account_id FROM di.connection WHERE id = $1',
      [scene.connectionId],
    );
    const { knex } = server.database;
    await openIncident(knex, { ...incident, accountId: rows[0]?.account_id ?? '' });
    expect(await healthOf(scene.connectionId)).toMatchObject({
      verdict: 'stopped',
      incidents: [{ message }],
    });
    await knex('di.incident')
      .where({ connection_id: scene.connectionId })
      .update({ closed_at: knex.fn.now() });
    expect(await healthOf(scene.connectionId)).toMatchObject({ verdict: 'in-step', incidents: [] });
  });

  it('leaves what came before the last day out', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    await postBatch(server, token, { upserts: [[contactId(1), moment(0), 'a@example.com', 'A']] }).expect(
      200,
    );
    await server.database.pool.query(
      "UPDATE di.batch SET received_at = received_at - interval '2 days' WHERE connection_id = $1",
      [scene.connectionId],
    );
    const health = await healthOf(scene.connectionId);
    expect(health.day).toEqual({ batches: 0, applied: 0, rejected: 0 });
    expect(health).toMatchObject({ verdict: 'in-step' });
    expect(health.lastBatchAt).not.toBeNull();
  });

  it('groups what was rejected by its reason, with the records that show it', async () => {
    const scene = await createScene(server);
    const token = await authorizedToken(server, scene);
    const wrong = [1, 2, 3, 4].map((number) => [contactId(number), moment(0), `no address ${number}`, 'A']);
    const long = [contactId(5), moment(0), 'e@example.com', 'L'.repeat(21)];
    await postBatch(server, token, { upserts: [...wrong, long] }).expect(200);
    const answer = await admin(
      server,
      'get',
      `/v1/admin/connections/${scene.connectionId}/rejections`,
    ).expect(200);
    const { groups } = answer.body as { groups: { field: string; examples: string[] }[] };
    expect(groups).toMatchObject([
      { table: 'Contact', object: 'Contact', field: 'Email', records: 4 },
      { field: 'LastName', records: 1, examples: [contactId(5)] },
    ]);
    expect(groups[0]?.examples).toHaveLength(3);
  });
});

describe('a verdict', () => {
  const good = {
    isRevoked: false,
    isProjectArchived: false,
    isAuthorized: true,
    isStopped: false,
    activeWays: 1,
    failed: countsByKind([]),
    isSilent: false,
    onItsWay: 'nothing' as const,
    isUsed: true,
  };
  const failed = (kind: FailureKind) => ({ failed: countsByKind([{ kind, count: 1 }]) });

  it.each<[Partial<ConnectionState>, Verdict]>([
    [{}, 'in-step'],
    [{ isUsed: false }, 'nothing-yet'],
    [{ isSilent: true }, 'silent'],
    [{ onItsWay: 'something' }, 'sending'],
    [{ onItsWay: 'something', isUsed: false }, 'sending'],
    [{ onItsWay: 'late' }, 'behind'],
    [{ onItsWay: 'late', isSilent: true }, 'silent'],
    [{ onItsWay: 'late', ...failed('delivery') }, 'failing'],
    [{ ...failed('held'), isSilent: true }, 'held'],
    [failed('record'), 'rejecting'],
    [failed('comparison'), 'differing'],
    [{ ...failed('comparison'), isSilent: true }, 'differing'],
    ...(['delivery', 'event', 'action', 'import', 'pull', 'deployment'] as const).map(
      (kind): [Partial<ConnectionState>, Verdict] => [failed(kind), 'failing'],
    ),
    [failed('batch'), 'refusing'],
    [{ failed: countsByKind(FAILURE_KINDS.map((kind) => ({ kind, count: 1 }))) }, 'refusing'],
    [{ ...failed('delivery'), activeWays: 0 }, 'no-transfer'],
    [{ activeWays: 0, isStopped: true }, 'stopped'],
    [{ isStopped: true, isAuthorized: false }, 'not-authorized'],
    [{ isAuthorized: false, isProjectArchived: true }, 'archived'],
    [{ isProjectArchived: true, isRevoked: true }, 'revoked'],
  ])('of %j is %s', (change, verdict) => {
    expect(verdictOf({ ...good, ...change })).toBe(verdict);
  });
});
