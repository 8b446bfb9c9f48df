import type { Knex } from 'knex';
import { conflict, notFound, unprocessable } from '../../http/problem.ts';
import { claim, type Lease } from '../../jobs/lease.ts';
import { cancelRuns, queueRun as queue, type Runs } from '../../jobs/runs.ts';

export const RUN_KINDS = ['changes', 'full'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const RUN_STATES = ['queued', 'running', 'done', 'failed', 'held', 'cancelled'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What a run did so far. */
export interface RunCounts {
  /** Records that the org answered. */
  readonly read: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly stale: number;
  readonly archived: number;
  /** Records whose row another one of the same primary key fills. */
  readonly rivals: number;
  /** Records without a primary key. */
  readonly left_out: number;
  readonly rejected: number;
}

export interface PullRun extends RunCounts {
  readonly id: string;
  readonly kind: RunKind;
  readonly reason: 'schedule' | 'request';
  readonly state: RunState;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Records that the org counted before; null before it did. */
  readonly expected: number | null;
  /** Why it ended as it did. */
  readonly code: string | null;
  readonly message: string | null;
}

/** A run that this copy of the server has taken on. */
export interface ClaimedRun {
  readonly id: string;
  readonly pullId: string;
  readonly kind: RunKind;
  readonly mayArchiveMany: boolean;
  /** Somebody has asked for it. */
  readonly isAwaited: boolean;
  readonly attempt: number;
  readonly startedAt: Date;
  readonly lease: Lease;
}

/** Runs that wait, and those that a worker has begun and left. */
export const PULL_RUNS: Runs = {
  table: 'di.pull_run',
  key: 'id',
  seconds: 300,
  isDue: `(w.state = 'queued' AND w.due_at <= now()) OR w.state = 'running'`,
  order: 'w.due_at',
  onClaim: `state = 'running', attempts = attempts + 1, started_at = now(), read = 0, applied = 0, unchanged = 0, stale = 0,
    archived = 0, rivals = 0, left_out = 0, rejected = 0, expected = NULL, code = NULL, message = NULL`,
  owner: 'pull_id',
  owners: 'di.pull',
  isScheduled: 'is_enabled',
  kind: 'changes',
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
  'read',
  'applied',
  'unchanged',
  'stale',
  'archived',
  'rivals',
  'left_out',
  'rejected',
  'code',
  'message',
];

/** Queues a run now; throws a 409 problem while another one is queued or runs. */
export async function queueRun(
  knex: Knex,
  pullId: string,
  { kind, mayArchiveMany }: { kind: RunKind; mayArchiveMany: boolean },
): Promise<string> {
  const id = await queue(knex, PULL_RUNS, pullId, { kind, may_archive_many: mayArchiveMany });
  if (id === null)
    throw conflict('pull-running', 'The pull is running already. Wait for its end, or cancel it.');
  return id;
}

/** Runs a pull again as it ran last. Throws a problem where that run asks something, and while another one is queued or runs. */
export async function replayPull(knex: Knex, pullId: string): Promise<string> {
  const [last] = await listRuns(knex, pullId, 1);
  if (last?.state === 'held')
    throw unprocessable(
      'pull-asks',
      'The run asks whether many rows may be archived: run the pull with mayArchiveMany, or cancel the run.',
    );
  return queueRun(knex, pullId, { kind: last?.kind ?? 'changes', mayArchiveMany: false });
}

/** The latest runs first. */
export async function listRuns(knex: Knex, pullId: string, limit: number): Promise<PullRun[]> {
  return knex('di.pull_run')
    .where({ pull_id: pullId })
    .orderBy('queued_at', 'desc')
    .limit(limit)
    .select<PullRun[]>(COLUMNS);
}

export async function findRun(knex: Knex, pullId: string, id: string): Promise<PullRun> {
  const row = await knex('di.pull_run').where({ pull_id: pullId, id }).first<PullRun | undefined>(COLUMNS);
  if (!row) throw notFound(`run ${id} of this pull`);
  return row;
}

/** Cancels a run that has not ended, or that asks whether many may be archived; what it has fetched stays. */
export async function cancelRun(knex: Knex, pullId: string, id: string): Promise<void> {
  const states: readonly RunState[] = ['queued', 'running', 'held'];
  if ((await cancelRuns(knex, PULL_RUNS, { pull_id: pullId, id }, states)) === 0)
    throw conflict('run-ended', 'The run has ended already.');
}

/**
 * Queues another run of each pull of a connection whose last one failed, of those that go by schedule and those that somebody
 * asked for: what kept Salesforce from answering is mended, and nobody need wait for the next night, nor ask again.
 */
export async function retryFailedPulls(knex: Knex, connectionId: string): Promise<void> {
  await knex.raw(
    `INSERT INTO di.pull_run (pull_id, kind, reason, may_archive_many)
     SELECT u.id, r.kind, r.reason, r.may_archive_many
     FROM di.pull u
     JOIN di.transfer t ON t.id = u.transfer_id
     CROSS JOIN LATERAL (
       SELECT r.* FROM di.pull_run r WHERE r.pull_id = u.id ORDER BY r.queued_at DESC LIMIT 1) r
     WHERE t.connection_id = ? AND (u.is_enabled OR r.reason = 'request') AND r.state = 'failed'
     ON CONFLICT (pull_id) WHERE state IN ('queued', 'running') DO NOTHING`,
    [connectionId],
  );
}

interface RunRow {
  readonly id: string;
  readonly pull_id: string;
  readonly kind: RunKind;
  readonly reason: 'schedule' | 'request';
  readonly may_archive_many: boolean;
  readonly attempts: number;
  readonly started_at: Date;
}

/** Takes on a run that waits, or one that whoever had it has left. */
export async function claimRun(knex: Knex): Promise<ClaimedRun | null> {
  const lease = await claim<RunRow>(knex, PULL_RUNS);
  if (!lease) return null;
  const { row } = lease;
  return {
    id: row.id,
    pullId: row.pull_id,
    kind: row.kind,
    mayArchiveMany: row.may_archive_many,
    isAwaited: row.reason === 'request',
    attempt: row.attempts,
    startedAt: row.started_at,
    lease,
  };
}

/** What a run says of itself while it goes on. Throws LeaseLost where it was cancelled, or another worker has it. */
export async function report(
  { lease }: ClaimedRun,
  counts: RunCounts,
  more: { kind?: RunKind; expected?: number } = {},
): Promise<void> {
  await lease.keep({ ...counts, ...more });
}
