import type pg from 'pg';
import { z } from 'zod';
import { unavailable } from '../http/problem.ts';
import { anybody, openEndpoint, type Route } from '../api/route.ts';

/** For those who start, stop and replace copies of the server. */
export function healthRoutes(pool: pg.Pool, stopping: AbortSignal): Route[] {
  return [
    openEndpoint({
      method: 'get',
      path: '/health',
      access: 'public',
      authenticate: anybody,
      tag: 'Operator',
      summary: 'The process is alive',
      answer: { schema: z.object({ status: z.literal('ok') }) },
      handle: () => Promise.resolve({ status: 'ok' }),
    }),
    openEndpoint({
      method: 'get',
      path: '/ready',
      access: 'public',
      authenticate: anybody,
      tag: 'Operator',
      summary: 'The database answers, and the server is not about to end',
      answer: { schema: z.object({ status: z.literal('ready') }) },
      handle: async () => {
        if (stopping.aborted) throw unavailable('stopping', 'The server is about to end.', 5);
        try {
          await pool.query('SELECT FROM di.account LIMIT 1');
        } catch {
          throw unavailable('database-unreachable', 'The database does not answer.', 5);
        }
        return { status: 'ready' };
      },
    }),
  ];
}
