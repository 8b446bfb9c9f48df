import type { Knex } from 'knex';
import { z } from 'zod';

const count = z.int().min(0);

export const historySchema = z.object({
  at: z.iso.datetime(),
  object: z.string().nullable(),
  batch: z.string(),
  operation: z.enum(['upsert', 'archive', 'delete']),
  outcome: z.enum(['taken', 'rejected']),
  code: z.string().nullable(),
  message: z.string().nullable(),
  counts: z
    .object({
      applied: count,
      unchanged: count,
      stale: count,
      rivals: count,
      leftOut: count,
      archived: count,
      deleted: count,
      rejected: count,
    })
    .meta({ description: 'Of the whole batch, by what became of its records' }),
});

interface BatchRow {
  readonly key: string;
  readonly object: string | null;
  readonly received_at: Date;
  readonly operation: 'upsert' | 'archive' | 'delete';
  readonly counts: z.input<typeof historySchema>['counts'];
  readonly rejection: { code: string; message: string } | null;
}

/** Batches that carried a record, newest first, as far back as batches are kept. */
export async function rowHistory(
  knex: Knex,
  tableId: string,
  salesforceId: string,
  limit: number,
): Promise<z.input<typeof historySchema>[]> {
  const found = await knex.raw<{ rows: BatchRow[] }>(
    `SELECT b.key, b.object, b.received_at,
       CASE WHEN :id = ANY(b.deleted_ids) THEN 'delete' WHEN :id = ANY(b.archived_ids) THEN 'archive' ELSE 'upsert' END AS operation,
       json_build_object(
         'applied', coalesce((b.answer->>'applied')::int, 0), 'unchanged', coalesce((b.answer->>'unchanged')::int, 0),
         'stale', coalesce((b.answer->>'stale')::int, 0), 'archived', coalesce((b.answer->>'archived')::int, 0),
         'rivals', coalesce((b.answer->>'rivals')::int, 0), 'leftOut', coalesce((b.answer->>'leftOut')::int, 0),
         'deleted', coalesce((b.answer->>'deleted')::int, 0),
         'rejected', coalesce(json_array_length(b.answer->'rejected'), 0)) AS counts,
       (SELECT r FROM json_array_elements(b.answer->'rejected') r WHERE r->>'id' = :id LIMIT 1) AS rejection
     FROM di.batch b
     WHERE b.table_id = :tableId
       AND (:id = ANY(b.upserted_ids) OR :id = ANY(b.archived_ids) OR :id = ANY(b.deleted_ids))
     ORDER BY b.received_at DESC
     LIMIT :limit`,
    { id: salesforceId, tableId, limit },
  );
  return found.rows.map((row) => ({
    at: row.received_at.toISOString(),
    object: row.object,
    batch: row.key,
    operation: row.operation,
    outcome: row.rejection === null ? 'taken' : 'rejected',
    code: row.rejection?.code ?? null,
    message: row.rejection?.message ?? null,
    counts: row.counts,
  }));
}
