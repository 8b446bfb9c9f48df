import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { alertLoop } from './alerts/alert-loop.ts';
import { createApp, createServices, routesOf, serviceRoutes, type Services } from './app.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/open-database.ts';
import { deploymentLoop } from './deployments/deployment-loop.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { Jobs } from './jobs/jobs.ts';
import type { Loop } from './jobs/loop.ts';

export interface RunningServer {
  readonly url: string;
  /** Takes no new requests, finishes those that run, then closes the database. */
  close(): Promise<void>;
}

/** Connections of the job queue: to the embedded database one is plenty. */
const JOB_CONNECTIONS = { embedded: 1, real: 4 };

/** Opens the database, starts the work of the role, and listens. */
export async function startServer(
  config: Config,
  logger: Logger = pino({ level: config.logLevel }),
): Promise<RunningServer> {
  const database = await openDatabase(config, logger);
  const services = createServices(config, database);
  let jobs: Jobs | null = null;
  const loops: Loop[] = [];
  try {
    jobs = config.role === 'api' ? null : await startJobs(services, logger);
    if (config.role !== 'api') loops.push(...startLoops(services, logger));
    const routes = config.role === 'worker' ? serviceRoutes(services) : routesOf(services);
    const http = await listen(config, createApp(services, routes, logger));
    return {
      url: http.url,
      close: async () => {
        await http.close();
        await stopAll(loops, jobs);
        await database.close();
      },
    };
  } catch (error) {
    await stopAll(loops, jobs);
    await database.close();
    throw error;
  }
}

async function startJobs(services: Services, logger: Logger): Promise<Jobs> {
  const { config, database, signingKeys, metrics, teller, authorization } = services;
  const connections = database.isEmbedded ? JOB_CONNECTIONS.embedded : JOB_CONNECTIONS.real;
  const jobs = new Jobs(database.connectionString, logger, connections);
  await jobs.start([housekeeping(database.knex, signingKeys, authorization, config.retentionDays, [teller])]);
  metrics.watchQueues(() => jobs.depths());
  return jobs;
}

/** Work in the background that waits for no schedule. */
function startLoops({ database, teller, orgs }: Services, logger: Logger): Loop[] {
  const loops = [alertLoop(database.knex, teller, logger), deploymentLoop(database.knex, orgs, logger)];
  for (const loop of loops) loop.start();
  return loops;
}

async function stopAll(loops: readonly Loop[], jobs: Jobs | null): Promise<void> {
  await Promise.all([...loops.map((loop) => loop.stop()), jobs?.stop()]);
}

async function listen(
  config: Config,
  app: ReturnType<typeof createApp>,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(app);
  // A client that sends its headers a byte at a time does not hold a connection for ever.
  server.headersTimeout = 20_000;
  server.requestTimeout = 120_000;
  // Longer than proxies keep theirs: a connection is never closed under a request that is on its way.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${config.host}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
