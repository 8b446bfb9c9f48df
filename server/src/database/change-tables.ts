import type { Knex } from 'knex';
import { unavailable } from '../http/problem.ts';
import { sqlState } from './sql-state.ts';

/** Seconds to wait for whoever reads or writes a table that is to be changed: everybody who comes meanwhile waits too. */
const PATIENCE = 5;
/** Seconds after which a caller may try again. */
const TRY_AGAIN = 15;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Changes tables of a project, in a transaction: their columns, triggers or views. A change waits for every transaction that
 * has read the table, and whoever comes then waits behind the change; so it gives up soon. Throws a 503 problem that says
 * who is in the way.
 */
export async function changingTables<T>(
  transaction: Knex,
  schemaName: string,
  work: () => Promise<T>,
): Promise<T> {
  await transaction.raw(`SET LOCAL lock_timeout = '${PATIENCE}s'`);
  await transaction.raw('SAVEPOINT table_change');
  try {
    const result = await work();
    await transaction.raw('RELEASE SAVEPOINT table_change');
    return result;
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    await transaction.raw('ROLLBACK TO SAVEPOINT table_change');
    throw unavailable('table-in-use', await whoIsInTheWay(transaction, schemaName), TRY_AGAIN);
  }
}

async function whoIsInTheWay(transaction: Knex, schemaName: string): Promise<string> {
  const { rows } = await transaction.raw<{ rows: { role: string; since: Date | null }[] }>(
    `SELECT a.usename AS role, min(a.xact_start) AS since
     FROM pg_locks l
     JOIN pg_class c ON c.oid = l.relation
     JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = ?
     JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database()
     WHERE l.granted AND l.pid <> pg_backend_pid()
     GROUP BY a.usename ORDER BY since LIMIT 5`,
    [schemaName],
  );
  const users = rows.map(({ role, since }) => `${role}${since ? ` since ${since.toISOString()}` : ''}`);
  return `Nothing was changed: the tables are in use${users.length > 0 ? ` by ${users.join(', ')}` : ''}. Try again when that has ended; a transaction of a reader by SQL ends within a minute or so.`;
}
