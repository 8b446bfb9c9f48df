import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEEP_REJECTIONS } from '../../../../server/src/database/migrations/022-faults.ts';
import { discard, failuresOf, healthOf, openIncidents, type Failure } from '../../support/failures.ts';
import { erase } from '../../support/persons.ts';
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

describe('what stands in the way', () => {
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

  describe('of batches', () => {
    it('is a batch that was refused as a whole: once, however often it is tried', async () => {
      const key = (digest: string) => `row-1.${digest.repeat(32)}`;
      await send(UNMAPPED, key('a')).expect(422);
      await send(UNMAPPED, key('b')).expect(422);
      expect(await failures()).toMatchObject([
        {
          kind: 'batch',
          name: 'Contact → Contact',
          code: 'unknown-field',
          count: 2,
          message: expect.stringContaining('Not mapped in DI: Extra__c') as string,
          sentence: { code: 'projects.not-mapped', parameters: { fields: 'Extra__c' } },
        },
      ]);
      expect(await health()).toMatchObject({ verdict: 'refusing', failures: [{ kind: 'batch' }] });
      expect(await incidents()).toEqual(['batches-refused']);
      await send({ upserts: [ANN] }).expect(200);
      expect(await failures()).toEqual([]);
      expect((await health()).verdict).toBe('in-step');
      expect(await incidents()).toEqual([]);
    });

    it('is one that could not even be read', async () => {
      await send({ upserts: [['x']] }).expect(400);
      expect(await failures()).toMatchObject([{ kind: 'batch', code: 'invalid-body', count: 1 }]);
    });

    it('is none whose caller, pace or size was refused', async () => {
      await postBatch(server, 'no token', { upserts: [ANN] }).expect(401);
      const many = Array.from({ length: 10_001 }, (_none, place) => [contactId(place), moment(0), 'a', 'b']);
      const refused = async () =>
        /di_batches_total\{outcome="refused"\} (\d+)/.exec(
          (await admin(server, 'get', '/metrics').expect(200)).text,
        )?.[1];
      const before = await refused();
      await send({ upserts: many }).expect(413);
      expect(await failures()).toEqual([]);
      expect(await refused()).toBe(before);
      await send(UNMAPPED).expect(422);
      expect(await refused()).not.toBe(before);
    });

    it('is nothing wrong where the transfer is paused: it waits', async () => {
      await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
      await send({ upserts: [ANN] }).expect(409);
      expect(await failures()).toMatchObject([{ kind: 'held', code: 'transfer-paused', count: 1 }]);
      await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/activate`).expect(200);
      expect((await health()).verdict).toBe('held');
      await send({ upserts: [ANN] }).expect(200);
      expect((await health()).verdict).toBe('in-step');
    });

    it('counts no longer once somebody has acknowledged it, until another is refused', async () => {
      await send(UNMAPPED).expect(422);
      const [failure] = await failures();
      if (!failure) throw new Error('Nothing failed.');
      await seen(failure).expect(204);
      expect(await failures()).toEqual([]);
      await send(UNMAPPED).expect(422);
      expect(await failures()).toMatchObject([{ kind: 'batch', count: 2 }]);
    });

    it('waits without a word once somebody has acknowledged it, until it waits for another reason', async () => {
      await admin(server, 'post', `/v1/admin/transfers/${scene.transferId}/pause`).expect(200);
      await send({ upserts: [ANN] }, 'row-1').expect(409);
      const [failure] = await failures();
      if (!failure) throw new Error('Nothing waits.');
      await seen(failure).expect(204);
      await send({ upserts: [ANN] }, 'row-1').expect(409);
      await send({ upserts: [NOBODY] }, 'row-2').expect(409);
      expect(await failures()).toEqual([]);
      await admin(server, 'post', `/v1/admin/projects/${scene.project}/archive`).expect(200);
      await send({ upserts: [ANN] }, 'row-1').expect(422);
      const { rows } = await sql(
        'SELECT hold FROM di.batch_fault WHERE connection_id = $1 AND acknowledged_at IS NULL',
        [scene.connectionId],
      );
      expect(rows).toEqual([{ hold: 'project-archived' }]);
    });

    it('is bounded, whatever a plugin goes on sending', async () => {
      await sql(
        `INSERT INTO di.batch_fault (connection_id, table_code, object, kind, key, object_name, code, message)
         SELECT $1, 'Contact', 'contact', 'refused', 'k' || n, 'Contact', 'unknown-field', 'x'
         FROM generate_series(1, 10000) n`,
        [scene.connectionId],
      );
      await send(UNMAPPED).expect(422);
      expect(await failures()).toMatchObject([{ count: 10_000 }]);
    });
  });

  describe('of records', () => {
    it('is one that was rejected: once, however often it was tried', async () => {
      await send({ upserts: [ANN, NOBODY] }).expect(200);
      await send({ upserts: [NOBODY] }).expect(200);
      expect(await health()).toMatchObject({ verdict: 'rejecting', rejected: 1, day: { rejected: 1 } });
    });

    it.each<[string, object]>([
      ['stored', { upserts: [[contactId(2), moment(5), 'bob@example.com', 'Bob']] }],
      ['archived', { archives: [[contactId(2), moment(5)]] }],
      ['deleted', { deletes: [{ id: contactId(2), at: moment(5) }] }],
    ])('is none that was %s since', async (_what, batch) => {
      await send({ upserts: [NOBODY, [contactId(3), moment(0), 'nor this', 'C']] }).expect(200);
      await send(batch).expect(200);
      expect(await health()).toMatchObject({ rejected: 1 });
      await send({ upserts: [[contactId(3), moment(5), 'cat@example.com', 'Cat']] }).expect(200);
      expect((await health()).verdict).toBe('in-step');
    });

    it('is known after an upgrade where it was known before', async () => {
      await send({ upserts: [ANN, NOBODY, [contactId(3), moment(0), 'nor this', 'C']] }).expect(200);
      await send({ upserts: [[contactId(3), moment(5), 'cat@example.com', 'Cat']] }).expect(200);
      await sql('DELETE FROM di.batch_fault WHERE connection_id = $1', [scene.connectionId]);
      await sql(KEEP_REJECTIONS);
      expect(await failures()).toMatchObject([{ kind: 'record', name: 'Contact → Contact', count: 1 }]);
      const answer = await admin(
        server,
        'get',
        `/v1/admin/connections/${scene.connectionId}/rejections`,
      ).expect(200);
      expect(answer.body).toMatchObject({ groups: [{ field: 'Email', examples: [contactId(2)] }] });
    });

    it('is none that somebody has acknowledged, until it is rejected for another reason', async () => {
      await send({ upserts: [NOBODY] }).expect(200);
      const [failure] = await failures();
      if (!failure) throw new Error('Nothing failed.');
      await seen(failure).expect(204);
      await send({ upserts: [NOBODY] }).expect(200);
      expect((await health()).verdict).toBe('in-step');
      await send({ upserts: [[contactId(2), moment(1), 'x@example.com', 'B'.repeat(30)]] }).expect(200);
      expect(await health()).toMatchObject({ verdict: 'rejecting', rejected: 1 });
    });

    it('is none that a person’s erasure took away', async () => {
      await send({ upserts: [[contactId(2), moment(0), 'bob@example.com', 'Bob']] }).expect(200);
      await send({ upserts: [[contactId(2), moment(1), 'bob@example.com', 'B'.repeat(30)]] }).expect(200);
      expect((await health()).rejected).toBe(1);
      const { answer } = await erase(server, scene, { email: 'bob@example.com' });
      expect(answer.status).toBe(200);
      const { rows } = await sql('SELECT FROM di.batch_fault WHERE connection_id = $1', [scene.connectionId]);
      expect(rows).toEqual([]);
    });
  });
});
