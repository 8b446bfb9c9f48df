import type pg from 'pg';
import type { Logger } from 'pino';

/**
 * Keeps a break of a connection from ending the process: an `error` that nobody listens to is thrown. Whoever uses the
 * connection hears of it by the query at hand, or by the next one. A break is told by several events, and logged once.
 */
export function surviveBreaks(client: pg.ClientBase, logger: Logger): void {
  let isLogged = false;
  client.on('error', (error: Error) => {
    if (isLogged) return;
    isLogged = true;
    // The pool hangs the client, with all of its buffers, on the error: only what it says is logged.
    logger.warn(
      { code: 'code' in error ? error.code : undefined, reason: error.message },
      'a database connection broke',
    );
  });
}
