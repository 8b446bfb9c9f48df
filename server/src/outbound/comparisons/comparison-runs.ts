import type { Knex } from 'knex';
import { COMPARISON_CLAIM } from '../../database/locks.ts';
import { conflict } from '../../http/problem.ts';
import { claim, type Lease } from '../../jobs/lease.ts';
import { cancelRuns, endRun as end, queueRun as queue, type RunEnd, type Runs } from '../../jobs/runs.ts';

export const WORKS = ['compare', 'heal'] as const;
/** What a run does: it compares both sides, or takes and sends again what was asked for. */
export type Work = (typeof WORKS)[number];

export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Why both sides may differ and nothing is wrong. */
export const REASONS = [
  'waiting',
  'failed',
  'on-its-way',
  'conflict',
  'rejected',
  'rival',
  'left-out',
  'archived',
  'deleted',
  'record-deleted',
  'changing',
] as const;
export type Reason = (typeof REASONS)[number];

export interface ComparisonRun {
  readonly id: string;
  readonly kind: Work;
  readonly reason: 'schedule' | 'request';
  readonly state: RunState;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Records that the org counted before; null before it did. */
  readonly expected: number | null;
  readonly records: number;
  readonly rows: number;
  readonly explained: Readonly<Partial<Record<Reason, number>>>;
  readonly differences: number;
  readonly code: string | null;
  readonly message: string | null;
}

interface RunRow extends ComparisonRun {
  readonly comparison_id: string;
  readonly attempts: number;
  readonly stage: string | null;
  readonly place: string | null;
}

/** A run that this copy of the server has taken on. */
export interface ClaimedRun {
  readonly row: RunRow;
  readonly lease: Lease;
}

/** Runs that wait, and those that a worker has begun and left. A table has one at a time with an org, whatever the object. */
export const COMPARISON_RUNS: Runs = {
  table: 'di.comparison_run',
  key: 'id',
  seconds: 300,
  joins: 'JOIN di.comparison m ON m.id = w.comparison_id',
  isDue: `w.state = 'running' OR (w.state = 'queued' AND w.due_at <= now() AND NOT EXISTS (
    SELECT FROM di.comparison_run o JOIN di.comparison n ON n.id = o.comparison_id
    WHERE o.state = 'running' AND n.connection_id = m.connection_id AND n.table_id = m.table_id))`,
  order: 'w.due_at',
  onClaim: `state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, now()), code = NULL, message = NULL`,
  lock: COMPARISON_CLAIM,
  owner: 'comparison_id',
  owners: 'di.comparison',
  isScheduled: 'cron IS NOT NULL',
  kind: 'compare',
};

const COLUMNS = [
  'id',
  'kind',
  'reason',
  'state',
  'queued_at',
  'started_at',
  'finished_at',
  'expected',
  'records',
  'rows',
  'explained',
  'differences',
  'code',
  'message',
];

/** Queues a run now; throws a 409 problem while another one of the comparison is queued or runs. */
export async function queueRun(knex: Knex, comparisonId: string, kind: Work): Promise<string> {
  const id = await queue(knex, COMPARISON_RUNS, comparisonId, { kind });
  if (id === null)
    throw conflict(
      'comparison-running',
      'The comparison is running already. Wait for its end, or cancel it.',
    );
  return id;
}

export async function claimRun(knex: Knex): Promise<ClaimedRun | null> {
  const lease = await claim<RunRow>(knex, COMPARISON_RUNS);
  return lease && { row: lease.row, lease };
}

/** The latest run of each kind of some comparisons, and the latest comparing that came to its end. */
export async function latestRuns(
  knex: Knex,
  comparisonIds: readonly string[],
): Promise<
  ReadonlyMap<string, { readonly latest: ComparisonRun | null; readonly result: ComparisonRun | null }>
> {
  const latest = await runsBy(knex, comparisonIds, 'true');
  const results = await runsBy(knex, comparisonIds, "r.kind = 'compare' AND r.state = 'done'");
  return new Map(
    comparisonIds.map((id) => [id, { latest: latest.get(id) ?? null, result: results.get(id) ?? null }]),
  );
}

async function runsBy(
  knex: Knex,
  comparisonIds: readonly string[],
  condition: string,
): Promise<Map<string, RunRow>> {
  const rows = await knex('di.comparison_run as r')
    .distinctOn('r.comparison_id')
    .whereIn('r.comparison_id', [...comparisonIds])
    .whereRaw(condition)
    .orderBy(['r.comparison_id', { column: 'r.queued_at', order: 'desc' }])
    .select<RunRow[]>([...COLUMNS, 'comparison_id'].map((name) => `r.${name}`));
  return new Map(rows.map((row) => [row.comparison_id, row]));
}

/** Cancels what is queued or runs; the last result stays. Throws a 409 problem where nothing does. */
export async function cancelRun(knex: Knex, comparisonId: string): Promise<void> {
  const states: readonly RunState[] = ['queued', 'running'];
  if ((await cancelRuns(knex, COMPARISON_RUNS, { comparison_id: comparisonId }, states)) === 0)
    throw conflict('run-ended', 'No run of the comparison waits or goes on.');
}

/** Ends a run, unless it is no longer this worker's. What an earlier comparing found is forgotten with a new result. */
export async function endRun(
  knex: Knex,
  { row, lease }: ClaimedRun,
  how: RunEnd<'done' | 'failed'>,
): Promise<void> {
  const isOurs = await end(knex, lease, how);
  if (!isOurs || row.kind !== 'compare') return;
  const forgotten = knex('di.comparison_run')
    .where({ comparison_id: row.comparison_id, kind: 'compare' })
    .modify(
      (query) => void (how.state === 'done' ? query.whereNot({ id: row.id }) : query.where({ id: row.id })),
    )
    .select('id');
  await knex('di.difference').whereIn('run_id', forgotten).delete();
}
