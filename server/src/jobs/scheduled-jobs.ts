import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { persistently } from '../database/persistently.ts';
import { backOff } from './back-off.ts';
import { Interrupted } from './interrupted.ts';
import { claim, type Lease, type LeasedWork } from './lease.ts';
import { Loop } from './loop.ts';
import { nextMoment } from './schedules.ts';

/** Work that is done by schedule, by one copy of the server at a time. */
export interface ScheduledJob {
  readonly name: string;
  /** Of cron, in UTC. */
  readonly schedule: string;
  /** Does the work, and answers what to log of it. Throws Interrupted where `ending` says so. */
  run(ending: AbortSignal): Promise<Readonly<Record<string, number>>>;
}

export const SCHEDULED_JOBS: LeasedWork = {
  table: 'di.scheduled_job',
  key: 'name',
  seconds: 120,
  isDue: 'w.name = ? AND w.next_run_at <= now()',
  order: 'w.next_run_at',
};

interface JobRow {
  readonly next_run_at: Date;
  readonly failures: number;
}

/** Milliseconds between looks. */
const IDLE = 10_000;
/** Milliseconds before a run that failed is tried again, unless the next one comes before. */
const WAITS = { first: 30_000, longest: 900_000 };

export function scheduleLoop(knex: Knex, job: ScheduledJob, logger: Logger): Loop {
  let isKnown = false;
  const turn = async (stopping: AbortSignal): Promise<boolean> => {
    if (!isKnown) await enter(knex, job);
    isKnown = true;
    return runDue(knex, job, logger, stopping);
  };
  return new Loop(job.name, turn, IDLE, logger);
}

/** Has the job wait for its next moment, where it does not yet or its schedule is a new one. */
async function enter(knex: Knex, { name, schedule }: ScheduledJob): Promise<void> {
  await knex.raw(
    `INSERT INTO di.scheduled_job AS j (name, schedule, next_run_at) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET schedule = EXCLUDED.schedule, next_run_at = EXCLUDED.next_run_at
     WHERE j.schedule <> EXCLUDED.schedule`,
    [name, schedule, momentAfter(schedule, new Date())],
  );
}

/** Does the job, where its moment has come and no other copy does it; answers whether it did. */
async function runDue(
  knex: Knex,
  job: ScheduledJob,
  logger: Logger,
  stopping: AbortSignal,
): Promise<boolean> {
  const lease = await claim<JobRow>(knex, SCHEDULED_JOBS, [job.name]);
  if (!lease) return false;
  const started = performance.now();
  try {
    const result = await lease.whileHeld(stopping, (ending) => job.run(ending));
    const milliseconds = Math.round(performance.now() - started);
    logger.info({ job: job.name, ...result, milliseconds }, 'job done');
    await persistently(() => lease.release({ next_run_at: nextRun(job, lease), failures: 0 }));
  } catch (error) {
    await afterFailure(job, lease, error, logger);
  }
  return true;
}

/** A job that was interrupted is due still, and done by whoever comes next. */
async function afterFailure(
  job: ScheduledJob,
  lease: Lease<JobRow>,
  error: unknown,
  logger: Logger,
): Promise<void> {
  if (error instanceof Interrupted) {
    await lease.release();
    return;
  }
  logger.error({ job: job.name, err: error }, 'job failed');
  const failures = lease.row.failures + 1;
  const again = Date.now() + backOff(WAITS, failures);
  const next = new Date(Math.min(again, nextRun(job, lease).getTime()));
  await persistently(() => lease.release({ next_run_at: next, failures }));
}

/** The clock of the database, which says what is due, may be ahead of this machine's: a moment comes once. */
function nextRun({ schedule }: ScheduledJob, { row }: Lease<JobRow>): Date {
  return momentAfter(schedule, new Date(Math.max(Date.now(), row.next_run_at.getTime())));
}

function momentAfter(schedule: string, after: Date): Date {
  const next = nextMoment(schedule, 'UTC', after);
  if (next === null) throw new Error(`The schedule ${schedule} has no moment after ${after.toISOString()}.`);
  return next;
}

/** Jobs whose moment has come and that no copy does: one each, by name. */
export async function waitingJobs(knex: Knex): Promise<ReadonlyMap<string, number>> {
  const { rows } = await knex.raw<{ rows: { name: string; waiting: number }[] }>(
    `SELECT name, (next_run_at <= now() AND coalesce(leased_until, '-infinity') <= now())::int AS waiting
     FROM di.scheduled_job`,
  );
  return new Map(rows.map(({ name, waiting }) => [name, waiting]));
}
