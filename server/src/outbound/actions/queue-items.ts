import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { conflict } from '../../http/problem.ts';
import type { StoredOutcome } from '../engine/write-queue.ts';

/** What an item may be asked for by. */
export const ITEM_STATUSES = ['waiting', 'delivered', 'failed'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

export const outcomeAnswer = z.object({
  status: z.int().meta({ description: 'As HTTP would say it: 300 where several records match' }),
  code: z.string(),
  message: z.string(),
  sentence: sentenceAnswer,
  object: z.string(),
  ids: z.array(z.string()),
  leftOut: z.record(z.string(), z.string()).optional().meta({ description: 'Fields left out, with why' }),
});

export const itemAnswer = z.object({
  id: z.int(),
  key: z.string(),
  occasion: z.string(),
  status: z.enum(ITEM_STATUSES),
  attempts: z.int(),
  receivedAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  outcomes: z.array(outcomeAnswer),
  body: z.unknown(),
});

export const countsAnswer = z.array(
  z.object({ outcome: z.string(), reason: z.string(), count: z.int().min(0) }),
);

export const heldAnswer = z
  .object({ until: z.iso.datetime(), reason: z.string() })
  .nullable()
  .meta({ description: 'Why nothing is written at the moment' });

/** Why nothing of a queue is written at the moment; null where something is. */
export function heldOf({
  heldReason,
  heldUntil,
}: {
  readonly heldReason: string | null;
  readonly heldUntil: Date | null;
}): { readonly until: Date; readonly reason: string } | null {
  return heldReason !== null && heldUntil !== null ? { until: heldUntil, reason: heldReason } : null;
}

/** How items are asked for: newest first, or those before the last one seen. */
export const itemsQuery = z.strictObject({
  status: z.enum(ITEM_STATUSES).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Which failed items are to be tried again: some, those of a code, or all. */
export const retryBody = z.strictObject({
  ids: z.array(z.int().min(1)).min(1).max(2000).optional(),
  code: z.string().max(100).optional(),
});

export interface NewItem {
  readonly key: string;
  readonly person: string;
  readonly body: unknown;
}

/**
 * Queues items, each once. Answers their ids in order, and how many were there before. Throws a 409 problem where a key
 * came before with another item.
 */
export async function addItems(
  knex: Knex,
  queueId: string,
  occasion: string,
  items: readonly NewItem[],
): Promise<{ ids: number[]; duplicates: number }> {
  const given = [
    queueId,
    items.map(({ key }) => key),
    items.map(({ person }) => person),
    occasion,
    items.map(({ body }) => JSON.stringify(body)),
  ] as const;
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `INSERT INTO di.write_item (queue_id, key, person, occasion, body)
     SELECT ?::uuid, g.key, g.person, ?, g.body::jsonb
     FROM unnest(?::text[], ?::text[], ?::text[]) WITH ORDINALITY AS g (key, person, body, place) ORDER BY g.place
     ON CONFLICT (queue_id, key) DO NOTHING`,
    [queueId, occasion, [...given[1]], [...given[2]], [...given[4]]],
  );
  const { rows } = await knex.raw<{ rows: { id: number; same: boolean }[] }>(
    `SELECT i.id, i.body = g.body::jsonb AS same
     FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS g (key, body, place)
     JOIN di.write_item i ON i.queue_id = ?::uuid AND i.key = g.key ORDER BY g.place`,
    [[...given[1]], [...given[4]], queueId],
  );
  if (rows.some(({ same }) => !same))
    throw conflict('idempotency-conflict', 'This Idempotency-Key came before, with other items.');
  return { ids: rows.map(({ id }) => id), duplicates: items.length - rowCount };
}

/** Items of a queue, newest first. */
export async function listItems(
  knex: Knex,
  queueId: string,
  page: { status?: ItemStatus | undefined; before?: number | undefined; limit: number },
): Promise<Record<string, unknown>[]> {
  const rows = await knex('di.write_item')
    .where({ queue_id: queueId, ...(page.status === undefined ? {} : { status: page.status }) })
    .modify((query) => {
      if (page.before !== undefined) void query.where('id', '<', page.before);
    })
    .orderBy('id', 'desc')
    .limit(page.limit)
    .select<ItemRow[]>();
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    occasion: row.occasion,
    status: row.status,
    attempts: row.attempts,
    receivedAt: row.received_at,
    nextAttemptAt: row.status === 'waiting' ? row.next_attempt_at : null,
    finishedAt: row.finished_at,
    outcomes: (row.outcomes ?? []).map(({ kind: _kind, ...outcome }) => ({
      ...outcome,
      ...worded(outcome.message),
    })),
    body: row.body,
  }));
}

/** Has failed items tried again, but not what of them was done; answers how many. */
export async function retryItems(
  knex: Knex,
  queueId: string,
  which: { ids?: readonly number[] | undefined; code?: string | undefined },
): Promise<number> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `UPDATE di.write_item SET status = 'waiting', attempts = 0, next_attempt_at = now(), finished_at = NULL,
       outcomes = (SELECT jsonb_agg(CASE WHEN o ->> 'kind' = 'done' THEN o ELSE o || '{"kind":"retry"}' END ORDER BY n)
         FROM jsonb_array_elements(outcomes) WITH ORDINALITY AS t (o, n))
     WHERE queue_id = ?::uuid AND status = 'failed' AND (?::bigint[] IS NULL OR id = ANY(?::bigint[]))
       AND (?::text IS NULL OR outcomes @> jsonb_build_array(jsonb_build_object('kind', 'refused', 'code', ?::text)))`,
    [
      queueId,
      which.ids ? [...which.ids] : null,
      which.ids ? [...which.ids] : null,
      which.code ?? null,
      which.code ?? null,
    ],
  );
  return rowCount;
}

/** What became of a queue's items in the last 30 days, and what waits. */
export async function countsOf(
  knex: Knex,
  queueId: string,
): Promise<{ outcome: string; reason: string; count: number }[]> {
  const { rows } = await knex.raw<{ rows: { outcome: string; reason: string; count: number }[] }>(
    `SELECT outcome, reason, sum(count)::bigint AS count FROM di.write_count
     WHERE queue_id = :queue::uuid AND day > (now() AT TIME ZONE 'UTC')::date - 30 GROUP BY 1, 2
     UNION ALL
     SELECT 'waiting', '', count(*) FROM di.write_item WHERE queue_id = :queue::uuid AND status = 'waiting' HAVING count(*) > 0
     ORDER BY 1, 2`,
    { queue: queueId },
  );
  return rows;
}

interface ItemRow {
  readonly id: number;
  readonly key: string;
  readonly occasion: string;
  readonly status: ItemStatus;
  readonly attempts: number;
  readonly received_at: Date;
  readonly next_attempt_at: Date;
  readonly finished_at: Date | null;
  readonly outcomes: StoredOutcome[] | null;
  readonly body: unknown;
}
