import type { Knex } from 'knex';
import type { Change, Lease, LeasedWork } from './lease.ts';
import { nextMoment } from './schedules.ts';

/**
 * Runs of what has a schedule, the columns `cron`, `time_zone` and `next_run_at`. Of each owner one run at a time waits or is
 * at work: a unique index sees to it.
 */
export interface Runs extends LeasedWork {
  /** The column of a run that names what it is a run of. */
  readonly owner: string;
  readonly owners: `di.${string}`;
  /** Which owners go by their schedule, as SQL. */
  readonly isScheduled: string;
  /** What a run does that the schedule brings. */
  readonly kind: string;
}

/** Queues a run that somebody asks for; null while another one of its owner waits or is at work. */
export function queueRun(
  knex: Knex,
  runs: Runs,
  owner: string,
  values: Readonly<Record<string, Knex.Value>>,
): Promise<string | null> {
  return insertRun(knex, runs, { ...values, [runs.owner]: owner, reason: 'request' });
}

/** Queues the runs whose hour has come. */
export async function queueDueRuns(knex: Knex, runs: Runs): Promise<void> {
  const due = await knex(runs.owners)
    .whereRaw(runs.isScheduled)
    .where('next_run_at', '<=', knex.fn.now())
    .select<{ id: string; cron: string; time_zone: string }[]>('id', 'cron', 'time_zone');
  for (const { id, cron, time_zone: timeZone } of due) {
    // Whoever moves the hour on queues the run: two copies never both do. The hour that was read would not do as a mark: a
    // Date has lost its microseconds.
    const moved = await knex(runs.owners)
      .where({ id })
      .where('next_run_at', '<=', knex.fn.now())
      .update({ next_run_at: nextMoment(cron, timeZone, new Date()) });
    if (moved > 0) await insertRun(knex, runs, { [runs.owner]: id, kind: runs.kind, reason: 'schedule' });
  }
}

async function insertRun(
  knex: Knex,
  { table, owner }: Runs,
  values: Readonly<Record<string, Knex.Value>>,
): Promise<string | null> {
  const [row] = await knex(table)
    .insert(values)
    .onConflict(knex.raw(`(${owner}) WHERE state IN ('queued', 'running')`))
    .ignore()
    .returning<{ id: string }[]>('id');
  return row?.id ?? null;
}

/**
 * Cancels runs that have not come to their end; answers how many. Whoever is at one loses it.
 *
 * @param states in which they are cancelled
 */
export function cancelRuns(
  knex: Knex,
  { table }: Runs,
  which: Readonly<Record<string, string>>,
  states: readonly string[],
): Promise<number> {
  return knex(table)
    .where(which)
    .whereIn('state', [...states])
    .update({ state: 'cancelled', finished_at: knex.fn.now(), lease: null, leased_until: null });
}

/** What a run says that waits to be tried again. */
export const queued = (reason: { readonly code: string; readonly message: string }): Change => ({
  state: 'queued',
  ...reason,
});

/** How a run ended. */
export interface RunEnd<State extends string> {
  readonly state: State;
  readonly code?: string;
  readonly message?: string;
}

/** Ends a run, unless it is no longer this worker's; answers whether it was. */
export function endRun(knex: Knex, lease: Lease, { state, code, message }: RunEnd<string>): Promise<boolean> {
  return lease.release({
    state,
    code: code ?? null,
    message: message?.slice(0, 2000) ?? null,
    finished_at: knex.fn.now(),
  });
}
