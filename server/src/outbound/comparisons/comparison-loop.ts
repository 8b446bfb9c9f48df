import type { Logger } from 'pino';
import { queueDueRuns, queued } from '../../jobs/runs.ts';
import { settleRun } from '../../salesforce/failed-run.ts';
import { compareRecords } from './compare-records.ts';
import { compareRows } from './compare-rows.ts';
import { claimRun, COMPARISON_RUNS, endRun, type ClaimedRun } from './comparison-runs.ts';
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
  await queueDueRuns(knex, COMPARISON_RUNS);
  const run = await claimRun(knex);
  if (!run) return false;
  const started = performance.now();
  try {
    const comparison = await findComparison(knex, run.row.comparison_id);
    await run.lease.whileHeld(stopping, (ending) => execute(desk, comparison, run, ending));
    await endRun(knex, run, { state: 'done' });
  } catch (error) {
    const held = { id: run.row.id, attempt: run.row.attempts, lease: run.lease, waiting: queued };
    await settleRun(held, error, logger, (failure) => endRun(knex, run, { state: 'failed', ...failure }));
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
