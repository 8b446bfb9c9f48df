import type { Knex } from 'knex';
import { z } from 'zod';

export const outdatedSchema = z.object({
  since: z.iso.datetime(),
  code: z.string(),
  field: z.string().nullable(),
  message: z.string(),
});

/** Why the row of a record shows an older version of it; null where it does not. */
export async function outdatedSince(
  knex: Knex,
  tableId: string,
  recordId: string,
): Promise<z.input<typeof outdatedSchema> | null> {
  const { rows } = await knex.raw<{
    rows: { first_at: Date; code: string; field: string | null; message: string }[];
  }>(
    `SELECT f.first_at, f.code, f.field, f.message FROM di.batch_fault f
     JOIN di.transfer x ON x.connection_id = f.connection_id AND lower(x.object) = f.object
     JOIN di.project_table t ON t.id = x.table_id AND t.built->>'code' = f.table_code
     WHERE t.id = ? AND f.kind = 'rejected' AND f.key = ? AND f.is_outdated`,
    [tableId, recordId],
  );
  const [first] = rows;
  if (!first) return null;
  const { first_at: since, code, field, message } = first;
  return { since: since.toISOString(), code, field, message };
}
