import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { AnsweredRequest } from '../process/metrics.ts';

declare module 'http' {
  interface IncomingMessage {
    /** The caller's `X-Request-Id`, or one of its own. */
    id: string;
  }
}

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/**
 * What is done of each request, whatever it is for: it gets an id and the headers that keep its answer to itself, has one line
 * in the log when it is over, and is measured. What is secret in a request is not logged.
 *
 * @param measure is told of requests that were answered
 */
export function watchRequests(logger: Logger, measure: (request: AnsweredRequest) => void): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    request.id = idOf(request);
    response.setHeader('X-Request-Id', request.id);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    // Nobody else listens, and an error that nobody hears ends the process.
    response.on('error', (error) => {
      logger.error({ err: error, requestId: request.id }, 'response failed');
    });
    response.once('close', () => {
      const milliseconds = performance.now() - started;
      log(logger, request, response, Math.round(milliseconds));
      if (response.writableFinished) measure(answered(request, response, milliseconds / 1000));
    });
    next();
  };
}

function idOf(request: Request): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
}

/** @param responseTime milliseconds */
function log(logger: Logger, request: Request, response: Response, responseTime: number): void {
  const { id, method, originalUrl } = request;
  const { statusCode } = response;
  const level = statusCode >= 500 ? 'error' : statusCode >= 400 ? 'warn' : 'info';
  if (!logger.isLevelEnabled(level)) return;
  const line = { req: { id, method, url: loggedPath(originalUrl) }, res: { statusCode }, responseTime };
  logger[level](line, response.writableFinished ? 'request completed' : 'request aborted');
}

/**
 * A link of somebody is theirs, since whoever has it can withdraw for them; a row's key may be an address. Routes are found
 * whatever the case of their letters is.
 */
function loggedPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  return path
    .replace(/^((?:https?:\/\/[^/]*)?\/u\/).*/i, '$1…')
    .replace(/(\/tables\/[^/]+\/rows\/)(?!(?:archive|restore)$).+/i, '$1…');
}

function answered(request: Request, { statusCode }: Response, seconds: number): AnsweredRequest {
  const found: unknown = request.route;
  const route =
    typeof found === 'object' && found !== null && 'path' in found ? String(found.path) : 'unknown';
  return { method: request.method, route, status: statusCode, seconds };
}
