import type { Logger } from 'pino';
import { alertLoop } from './operations/alert-loop.ts';
import { closeIncident, openIncident } from './connections/incidents.ts';
import type { Services } from './app.ts';
import { DeliveryMetrics } from './outbound/integrations/delivery-metrics.ts';
import { deliveryLoops } from './outbound/integrations/worker.ts';
import { deploymentLoop } from './deployments/deployment-loop.ts';
import { importLoop } from './outbound/files/import-work.ts';
import { Targets } from './inbound/batches/targets.ts';
import { incidentLoop } from './operations/health/watch-incidents.ts';
import { housekeeping } from './operations/housekeeping.ts';
import { Jobs } from './jobs/jobs.ts';
import { Loop } from './jobs/loop.ts';
import { pullTurn } from './inbound/pulls/pull-loop.ts';
import { endReaders, readerWatch } from './inbound/rows/reader-watch.ts';

/** What a worker does without being asked. */
export interface Work {
  /** Lets what runs end. */
  stop(): Promise<void>;
}

/** Connections of the job queue: to the embedded database one is plenty. */
const JOB_CONNECTIONS = { embedded: 1, real: 4 };
/** Connections that one copy of the server sends for at the same time. */
const DELIVERIES_AT_ONCE = { embedded: 1, real: 3 };
/** Milliseconds between looks for work that is not urgent. */
const LEISURELY = 5000;

/** Starts the jobs by schedule, and the loops that work off what waits. */
export async function startWork(services: Services, logger: Logger): Promise<Work> {
  const { database, metrics } = services;
  const connections = database.isEmbedded ? JOB_CONNECTIONS.embedded : JOB_CONNECTIONS.real;
  const jobs = new Jobs(database, logger, connections);
  const loops = loopsOf(services, logger);
  try {
    // A reader who holds the job queue's lock would keep it from starting.
    if (!database.isEmbedded) await endReaders(database.knex, logger);
    await jobs.start([housekeeping(services)]);
  } catch (error) {
    await jobs.stop();
    throw error;
  }
  metrics.watchQueues(() => jobs.depths());
  for (const loop of loops) loop.start();
  services.writeWork.start(logger);
  return {
    stop: async () => {
      await Promise.all([...loops.map((loop) => loop.stop()), services.writeWork.stop(), jobs.stop()]);
    },
  };
}

function loopsOf(services: Services, logger: Logger): readonly Loop[] {
  const { database, teller, orgs, consentKeys } = services;
  return [
    alertLoop(database.knex, teller, logger),
    incidentLoop(database.knex, logger),
    deploymentLoop(database.knex, orgs, logger),
    ...deliveryLoopsOf(services, logger),
    pullLoop(services, logger),
    importLoop(database.knex, orgs, consentKeys, logger),
    // Nobody but this process reaches the embedded database.
    ...(database.isEmbedded ? [] : [readerWatch(database.knex, logger)]),
  ];
}

function deliveryLoopsOf({ database, orgs, metrics, consentKeys }: Services, logger: Logger): Loop[] {
  const incidents = { open: openIncident, close: closeIncident };
  const counted = new DeliveryMetrics(metrics.registry, database.pool);
  const atOnce = database.isEmbedded ? DELIVERIES_AT_ONCE.embedded : DELIVERIES_AT_ONCE.real;
  const targets = new Targets(database.knex, consentKeys);
  return deliveryLoops({ database, orgs, targets, incidents, metrics: counted }, atOnce, logger);
}

function pullLoop({ database, orgs, metrics, consentKeys }: Services, logger: Logger): Loop {
  const { knex, pool } = database;
  const desk = { knex, pool, targets: new Targets(knex, consentKeys), orgs, metrics };
  return new Loop('pulls', (stopping) => pullTurn(desk, logger, stopping), LEISURELY, logger);
}
