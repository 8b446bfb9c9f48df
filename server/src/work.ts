import type { Logger } from 'pino';
import type { Services } from './app.ts';
import { Targets } from './ingest/targets.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { Jobs } from './jobs/jobs.ts';
import { Loop } from './jobs/loop.ts';
import { pullTurn } from './pulls/pull-loop.ts';

/** What a worker does without being asked. */
export interface Work {
  /** Lets what runs end. */
  stop(): Promise<void>;
}

/** Connections of the job queue: to the embedded database one is plenty. */
const JOB_CONNECTIONS = { embedded: 1, real: 4 };
/** Milliseconds between looks for work that is not urgent. */
const LEISURELY = 5000;

/** Starts the jobs by schedule, and the loops that work off what waits. */
export async function startWork(services: Services, logger: Logger): Promise<Work> {
  const { config, database, signingKeys, metrics, authorization } = services;
  const connections = database.isEmbedded ? JOB_CONNECTIONS.embedded : JOB_CONNECTIONS.real;
  const jobs = new Jobs(database.connectionString, logger, connections);
  const loops = loopsOf(services, logger);
  try {
    await jobs.start([housekeeping(database.knex, signingKeys, authorization, config.retentionDays)]);
  } catch (error) {
    await jobs.stop();
    throw error;
  }
  metrics.watchQueues(() => jobs.depths());
  for (const loop of loops) loop.start();
  return {
    stop: async () => {
      await Promise.all([...loops.map((loop) => loop.stop()), jobs.stop()]);
    },
  };
}

function loopsOf({ database, orgs, metrics }: Services, logger: Logger): readonly Loop[] {
  const { knex, pool } = database;
  const pulls = { knex, pool, targets: new Targets(knex), orgs, metrics };
  return [new Loop('pulls', (stopping) => pullTurn(pulls, logger, stopping), LEISURELY, logger)];
}
