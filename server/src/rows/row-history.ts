import type { Knex } from 'knex';
import { z } from 'zod';

export const historySchema = z.object({
  at: z.iso.datetime(),
  object: z.string().nullable(),
  batch: z.string(),
  operation: z.enum(['upsert', 'archive', 'delete']),
  outcome: z.enum(['taken', 'rejected']),
  code: z.string().nullable(),
  message: z.string().nullable(),
});

interface BatchRow {
  readonly key: string;
  readonly object: string | null;
  readonly received_at: Date;
  readonly operation: 'upsert' | 'archive' | 'delete';
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
  }));
}
