import type { Logger } from 'pino';
import { closeIncident, openIncident, type IncidentKey } from '../../connections/incidents.ts';
import { persistently } from '../../database/persistently.ts';
import { Interrupted, LeaseLost } from '../../jobs/interrupted.ts';
import { failedRun } from '../../salesforce/failed-run.ts';
import { executeRun, type PullDesk } from './execute-run.ts';
import { claimRun, endRun, postponeRun, queueDue, type ClaimedRun } from './pull-runs.ts';
import { findPull, type Pull } from './pulls.ts';

/** Queues what is due, and carries out one run. Answers whether there was one. */
export async function pullTurn(desk: PullDesk, logger: Logger, stopping: AbortSignal): Promise<boolean> {
  await queueDue(desk.knex);
  const run = await claimRun(desk.knex);
  if (!run) return false;
  const pull = await findPull(desk.knex, run.pullId);
  const started = performance.now();
  try {
    await run.lease.whileHeld(stopping, (ending) => executeRun(desk, pull, run, ending));
    await closeIncident(desk.knex, incidentOf(pull));
  } catch (error) {
    await settle(desk, pull, run, error, logger);
  }
  const milliseconds = Math.round(performance.now() - started);
  logger.info({ pull: pull.id, run: run.id, attempt: run.attempt, milliseconds }, 'pull run ended');
  return true;
}

/** What becomes of a run that did not come to its end. */
async function settle(
  { knex }: PullDesk,
  pull: Pull,
  run: ClaimedRun,
  error: unknown,
  logger: Logger,
): Promise<void> {
  if (error instanceof LeaseLost) return;
  if (error instanceof Interrupted)
    return postponeRun(run, 0, { code: 'interrupted', message: 'The server was stopped.' });
  const { code, message, pause } = failedRun(error, run.attempt);
  logger.warn({ run: run.id, attempt: run.attempt, code, err: error }, 'pull run failed');
  if (pause !== null) return persistently(() => postponeRun(run, pause, { code, message }));
  await endRun(knex, run, { state: 'failed', code, message });
  await openIncident(knex, { ...incidentOf(pull), message });
}

function incidentOf({ accountId, connectionId, object, table }: Pull): IncidentKey {
  return { accountId, connectionId, kind: 'pull-failed', subject: `${object} → ${table}` };
}
