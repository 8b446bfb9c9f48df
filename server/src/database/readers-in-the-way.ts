import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { sqlState } from './sql-state.ts';

/** Names of the roles by which tenants read their projects by SQL, whether each is there or not. */
export const READER_ROLES = `SELECT schema_name || '_reader' FROM di.project`;

/** Milliseconds between looks, and seconds that a reader may be waited for. */
const LOOK = 500;
const PATIENCE = 2;
/** Before the first migration there are no projects, and so no readers. */
const NOTHING_YET = new Set(['42P01', '3F000']);

/** Ends sessions of readers that one of the server's own has waited for. */
const END_READERS = `
  SELECT DISTINCT r.usename AS role, r.state, r.xact_start AS since, pg_terminate_backend(r.pid) AS is_ended
  FROM pg_locks w
  JOIN pg_stat_activity o ON o.pid = w.pid AND o.datname = current_database() AND o.usename = current_user
  CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b(pid)
  JOIN pg_stat_activity r ON r.pid = b.pid
  WHERE NOT w.granted AND w.waitstart < clock_timestamp() - make_interval(secs => ?)
    AND r.usename IN (${READER_ROLES}) AND pg_has_role(r.usesysid, 'USAGE')`;

/**
 * Does what changes tables of projects while no other copy of the server runs that would end readers: a migration waits for
 * every transaction that has read such a table, and a reader may keep one open for as long as they like. Sessions of readers
 * that are waited for are ended.
 */
export async function withReadersOutOfTheWay<T>(
  knex: Knex,
  logger: Logger,
  work: () => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const looking = keepLooking(knex, logger, ending.signal);
  try {
    return await work();
  } finally {
    ending.abort();
    await looking;
  }
}

async function keepLooking(knex: Knex, logger: Logger, ending: AbortSignal): Promise<void> {
  for (;;) {
    await pause(LOOK, undefined, { signal: ending }).catch(() => undefined);
    if (ending.aborted) return;
    try {
      await endReaders(knex, logger);
    } catch (error) {
      // A database that breaks ends the work itself, which says so.
      if (!NOTHING_YET.has(sqlState(error) ?? '')) logger.warn({ err: error }, 'readers were not looked for');
    }
  }
}

async function endReaders(knex: Knex, logger: Logger): Promise<void> {
  const { rows } = await knex.raw<{ rows: { role: string; state: string | null; since: Date | null }[] }>(
    END_READERS,
    [PATIENCE],
  );
  for (const { role, state, since } of rows)
    logger.warn({ role, state, since }, 'SQL session ended that the start waited for');
}
