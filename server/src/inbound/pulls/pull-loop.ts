import type { Logger } from 'pino';
import { closeIncident, openIncident, type IncidentKey } from '../../connections/incidents.ts';
import { persistently } from '../../database/persistently.ts';
import { Problem } from '../../http/problem.ts';
import { backOff } from '../../jobs/back-off.ts';
import { LIMIT_REST_SECONDS } from '../../salesforce/api-budget.ts';
import { SalesforceFault } from '../../salesforce/org.ts';
import { executeRun, Interrupted, RunLost, type PullDesk } from './execute-run.ts';
import { claimRun, endRun, postponeRun, queueDue, type ClaimedRun } from './pull-runs.ts';
import { findPull, type Pull } from './pulls.ts';

/** Times that a run is tried before it fails. */
const ATTEMPTS = 6;
/** Seconds before a run is tried again. */
export const PAUSES = { first: 15, longest: 900, spread: 0.5 };

/** Queues what is due, and carries out one run. Answers whether there was one. */
export async function pullTurn(desk: PullDesk, logger: Logger, stopping: AbortSignal): Promise<boolean> {
  await queueDue(desk.knex);
  const run = await claimRun(desk.knex);
  if (!run) return false;
  const pull = await findPull(desk.knex, run.pullId);
  const started = performance.now();
  try {
    await executeRun(desk, pull, run, stopping);
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
  if (error instanceof RunLost) return;
  if (error instanceof Interrupted)
    return postponeRun(knex, run, 0, { code: 'interrupted', message: 'The server was stopped.' });
  const { code, message } = reasonOf(error);
  logger.warn({ run: run.id, attempt: run.attempt, code, err: error }, 'pull run failed');
  const kind = error instanceof SalesforceFault ? error.kind : error instanceof Problem ? 'stop' : 'retry';
  if (kind === 'limit') return postponeRun(knex, run, LIMIT_REST_SECONDS, { code, message });
  // A connection that is held is told of by an incident of its own, and goes on by itself: what waits for it does not fail.
  if (kind === 'hold' || (kind === 'retry' && run.attempt < ATTEMPTS))
    return persistently(() => postponeRun(knex, run, backOff(PAUSES, run.attempt), { code, message }));
  await endRun(knex, run, { state: 'failed', code, message });
  await openIncident(knex, { ...incidentOf(pull), message });
}

function incidentOf({ accountId, connectionId, object, table }: Pull): IncidentKey {
  return { accountId, connectionId, kind: 'pull-failed', subject: `${object} → ${table}` };
}

/** What a person is told; the words of an unexpected error are for the log. */
function reasonOf(error: unknown): { code: string; message: string } {
  if (error instanceof SalesforceFault || error instanceof Problem)
    return { code: error.code, message: error.message };
  return { code: 'internal-error', message: 'Something went wrong on the server; its log says what.' };
}
