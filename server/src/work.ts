import type { Logger } from 'pino';
import { alertLoop } from './operations/alert-loop.ts';
import { closeIncident, openIncident } from './connections/incidents.ts';
import type { Services } from './app.ts';
import { DeliveryMetrics } from './outbound/deliveries/delivery-metrics.ts';
import { deliveryLoops } from './outbound/drain/worker.ts';
import { deploymentLoop } from './deployments/deployment-loop.ts';
import { importLoop } from './outbound/files/import-work.ts';
import { Targets } from './inbound/batches/targets.ts';
import { askAgain } from './operations/health/ask-again.ts';
import { incidentLoop } from './operations/health/watch-incidents.ts';
import { housekeeping } from './operations/housekeeping.ts';
import { Loop } from './jobs/loop.ts';
import { scheduleLoop, waitingJobs } from './jobs/scheduled-jobs.ts';
import { searchIndexes } from './people/search-index.ts';
import { pullTurn } from './inbound/pulls/pull-loop.ts';
import { readerWatch } from './inbound/rows/reader-watch.ts';
import { comparisonTurn } from './outbound/comparisons/comparison-loop.ts';
import type { SalesforceOrgs } from './salesforce/org.ts';

/** What loops work with; orgs may be any. */
export interface WorkServices extends Omit<Services, 'orgs'> {
  readonly orgs: SalesforceOrgs;
}

/** What a worker does without being asked. */
export interface LoopStarts {
  /** Lets what runs end. */
  stop(): Promise<void>;
}

/** Connections that one copy of the server sends for at the same time. */
const DELIVERIES_AT_ONCE = { embedded: 1, real: 3 };
/** Milliseconds between looks for work that is not urgent. */
const LEISURELY = 5000;

/** Starts the loops that work off what waits and what is due by schedule. */
export function startWork(services: Services, logger: Logger): LoopStarts {
  const { database, metrics } = services;
  const loops = loopsOf(services, logger);
  metrics.watchQueues(() => waitingJobs(database.knex));
  for (const loop of loops) loop.start();
  return {
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/** Everything that goes on by itself: to be started, or turned by hand. */
export function loopsOf(services: WorkServices, logger: Logger): readonly Loop[] {
  const { database, teller, orgs, consentKeys } = services;
  return [
    scheduleLoop(database.knex, housekeeping(services), logger),
    scheduleLoop(database.knex, searchIndexes(database), logger),
    scheduleLoop(database.knex, askAgain(database.knex, orgs), logger),
    alertLoop(database.knex, teller, logger),
    incidentLoop(database.knex, logger),
    deploymentLoop(database.knex, orgs, logger),
    ...deliveryLoopsOf(services, logger),
    pullLoop(services, logger),
    comparisonLoop(services, logger),
    importLoop(database.knex, orgs, consentKeys, logger),
    services.writeWork.loop(logger),
    // Nobody but this process reaches the embedded database.
    ...(database.isEmbedded ? [] : [readerWatch(database.knex, logger)]),
  ];
}

function deliveryLoopsOf({ database, orgs, metrics, consentKeys }: WorkServices, logger: Logger): Loop[] {
  const incidents = { open: openIncident, close: closeIncident };
  const counted = new DeliveryMetrics(metrics.registry, database.pool);
  const atOnce = database.isEmbedded ? DELIVERIES_AT_ONCE.embedded : DELIVERIES_AT_ONCE.real;
  const targets = new Targets(database.knex, consentKeys);
  return deliveryLoops({ database, orgs, targets, incidents, metrics: counted }, atOnce, logger);
}

function pullLoop({ database, orgs, metrics, consentKeys }: WorkServices, logger: Logger): Loop {
  const { knex, pool } = database;
  const desk = { knex, pool, targets: new Targets(knex, consentKeys), orgs, metrics };
  return new Loop('pulls', (stopping) => pullTurn(desk, logger, stopping), LEISURELY, logger);
}

function comparisonLoop({ database, orgs, consentKeys }: WorkServices, logger: Logger): Loop {
  const desk = { database, orgs, targets: new Targets(database.knex, consentKeys) };
  return new Loop('comparisons', (stopping) => comparisonTurn(desk, logger, stopping), LEISURELY, logger);
}
