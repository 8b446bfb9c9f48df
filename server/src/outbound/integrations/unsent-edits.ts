import type { Knex } from 'knex';
import { quoteTable } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { INTO_CONFLICTS } from '../../inbound/batches/contested-deliveries.ts';
import { hasKey, keyFields } from '../../people/record-keys.ts';
import { columnsAsJson } from '../../projects/column-json.ts';
import type { MappingEntry } from '../../projects/mapping-schema.ts';
import type { Definition } from './integration-schema.ts';
import type { Integration } from './integrations.ts';

/** Columns with the fields that they are written to, where a transfer fills them from those. */
export type ReturningColumns = ReadonlyMap<string, string>;

/** What of an integration's mapping comes back by a transfer's. */
export function returningColumns(
  mapping: Definition['mapping'],
  transfer: readonly MappingEntry[],
): ReturningColumns {
  const fieldOf = new Map(
    transfer.flatMap((entry) =>
      'salesforceField' in entry ? [[entry.column, entry.salesforceField.toLowerCase()]] : [],
    ),
  );
  return new Map(
    mapping.flatMap((entry) =>
      'column' in entry && fieldOf.get(entry.column) === entry.salesforceField.toLowerCase()
        ? [[entry.column, entry.salesforceField] as const]
        : [],
    ),
  );
}

/**
 * Ends edits that wait and will not be sent any more, as the integration is about to be another one: Salesforce's next word is
 * written over them, so each is kept as a conflict that Salesforce has won, with its last known value. Call it in the
 * transaction that changes the integration.
 *
 * @param next what the integration is to be; null where it ends
 */
export async function endUnsentEdits(
  knex: Knex,
  integration: Integration,
  next: Pick<Definition, 'operations' | 'mapping'> | null,
): Promise<void> {
  const still = next === null ? new Map<string, string>() : sentColumns(next);
  const ended = [...sentColumns(integration)].filter(([column, field]) => still.get(column) !== field);
  const columns = ended.map(([column]) => column);
  if (columns.length === 0) return;
  await keepUnsentEdits(knex, integration, null, new Set(columns));
  await knexSession(knex).query(
    `UPDATE di.delivery SET base = base - $2::text[]
     WHERE integration_id = $1 AND row_change = 'updated' AND base ?| $2::text[]`,
    [integration.id, columns],
  );
}

/** Columns whose changes are written to records that are there, with their fields in lower case. */
function sentColumns({
  operations,
  mapping,
}: Pick<Definition, 'operations' | 'mapping'>): Map<string, string> {
  if (!operations.includes('updated')) return new Map();
  return new Map(
    mapping.flatMap((entry) =>
      'column' in entry && entry.on === 'always'
        ? [[entry.column, entry.salesforceField.toLowerCase()] as const]
        : [],
    ),
  );
}

/**
 * Keeps edits that will not be sent as conflicts that Salesforce has won.
 *
 * @param deliveryIds whose; null for all that waits or was given up
 * @param only columns that are meant, those alone; all that come back where nothing is said
 */
export async function keepUnsentEdits(
  knex: Knex,
  integration: Integration,
  deliveryIds: readonly number[] | null,
  only?: ReadonlySet<string>,
): Promise<void> {
  const { connectionId, tableId, object, mapping } = integration;
  const transfer = await knex('di.transfer')
    .where({ connection_id: connectionId, table_id: tableId })
    .whereRaw('lower(object) = lower(?)', [object])
    .whereNot({ status: 'archived' })
    .first<{ mapping: MappingEntry[] } | undefined>('mapping');
  const known = new Set(integration.table.fields.map(({ name }) => name));
  const returning = [...returningColumns(mapping, transfer?.mapping ?? [])].filter(
    ([column]) => known.has(column) && only?.has(column) !== false,
  );
  if (returning.length > 0)
    await keepAsConflicts(knexSession(knex), integration, new Map(returning), deliveryIds);
}

async function keepAsConflicts(
  session: Session,
  { id, projectId, tableId, connectionId, object, schemaName, table }: Integration,
  returning: ReturningColumns,
  deliveryIds: readonly number[] | null,
): Promise<void> {
  const fields = table.fields.filter(({ name }) => returning.has(name));
  await session.query(
    `${INTO_CONFLICTS}
     SELECT $1, $2, $3, $4, $5, d.identity_id, r."_salesforce_id", b.key, f.value, b.value, n.now->b.key, b.value,
       (d.edited_at->>b.key)::timestamptz, coalesce(r."_source_modstamp", now()), 'not-sent', 'salesforce'
     FROM di.delivery d
     JOIN di.record_identity i ON i.id = d.identity_id
     JOIN ${quoteTable(schemaName, table.code)} r ON ${hasKey(keyFields(table), 'r', 'i.record_key')}
     CROSS JOIN LATERAL (SELECT ${columnsAsJson('r', fields)} AS now OFFSET 0) n
     CROSS JOIN LATERAL jsonb_each(d.base) b
     JOIN jsonb_each_text($6::jsonb) f ON f.key = b.key
     WHERE d.integration_id = $5 AND d.row_change IN ('created', 'updated') AND ($7::bigint[] IS NULL OR d.id = ANY ($7::bigint[]))
       AND r."_salesforce_id" IS NOT NULL AND r."_archived_at" IS NULL AND n.now->b.key <> b.value
     ORDER BY d.id, b.key`,
    [
      projectId,
      tableId,
      connectionId,
      object,
      id,
      JSON.stringify(Object.fromEntries(returning)),
      deliveryIds,
    ],
  );
}
