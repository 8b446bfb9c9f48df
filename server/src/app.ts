import express, { type Express, type RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { bearerToken, unauthorized } from './auth/access-tokens.ts';
import { pluginCaller } from './auth/plugin-caller.ts';
import { postOauthToken } from './auth/post-oauth-token.ts';
import { hashSecret, isSecret } from './auth/secrets.ts';
import type { Config } from './config.ts';
import { Connections } from './connections/connections.ts';
import { postAuthorize } from './connections/post-authorize.ts';
import { connectionRoutes } from './connections/routes.ts';
import type { Database } from './database/open-database.ts';
import { errorHandler, noSuchRoute } from './http/error-handler.ts';
import { Problem } from './http/problem.ts';
import type { Access, Route } from './http/route.ts';
import { postBatch } from './ingest/post-batch.ts';
import { Projects } from './projects/projects.ts';
import { projectRoutes } from './projects/routes.ts';
import { transferRoutes } from './transfers/routes.ts';
import { Transfers } from './transfers/transfers.ts';

declare module 'http' {
  interface IncomingMessage {
    /** The body as it came, after decompression: what an idempotency key is held against. */
    rawBody?: Buffer;
  }
}

/** Every endpoint the server has. */
export function routesOf(config: Config, database: Database, accountId: string): Route[] {
  const projects = new Projects(database.knex, accountId);
  const connections = new Connections(database.knex, accountId);
  const transfers = new Transfers(database.knex, accountId);
  return [
    {
      method: 'get',
      path: '/health',
      access: 'public',
      summary: 'The process is alive',
      handler: (_request, response) => void response.json({ status: 'ok' }),
    },
    {
      method: 'get',
      path: '/ready',
      access: 'public',
      summary: 'The database answers',
      handler: readiness(database),
    },
    postOauthToken(config, connections),
    postAuthorize(database, transfers, pluginCaller(config, connections)),
    postBatch(config, database),
    ...projectRoutes(database, projects),
    ...connectionRoutes(projects, connections),
    ...transferRoutes(projects, connections, transfers),
  ];
}

/** The application over an open database. */
export async function createApp(config: Config, database: Database, logger: Logger): Promise<Express> {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(requestLog(logger));
  app.use(securityHeaders);
  app.use(contentTypes);
  app.use(express.text({ type: 'application/x-www-form-urlencoded', limit: 10_000 }));
  app.use(
    express.json({
      limit: config.bodyLimit,
      strict: true,
      verify: (request, _response, buffer) => void (request.rawBody = buffer),
    }),
  );
  const account = await database.knex('di.account').where({ name: 'default' }).first<{ id: string }>('id');
  for (const route of routesOf(config, database, account.id))
    app[route.method](route.path, guard(config, route.access), route.handler);
  app.use(noSuchRoute);
  app.use(errorHandler(logger));
  return app;
}

/** Request ids are taken from the caller or made; what is secret in a request is not logged. */
function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (request, response) => {
      const given = request.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
      response.setHeader('X-Request-Id', id);
      return id;
    },
    serializers: {
      req: (request: { id: string; method: string; url: string }) => ({
        id: request.id,
        method: request.method,
        url: request.url.replace(/\?.*$/, ''),
      }),
      res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
    },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'info',
  });
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  });
  next();
};

const READABLE = /^application\/(json|x-www-form-urlencoded)\b/i;

/** A body of any other type would be silently ignored by the parsers. */
const contentTypes: RequestHandler = (request, _response, next) => {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  const type = request.headers['content-type'] ?? '';
  if (hasBody && !READABLE.test(type))
    throw new Problem(
      415,
      'unsupported-media-type',
      'The content type is not supported',
      'Send application/json.',
    );
  if (hasBody && request.path !== '/oauth/token' && !/^application\/json\b/i.test(type))
    throw new Problem(
      415,
      'unsupported-media-type',
      'The content type is not supported',
      'Send application/json.',
    );
  next();
};

/** Plugin routes read their token themselves, since they need what is in it. */
function guard(config: Config, access: Access): RequestHandler {
  const hash = hashSecret(config.adminToken);
  return (request, _response, next) => {
    if (access === 'admin' && !isSecret(bearerToken(request.headers.authorization), hash))
      throw unauthorized('invalid-token', 'The admin token is not right.');
    next();
  };
}

function readiness(database: Database): RequestHandler {
  return async (_request, response) => {
    try {
      await database.pool.query('SELECT FROM di.account LIMIT 1');
      response.json({ status: 'ready' });
    } catch {
      throw new Problem(503, 'database-unreachable', 'Not ready', 'The database does not answer.', {
        'Retry-After': '5',
      });
    }
  };
}
