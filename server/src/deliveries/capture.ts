import type { Knex } from 'knex';
import { unbound } from '../database/identifiers.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { captureSql, releaseSql, type Watch } from './capture.sql.ts';
import type { FieldMapping, Matching, Operation } from './integration-schema.ts';
import type { IntegrationStatus } from './integrations.ts';

interface IntegrationRow {
  readonly id: string;
  readonly connection_id: string;
  readonly status: IntegrationStatus;
  readonly operations: Operation[];
  readonly mapping: FieldMapping[];
  readonly matching: Matching;
}

interface TableRow {
  readonly schema_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'> | null;
}

/**
 * Makes a table's triggers anew for the integrations that it has now, or takes them away with the last one. Call it in the
 * transaction that changes an integration, or the table's names. A paused integration's changes are noted too: nothing is
 * lost by a pause.
 */
export async function refreshCapture(transaction: Knex, tableId: string): Promise<void> {
  const row = await transaction('di.project_table as t')
    .join('di.project as p', 'p.id', 't.project_id')
    .where('t.id', tableId)
    .first<TableRow | undefined>('p.schema_name', 't.built');
  if (!row?.built) return;
  const table = { id: tableId, schemaName: row.schema_name, ...row.built };
  const integrations = await transaction('di.integration')
    .where({ table_id: tableId })
    .orderBy('created_at')
    .select<IntegrationRow[]>('id', 'connection_id', 'status', 'operations', 'mapping', 'matching');
  // A table that never had an integration is not even locked.
  if (integrations.length === 0) return;
  const watched = integrations.filter(({ status }) => status === 'active' || status === 'paused');
  const statements = [...releaseSql(table), ...captureSql(table, watched.map(watchOf))];
  for (const statement of statements) await transaction.raw(unbound(statement));
}

/** Moves the columns of a table's integrations along with their renaming. */
export async function renameInIntegrations(
  transaction: Knex,
  tableId: string,
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  const moved = (column: string): string => renamed.get(column) ?? column;
  const rows = await transaction('di.integration')
    .where({ table_id: tableId })
    .forUpdate()
    .select<Pick<IntegrationRow, 'id' | 'mapping' | 'matching'>[]>('id', 'mapping', 'matching');
  for (const { id, mapping, matching } of rows)
    await transaction('di.integration')
      .where({ id })
      .update({
        mapping: JSON.stringify(
          mapping.map((entry) => ('column' in entry ? { ...entry, column: moved(entry.column) } : entry)),
        ),
        matching: JSON.stringify(
          matching.by === 'lookup' ? { ...matching, column: moved(matching.column) } : matching,
        ),
        version: transaction.raw('version + 1'),
      });
}

function watchOf({ id, connection_id, operations, mapping, matching }: IntegrationRow): Watch {
  const lookup = matching.by === 'lookup' ? [matching.column] : [];
  const mapped = mapping.flatMap((entry) =>
    'column' in entry && entry.on === 'always' ? [entry.column] : [],
  );
  return {
    integrationId: id,
    connectionId: connection_id,
    creates: operations.includes('created'),
    deletes: operations.includes('deleted'),
    updates: operations.includes('updated') ? mapped : null,
    consent: operations.includes('consent') ? lookup : null,
  };
}
