import type { Knex } from 'knex';
import type { Rejection } from '../../projects/mapping.ts';
import type { PullRun } from './pull-runs.ts';

/** Rejections that are shown of one run. */
const SHOWN = 1000;

/** Records that a run could not take, and why: its batches say so, as long as they are remembered. */
export async function rejectionsOf(
  knex: Knex,
  connectionId: string,
  run: Pick<PullRun, 'id' | 'started_at'>,
): Promise<Rejection[]> {
  if (run.started_at === null) return [];
  const found = await knex.raw<{ rows: { rejection: Rejection }[] }>(
    `SELECT r.rejection FROM di.batch b, LATERAL json_array_elements(b.answer->'rejected') AS r (rejection)
     WHERE b.connection_id = ? AND b.received_at >= ? AND starts_with(b.key, ?) LIMIT ${SHOWN}`,
    [connectionId, run.started_at, `pull:${run.id}:`],
  );
  return found.rows.map((row) => row.rejection);
}
