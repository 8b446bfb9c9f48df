import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { as, createKey } from '../../support/accounts.ts';
import { failEachKind } from '../../support/failed-work.ts';
import { discard, failuresOf, type Failure } from '../../support/failures.ts';
import {
  ADMIN,
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

interface Item {
  readonly item: string;
  readonly code: string;
  readonly field: string;
  readonly message: string;
}

describe('a failure', () => {
  let server: TestServer;
  let scene: Scene;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    scene = await createScene(server);
  });

  const sql = (text: string, values: unknown[]) => server.database.pool.query(text, values);
  const replay = ({ kind, subject }: Pick<Failure, 'kind' | 'subject'>) =>
    admin(server, 'post', '/v1/admin/failures/replay').send({ kind, subject });
  const failureOf = async (kind: string): Promise<Failure> => {
    const found = (await failuresOf(server, scene)).find((each) => each.kind === kind);
    if (!found) throw new Error(`No failure of the kind ${kind} stands.`);
    return found;
  };
  const itemsOf = async ({ kind, subject }: Failure): Promise<Item[]> => {
    const file = await admin(server, 'get', '/v1/admin/failures/items.csv')
      .query({ kind, subject })
      .expect(200);
    return parse(file.text, { columns: true });
  };

  describe('is done again', () => {
    it('where deliveries were given up, and no others with them', async () => {
      const { integration } = await failEachKind(server, scene, 3);
      await sql(
        `UPDATE di.delivery SET state = 'unreached'
         WHERE id = (SELECT min(id) FROM di.delivery WHERE integration_id = $1)`,
        [integration],
      );
      const answer = await replay(await failureOf('delivery')).expect(200);
      expect(answer.body).toEqual({ count: 2 });
      const { rows } = await sql(
        'SELECT state, count(*)::int AS count FROM di.delivery WHERE integration_id = $1 GROUP BY 1 ORDER BY 1',
        [integration],
      );
      expect(rows).toEqual([
        { state: 'pending', count: 2 },
        { state: 'unreached', count: 1 },
      ]);
      await replay(await failureOf('opt-out')).expect(200);
      const kinds = (await failuresOf(server, scene)).map(({ kind }) => kind);
      expect(kinds).not.toContain('delivery');
      expect(kinds).not.toContain('opt-out');
    });

    it('where items of an action failed', async () => {
      await failEachKind(server, scene);
      const failure = await failureOf('action');
      await replay(failure).expect(200);
      const { rows } = await sql('SELECT status FROM di.write_item WHERE queue_id = $1', [failure.subject]);
      expect(rows).toEqual([{ status: 'waiting' }]);
      await replay(failure).expect(404);
    });

    it('where a pull failed, as it ran last; one that asks something is answered first', async () => {
      const { pull } = await failEachKind(server, scene);
      const failure = await failureOf('pull');
      await sql("UPDATE di.pull_run SET kind = 'full' WHERE pull_id = $1", [pull]);
      await replay(failure).expect(200);
      const waiting = await sql(
        "SELECT kind, reason FROM di.pull_run WHERE pull_id = $1 AND state = 'queued'",
        [pull],
      );
      expect(waiting.rows).toEqual([{ kind: 'full', reason: 'request' }]);
      await sql(
        "UPDATE di.pull_run SET state = 'held', queued_at = now(), finished_at = now() WHERE pull_id = $1",
        [pull],
      );
      const answer = await replay(failure).expect(422);
      expect(answer.body).toMatchObject({ code: 'pull-asks' });
    });

    it('only by somebody who may do it at first', async () => {
      const { pull } = await failEachKind(server, scene);
      expect((await failureOf('pull')).remedyScope).toBe('transfers:write');
      const key = await createKey(server, ADMIN, ['connections:read', 'connections:write']);
      const answer = await as(server, key, 'post', '/v1/admin/failures/replay')
        .send({ kind: 'pull', subject: pull })
        .expect(403);
      expect(answer.body).toMatchObject({ code: 'insufficient-scope' });
    });

    it('by other means where it says so: batches by the plugin, records by a pull, deployments from their screen', async () => {
      await failEachKind(server, scene);
      const token = await authorizedToken(server, scene);
      await postBatch(server, token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: [[contactId(2), moment(0), 'no address', 'Nobody']],
      }).expect(200);
      const told = await Promise.all(
        ['record', 'deployment'].map(async (kind) => {
          const failure = await failureOf(kind);
          const answer = await replay(failure).expect(422);
          return [kind, failure.canReplay, (answer.body as { code: string }).code];
        }),
      );
      expect(told).toEqual([
        ['record', false, 'not-replayed'],
        ['deployment', false, 'not-replayed'],
      ]);
      expect((await failureOf('delivery')).canReplay).toBe(true);
    });
  });

  it('is given up, whatever its kind, and counts no longer', async () => {
    await failEachKind(server, scene);
    for (const failure of await failuresOf(server, scene)) await discard(server, failure).expect(204);
    expect(await failuresOf(server, scene)).toEqual([]);
  });

  describe('is a file', () => {
    it('of each row whose delivery was given up, however many', async () => {
      await failEachKind(server, scene, 2500);
      const items = await itemsOf(await failureOf('delivery'));
      expect(items).toHaveLength(2500);
      expect(new Set(items.map(({ item }) => item)).size).toBe(2500);
      expect(items[0]).toMatchObject({ item: '{"email": "1@example.com"}', code: 'X' });
    });

    it('of each record that was rejected, with the field and the reason', async () => {
      const token = await authorizedToken(server, scene);
      await postBatch(server, token, {
        fields: ['Id', 'SystemModstamp', 'Email', 'LastName'],
        upserts: [
          [contactId(2), moment(0), 'no address', 'Nobody'],
          [contactId(3), moment(0), 'c@example.com', 'x'.repeat(500)],
        ],
      }).expect(200);
      expect(await itemsOf(await failureOf('record'))).toMatchObject([
        { item: contactId(2), code: 'invalid-email', field: 'Email' },
        { item: contactId(3), code: 'too-long', field: 'LastName' },
      ]);
    });

    it('of what counts, and of nothing that was given up before', async () => {
      const { integration } = await failEachKind(server, scene, 3);
      await sql(`UPDATE di.delivery SET state = 'unreached' WHERE integration_id = $1`, [integration]);
      const before = [await failureOf('opt-out'), await failureOf('action')];
      for (const failure of before) await discard(server, failure).expect(204);
      await sql(
        `UPDATE di.delivery SET changed_at = now() WHERE id = (SELECT max(id) FROM di.delivery WHERE integration_id = $1)`,
        [integration],
      );
      await sql(
        `INSERT INTO di.write_item (queue_id, key, person, occasion, body, status, finished_at, outcomes)
         SELECT queue_id, 'b', person, occasion, body, status, now(), outcomes FROM di.write_item WHERE queue_id = $1`,
        [before[1]?.subject],
      );
      for (const failure of [await failureOf('opt-out'), await failureOf('action')]) {
        expect([failure.kind, failure.count]).toEqual([failure.kind, 1]);
        expect(await itemsOf(failure)).toHaveLength(1);
      }
    });

    it('of one line where it is one thing', async () => {
      await failEachKind(server, scene);
      const failure = await failureOf('import');
      expect(await itemsOf(failure)).toMatchObject([
        { item: failure.subject, code: 'failed', message: 'No.' },
      ]);
    });
  });
});
