import { quoteIdentifier, quoteLiteral, quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import type { Project } from '../projects/projects.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from './record-identities.ts';
import { hasKey, keyFields, keyObject } from './record-keys.ts';
import type { FoundContact } from './person.ts';

/** Columns that hold addresses, those of archived fields too: they keep what they held. */
export function emailColumns(table: Pick<BuiltTable, 'fields'>): readonly BuiltField[] {
  return table.fields.filter((field) => field.type === 'email');
}

/** In SQL, whether a column holds one of some addresses, however they are written. */
export function holdsAddress(column: string, addresses: string): string {
  return `lower(${column}) IN (SELECT lower(a) FROM unnest(${addresses}) AS u (a))`;
}

type KeyedTable = Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'>;

interface ContactRow {
  readonly key: RecordKey;
  readonly has_row: boolean;
  readonly is_archived: boolean;
  readonly addresses: readonly (string | null)[];
  readonly record_id: string | null;
}

const contactOf = (row: ContactRow): FoundContact => ({
  key: row.key,
  hasRow: row.has_row,
  isArchived: row.is_archived,
  addresses: [
    ...new Set(row.addresses.flatMap((address) => (address === null || address === '' ? [] : [address]))),
  ],
  recordId: row.record_id,
});

/** Addresses of a row in SQL, or of a key where there is no row. */
function addressesIn(table: KeyedTable, row: string, key: string): string {
  const inKey = keyFields(table).filter((field) => field.type === 'email');
  const values = [
    ...emailColumns(table).map((field) => `${row}.${quoteIdentifier(field.name)}`),
    ...inKey.map((field) => `${key}->>${quoteLiteral(field.name)}`),
  ];
  return values.length === 0
    ? "'{}'::text[]"
    : `ARRAY[${values.map((value) => `lower(btrim(${value}))`).join(', ')}]`;
}

/** Everybody who has one of some addresses: by a row, or by a key that somebody is known by. */
export async function contactsByAddress(
  session: Session,
  project: Project,
  table: BuiltTable,
  addresses: readonly string[],
): Promise<FoundContact[]> {
  if (addresses.length === 0) return [];
  const columns = emailColumns(table);
  if (columns.length === 0) return [];
  const key = keyFields(table);
  const ownKey = keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`);
  const inRow = columns.map((field) => holdsAddress(`r.${quoteIdentifier(field.name)}`, '$1::text[]'));
  const inKey = key
    .filter((field) => field.type === 'email')
    .map((field) => holdsAddress(`i.record_key->>${quoteLiteral(field.name)}`, '$1::text[]'));
  const rows = await session.query<{ key: RecordKey }>(
    `SELECT ${ownKey} AS key FROM ${quoteTable(project.schemaName, table.code)} r WHERE ${inRow.join(' OR ')}
     UNION SELECT i.record_key FROM di.record_identity i
     WHERE i.table_id = $2::uuid AND i.erased_at IS NULL AND i.merged_into IS NULL AND (${['false', ...inKey].join(' OR ')})
     ORDER BY 1`,
    [addresses, table.id],
  );
  return contactsByKey(
    session,
    project,
    table,
    rows.map((row) => row.key),
  );
}

/** Those of some keys who are known: by a row, or because they said something of consent. In the order of the keys. */
export async function contactsByKey(
  session: Session,
  project: Pick<Project, 'schemaName'>,
  table: KeyedTable,
  keys: readonly RecordKey[],
): Promise<FoundContact[]> {
  if (keys.length === 0) return [];
  const rows = await session.query<ContactRow>(
    `SELECT k.record_key AS key, r._changed_at IS NOT NULL AS has_row, r._archived_at IS NOT NULL AS is_archived,
       r._salesforce_id AS record_id, ${addressesIn(table, 'r', 'k.record_key')} AS addresses
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS k (record_key, place)
     LEFT JOIN ${quoteTable(project.schemaName, table.code)} r ON ${hasKey(keyFields(table), 'r', 'k.record_key')}
     LEFT JOIN di.record_identity i ON i.table_id = $2::uuid AND i.record_key = k.record_key
     WHERE r._changed_at IS NOT NULL OR i.id IS NOT NULL
     ORDER BY k.place`,
    [JSON.stringify(keys), table.id],
  );
  return rows.map(contactOf);
}
