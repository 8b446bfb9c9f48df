import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { Loop } from '../../jobs/loop.ts';
import { READER_SECONDS } from './sql-role.ts';

/** Milliseconds between looks. */
const LOOK = 10_000;

const READERS = `SELECT schema_name || '_reader' FROM di.project`;

/**
 * Ends what readers by SQL hold. The bounds of their role are defaults that a role may change for itself: a transaction
 * that lasts longer keeps builds waiting, and a large object is kept in every backup.
 */
export function readerWatch(knex: Knex, logger: Logger): Loop {
  return new Loop('readers', () => endReaders(knex, logger).then(() => false), LOOK, logger);
}

/** @param seconds that a transaction of a reader may take */
export async function endReaders(knex: Knex, logger: Logger, seconds = READER_SECONDS): Promise<void> {
  const { rows } = await knex.raw<{ rows: Ended[] }>(
    `SELECT a.usename AS role, a.state, a.xact_start AS since, pg_terminate_backend(a.pid) AS is_ended
     FROM pg_stat_activity a
     WHERE a.usename IN (${READERS}) AND pg_has_role(a.usesysid, 'USAGE')
       AND (a.xact_start < clock_timestamp() - make_interval(secs => ?)
         OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))`,
    [seconds],
  );
  for (const { role, state, since } of rows) logger.warn({ role, state, since }, 'SQL session ended');
  const { rows: objects } = await knex.raw<{ rows: { removed: number }[] }>(
    `SELECT count(lo_unlink(m.oid)) AS removed FROM pg_largeobject_metadata m JOIN pg_roles r ON r.oid = m.lomowner
     WHERE r.rolname IN (${READERS}) AND pg_has_role(r.oid, 'USAGE')`,
  );
  const removed = objects[0]?.removed ?? 0;
  if (removed > 0) logger.warn({ removed }, 'large objects of SQL roles removed');
}

interface Ended {
  readonly role: string;
  readonly state: string | null;
  readonly since: Date | null;
  readonly is_ended: boolean;
}
