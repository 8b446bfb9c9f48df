import type { Logger } from 'pino';
import { persistently } from '../../database/persistently.ts';
import { Interrupted, LeaseLost } from '../../jobs/interrupted.ts';
import { failedRun } from '../../salesforce/failed-run.ts';
import { compareRecords } from './compare-records.ts';
import { compareRows } from './compare-rows.ts';
import { claimRun, endRun, postponeRun, queueDue, type ClaimedRun } from './comparison-runs.ts';
import { findComparison, type Comparison } from './comparisons.ts';
import { groundOf, type ComparisonDesk } from './ground.ts';
import { heal } from './heal.ts';
import { Progress } from './progress.ts';

/** Queues what is due, and carries out one run. Answers whether there was one. */
export async function comparisonTurn(
  desk: ComparisonDesk,
  logger: Logger,
  stopping: AbortSignal,
): Promise<boolean> {
  const { knex } = desk.database;
  await queueDue(knex);
  const run = await claimRun(knex);
  if (!run) return false;
  const started = performance.now();
  try {
    const comparison = await findComparison(knex, run.row.comparison_id);
    await run.lease.whileHeld(stopping, (ending) => execute(desk, comparison, run, ending));
    await endRun(knex, run, { state: 'done' });
  } catch (error) {
    await settle(desk, run, error, logger);
  }
  const milliseconds = Math.round(performance.now() - started);
  logger.info({ comparison: run.row.comparison_id, run: run.row.id, milliseconds }, 'comparison run ended');
  return true;
}

async function execute(
  desk: ComparisonDesk,
  comparison: Comparison,
  run: ClaimedRun,
  ending: AbortSignal,
): Promise<void> {
  const ground = await groundOf(desk, comparison, run, ending);
  if (run.row.kind === 'heal') return heal(ground);
  const progress = new Progress(ground);
  if (progress.place.stage === 'records') await compareRecords(ground, progress);
  await compareRows(ground, progress);
}

/** What becomes of a run that did not come to its end: it goes on where it stopped, or has failed. */
async function settle(
  { database: { knex } }: ComparisonDesk,
  run: ClaimedRun,
  error: unknown,
  logger: Logger,
): Promise<void> {
  if (error instanceof LeaseLost) return;
  if (error instanceof Interrupted)
    return postponeRun(run, 0, { code: 'interrupted', message: 'The server was stopped.' });
  const { attempts } = run.row;
  const { code, message, pause } = failedRun(error, attempts);
  logger.warn({ run: run.row.id, attempt: attempts, code, err: error }, 'comparison run failed');
  if (pause !== null) return persistently(() => postponeRun(run, pause, { code, message }));
  await endRun(knex, run, { state: 'failed', code, message });
}
