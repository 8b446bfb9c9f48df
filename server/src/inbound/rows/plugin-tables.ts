import type { Knex } from 'knex';
import type { Connection } from '../../connections/connections.ts';
import { Projects } from '../../projects/projects.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import { transfersOfConnection } from '../../transfers/transfers.ts';

/** What one answer to the plugin lists at the most. */
export const MAX_LISTED = 100;

/** The tables that a connection has transfers of an object to. */
export async function tablesOfObject(
  knex: Knex,
  connection: Pick<Connection, 'id' | 'accountId' | 'projectId'>,
  object: string,
): Promise<BuiltTable[]> {
  const transfers = await transfersOfConnection(knex, connection.id);
  const codes = new Set(
    transfers
      .filter((transfer) => transfer.object.toLowerCase() === object.toLowerCase())
      .map((transfer) => transfer.table),
  );
  const built = await new Projects(knex, connection.accountId).builtTables(connection.projectId);
  return built.filter((table) => codes.has(table.code)).slice(0, MAX_LISTED);
}
