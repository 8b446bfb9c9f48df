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

/** Whether what rows say that became records of another object, a lead's, say, is sent to those by another integration. */
export async function isSentElsewhere(
  pool: pg.Pool,
  { id, tableId, connectionId, object }: Integration,
): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM di.integration g
     WHERE g.table_id = $2 AND g.connection_id = $3 AND g.id <> $1 AND lower(g.object) <> lower($4)
       AND g.status IN ('active', 'paused') AND 'updated' = ANY (g.operations) LIMIT 1`,
    [id, tableId, connectionId, object],
  );
  return rows.length > 0;
}
