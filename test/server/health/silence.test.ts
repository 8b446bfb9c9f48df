import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentPlugins } from '../../../server/src/health/silence.ts';
import { watchIncidents } from '../../../server/src/health/watch-incidents.ts';
import {
  admin,
  authorizedToken,
  createScene,
  postBatch,
  startTestServer,
  type Scene,
  type TestServer,
} from '../support/test-server.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a plugin', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
    await authorizedToken(server, scene);
  });

  /** Batches as they would have come at these moments. */
  async function spoke(moments: readonly number[], key = ''): Promise<void> {
    await server.database.pool.query(
      `INSERT INTO di.batch (connection_id, key, body_hash, answer, table_id, object, received_at)
       SELECT $1, $3 || at::text, '', '{"applied":1,"rejected":[]}', t.table_id, 'Contact', at
       FROM di.transfer t, unnest($2::timestamptz[]) at WHERE t.connection_id = $1`,
      [scene.connectionId, moments.map((at) => new Date(at).toISOString()), key],
    );
  }

  /** Ten hours of five days of each week, for four weeks, the last of them some hours ago. */
  const workingHours = (endedHoursAgo: number): number[] =>
    everyHour(endedHoursAgo, 28).filter((_at, hour) => hour % 24 < 10 && Math.floor(hour / 24) % 7 < 5);
  const everyHour = (endedHoursAgo: number, days = 25): number[] =>
    Array.from({ length: days * 24 }, (_none, hour) => Date.now() - endedHoursAgo * HOUR - hour * HOUR);

  const isSilent = async (): Promise<boolean> =>
    (await silentPlugins(server.database.knex, null)).some(
      ({ connectionId }) => connectionId === scene.connectionId,
    );

  it.each<[string, () => number[], boolean]>([
    ['speaks every hour and was heard of an hour ago', () => everyHour(1), false],
    ['speaks every hour and has been silent for two', () => everyHour(2), false],
    ['speaks every hour and has been silent for five', () => everyHour(5), true],
    ['speaks on working days and has been silent for four days', () => workingHours(4 * 24), false],
    ['speaks on working days and has been silent for nine days', () => workingHours(9 * 24), true],
    ['spoke on three days and no more', () => [20, 19, 18].map((days) => Date.now() - days * DAY), false],
    ['never spoke', () => [], false],
  ])('that %s', async (_what, moments, expected) => {
    await spoke(moments());
    expect(await isSilent()).toBe(expected);
  });

  it('is told of while it is silent, on screen and by an incident, and no longer when it speaks', async () => {
    await spoke(everyHour(5));
    const health = async () => {
      const answer = await admin(server, 'get', '/v1/admin/health').expect(200);
      return (
        answer.body as { connections: { id: string; verdict: string; silence: unknown }[] }
      ).connections.find(({ id }) => id === scene.connectionId);
    };
    const incidents = async () => {
      await watchIncidents(server.database.knex);
      const { rows } = await server.database.pool.query<{ kind: string }>(
        'SELECT kind FROM di.incident WHERE connection_id = $1 AND closed_at IS NULL',
        [scene.connectionId],
      );
      return rows;
    };
    expect(await health()).toMatchObject({ verdict: 'silent', silence: { usualHours: 1 } });
    expect(await incidents()).toEqual([{ kind: 'plugin-silent' }]);
    await spoke([Date.now()]);
    expect(await health()).toMatchObject({ verdict: 'in-step', silence: null });
    expect(await incidents()).toEqual([]);
  });

  it('is told of until it speaks, however long ago its last word is', async () => {
    await spoke(everyHour(5));
    await watchIncidents(server.database.knex);
    await server.database.pool.query('DELETE FROM di.batch WHERE connection_id = $1', [scene.connectionId]);
    await watchIncidents(server.database.knex);
    const { rows } = await server.database.pool.query(
      'SELECT FROM di.incident WHERE connection_id = $1 AND closed_at IS NULL',
      [scene.connectionId],
    );
    expect(rows).toHaveLength(1);
  });

  it('is not silent while its batches are refused', async () => {
    await spoke(everyHour(5));
    await postBatch(server, await authorizedToken(server, scene), {
      fields: ['Id', 'SystemModstamp', 'Nothing__c'],
    }).expect(422);
    expect(await isSilent()).toBe(false);
  });

  it('is not heard of by what a pull fetches, nor missed where no transfer is active', async () => {
    await spoke(everyHour(5));
    await spoke([Date.now()], 'pull:');
    expect(await isSilent()).toBe(true);
    await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
    expect(await isSilent()).toBe(false);
  });
});
