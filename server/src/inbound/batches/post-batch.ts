import type { Request } from 'express';
import type pg from 'pg';
import { z } from 'zod';
import { bearerToken, type AccessTokens } from '../../access/access-tokens.ts';
import { badRequest } from '../../http/problem.ts';
import { lookupName } from '../../http/inputs.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { openEndpoint, type Route } from '../../api/route.ts';
import type { Metrics } from '../../process/metrics.ts';
import { batchSchema, checkRecords, refuseManyRecords } from './batch-body.ts';
import { isRefusal, noteRefusal, type RefusedBatch } from './batch-faults.ts';
import { holdOf } from '../../api/held.ts';
import { takeBatch } from './take-batch.ts';
import type { Targets } from './targets.ts';

const count = z.int().min(0);
const answer = z.object({
  applied: count,
  unchanged: count.meta({ description: 'Rows that were just as they came' }),
  stale: count.meta({ description: 'Records that a newer version, or a later delete, had overtaken' }),
  rivals: count.optional().meta({
    description:
      'Records that are kept beside the one of the same primary key that fills the row; not in an answer of an earlier version that is given again',
  }),
  leftOut: count.optional().meta({ description: 'Records without a primary key; likewise' }),
  archived: count,
  deleted: count,
  rejected: z.array(
    z.object({
      id: z.string().nullable(),
      code: z.string(),
      field: z.string().nullable(),
      message: z.string(),
    }),
  ),
});

/** What batches are taken with. */
interface Ingest {
  readonly pool: pg.Pool;
  readonly targets: Targets;
  readonly tokens: AccessTokens;
  readonly limits: RateLimits;
  readonly metrics: Metrics;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** A batch of changed records for one table. */
export function postBatch({ pool, targets, tokens, limits, metrics, bodyLimit }: Ingest): Route {
  return openEndpoint({
    method: 'post',
    path: '/v1/tables/{table}/batches',
    access: 'plugin',
    tag: 'Plugin',
    summary: 'Applies a batch of changed records to a table, once',
    description:
      'The same Idempotency-Key with the same body is answered as the first time (Idempotent-Replayed: true) and applied once; with another body it is refused. One bad record stops none of its neighbours.',
    headers: z.object({ 'Idempotency-Key': z.string().min(1).max(255) }),
    params: z.strictObject({ table: lookupName }),
    body: batchSchema,
    bodyLimit,
    refuseSize: refuseManyRecords,
    answer: { schema: answer },
    authenticate: (request) => tokens.verify(bearerToken(request.headers.authorization)),
    accountOf: ({ projectId }) => projectId,
    handle: async ({ caller, params, body, request, response }) => {
      await limits.batch(caller.connectionId);
      const started = performance.now();
      const idempotencyKey = readKey(request);
      checkRecords(body);
      const { connectionId, organizationId } = caller;
      const wanted = { connectionId, organizationId, tableCode: params.table, object: body.object };
      const { answer: outcome, isReplay } = await takeBatch(targets, pool, wanted, {
        organizationId,
        idempotencyKey,
        rawBody: request.rawBody ?? Buffer.alloc(0),
        body,
      });
      if (isReplay) response.set('Idempotent-Replayed', 'true');
      metrics.batch(outcome, isReplay, performance.now() - started);
      return outcome;
    },
    refused: async ({ knex, caller, request, problem }) => {
      if (!isRefusal(problem)) return;
      metrics.refusedBatch(holdOf(problem) === null ? 'refused' : 'held');
      await noteRefusal(knex, { connectionId: caller.connectionId, ...calledItself(request) }, problem);
    },
  });
}

/** What a batch says of itself, whatever else is wrong with it. */
function calledItself(request: Request): Omit<RefusedBatch, 'connectionId'> {
  const body: unknown = request.body;
  const said = typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>) : {};
  const lists = [said.upserts, said.archives, said.deletes];
  return {
    tableCode: String(request.params.table),
    object: typeof said.object === 'string' ? said.object : '',
    idempotencyKey: request.get('Idempotency-Key') ?? '',
    records: lists.reduce((sum: number, list) => sum + (Array.isArray(list) ? list.length : 0), 0),
  };
}

function readKey(request: Request): string {
  const key = request.get('Idempotency-Key');
  if (key === undefined || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw badRequest('idempotency-key', 'Send an Idempotency-Key of 1 to 255 visible characters.');
  return key;
}
