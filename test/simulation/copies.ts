import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { pino } from 'pino';
import { createApp, createServices, routesOf } from '../../server/src/app.ts';
import type { Config } from '../../server/src/config.ts';
import { openDatabase, type Database } from '../../server/src/database/open-database.ts';
import type { Loop } from '../../server/src/jobs/loop.ts';
import { loopsOf } from '../../server/src/work.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { testConfig } from '../server/support/test-server.ts';

/** Where copies of the server stand. */
interface Site {
  /** Of the database that all of them share. */
  readonly databaseUrl: string;
  /** Where people and the plugin reach them. */
  readonly publicUrl: string;
  /** The only org that may be called. */
  readonly orgUrl: string;
}

/** A copy of the server: its API listens, and its work goes on by single turns. */
export class Copy {
  readonly url: string;
  readonly #config: Config;
  readonly #database: Database;
  readonly #http: Server;
  #app: Express;
  #loops: readonly Loop[];

  private constructor(config: Config, database: Database, http: Server) {
    this.#config = config;
    this.#database = database;
    this.#http = http;
    ({ app: this.#app, loops: this.#loops } = startedAnew(config, database));
    http.on('request', (request, response) => {
      this.#app(request, response);
    });
    // A server that listens on a port has an address with one.
    this.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  }

  static async start({ databaseUrl, publicUrl, orgUrl }: Site): Promise<Copy> {
    const config: Config = {
      ...testConfig(databaseUrl),
      publicUrl,
      salesforceOrigins: [orgUrl],
      salesforceApp: { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret },
    };
    const http = createServer();
    http.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const database = await openDatabase(config, pino({ level: 'silent' }));
    keepConnections(database);
    return new Copy(config, database, http);
  }

  /** Forgets what it knew, as after a start. */
  renew(): void {
    ({ app: this.#app, loops: this.#loops } = startedAnew(this.#config, this.#database));
  }

  /** Does one piece of a loop's work; answers whether there may be more. */
  turn(name: string): Promise<boolean> {
    const loop = this.#loops.find((each) => each.name === name);
    if (!loop) throw new Error(`The server has no loop ${name}.`);
    return loop.turn();
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#http.close(resolve);
      this.#http.closeAllConnections();
    });
    await this.#database.close();
  }
}

/** Knex closes connections that were idle for long, by a clock that leaps: each leap would cost new sessions of the database. */
function keepConnections({ knex }: Database): void {
  const client: unknown = knex.client;
  const pool: unknown =
    typeof client === 'object' && client !== null && 'pool' in client ? client.pool : null;
  if (typeof pool !== 'object' || pool === null || !('idleTimeoutMillis' in pool))
    throw new Error('Knex keeps its connections elsewhere.');
  pool.idleTimeoutMillis = Number.MAX_SAFE_INTEGER;
}

function startedAnew(config: Config, database: Database): { app: Express; loops: readonly Loop[] } {
  const logger = pino({ level: process.env.SIMULATION_LOG ?? 'silent' });
  const services = createServices(config, database, logger);
  return { app: createApp(services, routesOf(services), logger), loops: loopsOf(services, logger) };
}
