import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino, type Logger } from 'pino';
import { createApp, createServices, routesOf, serviceRoutes } from './app.ts';
import type { Config } from './config.ts';
import { openDatabase } from './database/open-database.ts';
import { startWork, type Work } from './work.ts';

export interface RunningServer {
  readonly url: string;
  /** Takes no new requests, finishes those that run, then closes the database. */
  close(): Promise<void>;
}

/** Opens the database, starts the work of the role, and listens. */
export async function startServer(
  config: Config,
  logger: Logger = pino({ level: config.logLevel }),
): Promise<RunningServer> {
  const database = await openDatabase(config, logger);
  const services = createServices(config, database, logger);
  let work: Work | null = null;
  try {
    work = config.role === 'api' ? null : await startWork(services, logger);
    const routes = config.role === 'worker' ? serviceRoutes(services) : routesOf(services);
    const http = await listen(config, createApp(services, routes, logger));
    return {
      url: http.url,
      close: async () => {
        await http.close();
        await work?.stop();
        await services.apiCalls.flush();
        await database.close();
      },
    };
  } catch (error) {
    await work?.stop();
    await database.close();
    throw error;
  }
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
