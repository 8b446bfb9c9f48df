import type { Logger } from 'pino';
import { closeIncident, openIncident, type IncidentKey } from '../../connections/incidents.ts';
import { endRun, queueDueRuns, queued } from '../../jobs/runs.ts';
import { settleRun } from '../../salesforce/failed-run.ts';
import { executeRun, type PullDesk } from './execute-run.ts';
import { claimRun, PULL_RUNS } from './pull-runs.ts';
import { findPull, type Pull } from './pulls.ts';

/** Queues what is due, and carries out one run. Answers whether there was one. */
export async function pullTurn(desk: PullDesk, logger: Logger, stopping: AbortSignal): Promise<boolean> {
  await queueDueRuns(desk.knex, PULL_RUNS);
  const run = await claimRun(desk.knex);
  if (!run) return false;
  const pull = await findPull(desk.knex, run.pullId);
  const started = performance.now();
  try {
    await run.lease.whileHeld(stopping, (ending) => executeRun(desk, pull, run, ending));
    await closeIncident(desk.knex, incidentOf(pull));
  } catch (error) {
    await settleRun({ ...run, waiting: queued }, error, logger, async (failure) => {
      await endRun(desk.knex, run.lease, { state: 'failed', ...failure });
      await openIncident(desk.knex, { ...incidentOf(pull), message: failure.message });
    });
  }
  const milliseconds = Math.round(performance.now() - started);
  logger.info({ pull: pull.id, run: run.id, attempt: run.attempt, milliseconds }, 'pull run ended');
  return true;
}

function incidentOf({ accountId, connectionId, object, table }: Pull): IncidentKey {
  return { accountId, connectionId, kind: 'pull-failed', subject: `${object} → ${table}` };
}
