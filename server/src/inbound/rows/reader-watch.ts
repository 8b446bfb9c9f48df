import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { Loop } from '../../jobs/loop.ts';
import { READER_ROLES } from '../../database/readers-in-the-way.ts';
import { sqlState } from '../../database/sql-state.ts';
import { READER_SECONDS, READER_SETTINGS, settingStatements } from './sql-role.ts';

/** Milliseconds between looks. */
const LOOK = 10_000;

/**
 * Ends what readers by SQL hold, and puts back what they changed. The bounds of their role are defaults that a role may
 * change for itself: a transaction that lasts longer keeps builds waiting, and a large object is kept in every backup.
 */
export function readerWatch(knex: Knex, logger: Logger): Loop {
  const look = async (): Promise<boolean> => {
    await endReaders(knex, logger);
    await restoreSettings(knex, logger);
    return false;
  };
  return new Loop('readers', look, LOOK, logger);
}

/** Gives roles the settings back that they had, where one has changed its own: for whoever connects with it next. */
export async function restoreSettings(knex: Knex, logger: Logger): Promise<void> {
  const { rows } = await knex.raw<{ rows: { role: string; schema_name: string }[] }>(
    `SELECT r.rolname AS role, p.schema_name FROM di.project p JOIN pg_roles r ON r.rolname = p.schema_name || '_reader'
     WHERE EXISTS (
         SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS setting
         WHERE s.setrole = r.oid AND setting <> ALL (:settings) AND setting NOT LIKE 'search\\_path=%')
       OR NOT coalesce((SELECT s.setconfig @> :settings FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0), false)`,
    { settings: Object.entries(READER_SETTINGS).map((pair) => pair.join('=')) },
  );
  for (const { role, schema_name: schemaName } of rows) await restore(knex, logger, role, schemaName);
}

async function restore(knex: Knex, logger: Logger, role: string, schemaName: string): Promise<void> {
  try {
    await knex.transaction(async (transaction) => {
      for (const statement of await settingStatements(transaction, role, schemaName))
        await transaction.raw(statement);
    });
    logger.warn({ role }, 'settings that an SQL role had changed were put back');
  } catch (error) {
    // A role that somebody else has made is theirs.
    if (sqlState(error) !== '42501') throw error;
  }
}

/** @param seconds that a transaction of a reader may take */
export async function endReaders(knex: Knex, logger: Logger, seconds = READER_SECONDS): Promise<void> {
  const { rows } = await knex.raw<{ rows: Ended[] }>(
    `SELECT a.usename AS role, a.state, a.xact_start AS since, pg_terminate_backend(a.pid) AS is_ended
     FROM pg_stat_activity a
     WHERE a.usename IN (${READER_ROLES}) AND pg_has_role(a.usesysid, 'USAGE')
       AND (a.xact_start < clock_timestamp() - make_interval(secs => ?)
         OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory'))`,
    [seconds],
  );
  for (const { role, state, since } of rows) logger.warn({ role, state, since }, 'SQL session ended');
  const { rows: objects } = await knex.raw<{ rows: { removed: number }[] }>(
    `SELECT count(lo_unlink(m.oid)) AS removed FROM pg_largeobject_metadata m JOIN pg_roles r ON r.oid = m.lomowner
     WHERE r.rolname IN (${READER_ROLES}) AND pg_has_role(r.oid, 'USAGE')`,
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
