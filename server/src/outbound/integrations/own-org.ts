import type pg from 'pg';
import type { Integration } from './integrations.ts';

/** Whether the ids in the table's rows are this org's: only one connection brings records into it, and this is it. */
export async function isOwnOrg(
  pool: pg.Pool,
  { tableId, connectionId, object }: Pick<Integration, 'tableId' | 'connectionId' | 'object'>,
): Promise<boolean> {
  const found = await pool.query<{ own: number; others: number }>(
    `SELECT count(*) FILTER (WHERE connection_id = $2 AND lower(object) = lower($3)) AS own,
       count(*) FILTER (WHERE connection_id <> $2) AS others
     FROM di.transfer WHERE table_id = $1`,
    [tableId, connectionId, object],
  );
  const [row] = found.rows;
  return row !== undefined && row.own > 0 && row.others === 0;
}
