import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createApp, createServices, routesOf, serviceRoutes, type Services } from './app.ts';
import { checkSecrets } from './check-secrets.ts';
import type { Config } from './config.ts';
import { openDatabase, type Database } from './database/open-database.ts';
import { withReadersOutOfTheWay } from './database/readers-in-the-way.ts';
import { waitForDatabase } from './database/wait-for-database.ts';
import { listen, type HttpServer } from './http/listen.ts';
import { createLog } from './log.ts';
import { startTelemetry, type Telemetry } from './process/telemetry.ts';
import { within } from './process/within.ts';
import { normalizeTables } from './records/normalize-tables.ts';
import { renewTriggers } from './renew-triggers.ts';
import { startWork, type LoopStarts } from './work.ts';

export interface RunningServer {
  readonly url: string;
  /**
   * Says that it is not ready, ends the work, takes no new requests, finishes those that run, then closes the database. What
   * has not ended in time is cut off: a database rolls back what was not committed, and another copy takes the work over.
   */
  close(limits?: EndLimits): Promise<void>;
}

export interface EndLimits {
  /** Seconds for all of it; those of the configuration where nothing is said. */
  readonly seconds?: number;
  /** Of those, seconds that requests are still taken. */
  readonly noticeSeconds?: number;
}

/** Milliseconds that are kept for closing the database, or a third of the time where that is less. */
const FOR_THE_DATABASE = 2000;

/** Opens the database, starts the work of the role, and listens. */
export async function startServer(
  config: Config,
  logger: Logger = createLog({ level: config.logLevel }),
): Promise<RunningServer> {
  const telemetry = config.telemetry && (await startTelemetry(config.telemetry));
  if (config.databaseUrl !== null)
    await waitForDatabase(config.databaseUrl, config.databaseWaitSeconds, logger);
  const database = await openDatabase(config, logger);
  let work: LoopStarts | null = null;
  try {
    await checkSecrets(config, database, logger);
    await withReadersOutOfTheWay(database.knex, logger, async () => {
      await renewTriggers(database.knex);
      await normalizeTables(database, logger);
    });
    const stopping = new AbortController();
    const services = createServices(config, database, logger, stopping.signal);
    telemetry?.count(services.metrics.registry);
    work = config.role === 'api' ? null : startWork(services, logger);
    const http = await listen(config, createApp(services, routesFor(services), logger), logger);
    const running = { http, work, database, telemetry, apiCalls: services.apiCalls, stopping, logger };
    return {
      url: http.url,
      close: ({ seconds = config.shutdownSeconds, noticeSeconds = 0 } = {}) =>
        end(running, seconds * 1000, noticeSeconds * 1000),
    };
  } catch (error) {
    await work?.stop();
    await database.close();
    await telemetry?.close(FOR_THE_DATABASE);
    throw error;
  }
}

function routesFor(services: Services): ReturnType<typeof routesOf> {
  return services.config.role === 'worker' ? serviceRoutes(services) : routesOf(services);
}

interface Running {
  readonly http: HttpServer;
  readonly work: LoopStarts | null;
  readonly database: Database;
  readonly telemetry: Telemetry | null;
  readonly apiCalls: Services['apiCalls'];
  readonly stopping: AbortController;
  readonly logger: Logger;
}

async function end(running: Running, patience: number, notice: number): Promise<void> {
  const { http, work, database, telemetry, apiCalls, stopping, logger } = running;
  const reserve = Math.min(FOR_THE_DATABASE, patience / 3);
  const deadline = performance.now() + patience;
  const left = (): number => Math.max(0, deadline - reserve - performance.now());
  stopping.abort();
  http.announceEnd();
  const working = within(left(), work?.stop() ?? Promise.resolve());
  const answering = pause(Math.min(notice, left())).then(() => http.close(left()));
  const [worked, answers] = await Promise.allSettled([working, answering]);
  if (worked.status === 'rejected')
    logger.error({ err: worked.reason as unknown }, 'the work did not stop well');
  else if (!worked.value) logger.warn('work that had not ended was left to other copies of the server');
  if (answers.status === 'fulfilled' && answers.value > 0)
    logger.warn({ connections: answers.value }, 'connections that had not ended were cut off');
  const isCounted = await within(left(), apiCalls.flush()).catch(() => false);
  if (!isCounted) logger.warn('calls of Salesforce of the last seconds were not counted');
  await telemetry?.close(left());
  const isClosed = await within(Math.max(0, deadline - performance.now()), database.close());
  if (!isClosed) logger.warn('the database was left without a farewell');
}
