import type { Knex } from 'knex';
import { MOST_COUNTED } from '../../records/duplicates.ts';

/** Records that a connection has and no row shows as they are, though nothing failed. */
export interface RecordCounts {
  readonly rivals: number;
  readonly leftOut: number;
  readonly outdated: number;
}

export const NO_RECORDS: RecordCounts = { rivals: 0, leftOut: 0, outdated: 0 };

interface CountRow {
  readonly id: string;
  readonly rivals: number;
  readonly left_out: number;
  readonly outdated: number;
}

/** By connection. Rivals are those of its project. */
export async function recordCounts(knex: Knex, accountId: string): Promise<Map<string, RecordCounts>> {
  const { rows } = await knex.raw<{ rows: CountRow[] }>(
    `SELECT c.id,
       (SELECT count(*)::int FROM (
          SELECT FROM di.project_table t JOIN di.rival v ON v.table_id = t.id AND v.away_at IS NULL
          WHERE t.project_id = c.project_id LIMIT ${MOST_COUNTED}) AS counted) AS rivals,
       (SELECT count(*)::int FROM di.transfer x JOIN di.left_out l ON l.transfer_id = x.id
          WHERE x.connection_id = c.id) AS left_out,
       (SELECT count(*)::int FROM di.batch_fault f WHERE f.connection_id = c.id AND f.is_outdated) AS outdated
     FROM di.connection c WHERE c.account_id = ?`,
    [accountId],
  );
  return new Map(
    rows.map(({ id, rivals, left_out: leftOut, outdated }) => [id, { rivals, leftOut, outdated }]),
  );
}
