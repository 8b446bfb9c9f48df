import type { Knex } from 'knex';
import { changingTables } from '../../database/change-tables.ts';
import { unbound } from '../../database/identifiers.ts';
import type { BuiltTable } from '../../projects/tables.ts';
import type { TriggerFunction } from '../../database/trigger-functions.ts';
import { captureFunctions, captureSql, releaseSql } from '../capture/capture.sql.ts';
import type { FieldMapping, Matching, Operation } from './integration-schema.ts';
import type { Watch, WatchedTable } from '../capture/watch.ts';

interface IntegrationRow {
  readonly id: string;
  readonly table_id: string;
  readonly connection_id: string;
  readonly operations: Operation[];
  readonly mapping: FieldMapping[];
  readonly matching: Matching;
}

interface TableRow {
  readonly id: string;
  readonly schema_name: string;
  readonly built: Omit<BuiltTable, 'id' | 'name'> | null;
}

/** A table that was built, and what is to be noticed of it. */
interface Captured {
  readonly table: WatchedTable;
  readonly watches: readonly Watch[];
}

/**
 * Makes a table's triggers anew for the integrations that it has now, or takes them away with the last one. Call it in the
 * transaction that changes an integration, or the table's names. A paused integration's changes are noted too: nothing is
 * lost by a pause.
 */
export async function refreshCapture(transaction: Knex, tableId: string): Promise<void> {
  const [captured] = await capturedTables(transaction, tableId);
  // A table that never had an integration is not even locked.
  if (!captured) return;
  const { table, watches } = captured;
  const statements = [...releaseSql(table), ...captureSql(table, watches)];
  await changingTables(transaction, table.schemaName, async () => {
    for (const statement of statements) await transaction.raw(unbound(statement));
  });
}

/**
 * Makes the triggers of tables again that an older version of the server has made, where they are fewer, or new rows are not
 * marked. Call it in a transaction.
 */
export async function refreshOldCaptures(transaction: Knex): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { id: string }[] }>(
    `SELECT t.id FROM di.project_table t JOIN di.project p ON p.id = t.project_id
     CROSS JOIN LATERAL (SELECT to_regclass(format('%I.%I', p.schema_name, t.built->>'code')) AS id) r
     WHERE t.built IS NOT NULL AND r.id IS NOT NULL
       AND (
         EXISTS (
           SELECT FROM di.integration g WHERE g.table_id = t.id AND g.status IN ('active', 'paused')
             AND g.operations && ARRAY['created', 'updated'])
         AND EXISTS (
           SELECT FROM pg_attribute a WHERE a.attrelid = r.id AND a.attname = '_edited_at' AND NOT a.atthasdef)
         OR EXISTS (SELECT FROM di.integration g WHERE g.table_id = t.id AND g.status IN ('active', 'paused'))
         AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = r.id AND g.tgname = 'di_deliver_delete'))`,
  );
  for (const { id } of rows) await refreshCapture(transaction, id);
}

/** What the triggers of all tables do, as this version of the server makes them. */
export async function allCaptureFunctions(knex: Knex): Promise<readonly TriggerFunction[]> {
  const captured = await capturedTables(knex, null);
  return captured.flatMap(({ table, watches }) => captureFunctions(table, watches));
}

/** Tables that have, or had, an integration; all of them where none is named. */
async function capturedTables(knex: Knex, tableId: string | null): Promise<readonly Captured[]> {
  const tables = await knex('di.project_table as t')
    .join('di.project as p', 'p.id', 't.project_id')
    .whereNotNull('t.built')
    .whereIn('t.id', knex('di.integration').select('table_id'))
    .modify((query) => void (tableId === null ? query : query.where('t.id', tableId)))
    .select<TableRow[]>('t.id', 'p.schema_name', 't.built');
  const integrations = await knex('di.integration')
    .whereIn(
      'table_id',
      tables.map(({ id }) => id),
    )
    .whereIn('status', ['active', 'paused'])
    .orderBy('created_at')
    .select<IntegrationRow[]>('id', 'table_id', 'connection_id', 'operations', 'mapping', 'matching');
  return tables.flatMap(({ id, schema_name: schemaName, built }) =>
    built === null
      ? []
      : [
          {
            table: { id, schemaName, ...built },
            watches: integrations.filter((each) => each.table_id === id).map(watchOf),
          },
        ],
  );
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
  await renameInDeliveries(
    transaction,
    rows.map(({ id }) => id),
    renamed,
  );
}

/** What waits names the columns that changed. */
async function renameInDeliveries(
  transaction: Knex,
  integrationIds: readonly string[],
  renamed: ReadonlyMap<string, string>,
): Promise<void> {
  const renaming = (column: string): string =>
    `(SELECT jsonb_object_agg(coalesce(:renamed::jsonb->>k.name, k.name), k.value) FROM jsonb_each(${column}) AS k (name, value))`;
  await transaction.raw(
    `UPDATE di.delivery SET base = ${renaming('base')}, edited_at = ${renaming('edited_at')}
     WHERE integration_id = ANY (:integrationIds::uuid[]) AND base <> '{}'`,
    { renamed: JSON.stringify(Object.fromEntries(renamed)), integrationIds: [...integrationIds] },
  );
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
    updates: operations.includes('updated'),
    columns: [...new Set(mapped)],
    consent: operations.includes('consent') ? lookup : null,
  };
}
