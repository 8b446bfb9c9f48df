import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import type { Session } from '../database/session.ts';
import { sqlType } from '../projects/field-types.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import type { RecordKey } from '../records/record-identities.ts';
import { hasKey, keyFields, keyObject } from '../records/record-keys.ts';
import { emailColumns, holdsAddress } from './find-contacts.ts';
import type { OtherRows, Person } from './person.ts';

type Sought = Pick<Person, 'project' | 'table' | 'keys' | 'addresses'> & {
  readonly tables: readonly BuiltTable[];
};

/** Rows of a project's other tables that refer to some contacts, or hold an address of theirs. */
export async function rowsOfOthers(session: Session, sought: Sought): Promise<OtherRows[]> {
  const values = await referredValues(session, sought);
  const found: OtherRows[] = [];
  for (const table of sought.tables) {
    if (table.id === sought.table.id) continue;
    const rows = await rowsOf(session, sought, table, values);
    if (rows.keys.length > 0) found.push(rows);
  }
  return found;
}

async function rowsOf(
  session: Session,
  { project, table: contacts, addresses }: Sought,
  table: BuiltTable,
  values: ReadonlyMap<string, readonly string[]>,
): Promise<OtherRows> {
  const references = table.fields.filter((field) => field.reference?.table === contacts.code);
  const emails = emailColumns(table);
  const columns = [...new Set([...references, ...emails].map((field) => field.name))];
  if (columns.length === 0) return { table, columns, keys: [], recordIds: [], fate: null };
  const conditions = [
    ...references.map((field, index) => refersTo(contacts, field, `$${index + 2}`)),
    ...emails.map((field) => holdsAddress(`r.${quoteIdentifier(field.name)}`, '$1::text[]')),
  ];
  const key = keyObject(keyFields(table), (field) => `r.${quoteIdentifier(field.name)}`);
  const rows = await session.query<{ key: RecordKey; record_id: string | null }>(
    `SELECT ${key} AS key, r._salesforce_id AS record_id FROM ${quoteTable(project.schemaName, table.code)} r
     WHERE $1::text[] IS NULL OR ${conditions.join(' OR ')} ORDER BY 1`,
    [addresses, ...references.map((field) => values.get(field.reference?.column ?? '') ?? [])],
  );
  return {
    table,
    columns,
    keys: rows.map((row) => row.key),
    recordIds: rows.flatMap((row) => row.record_id ?? []),
    fate: null,
  };
}

/** Compared as text where the two types differ: a text that is no number is no match, and not an error. */
export function refersTo(contacts: BuiltTable, field: BuiltField, place: string): string {
  const column = `r.${quoteIdentifier(field.name)}`;
  const target = contacts.fields.find((each) => each.name === field.reference?.column);
  const isSame = target !== undefined && sqlType(target) === sqlType(field);
  return isSame
    ? `${column} = ANY(${place}::text[]::${sqlType(field)}[])`
    : `${column}::text = ANY(${place}::text[])`;
}

/** What rows of other tables may refer to contacts by: the values of their columns as text, of those without a row the key. */
export async function referredValues(
  session: Session,
  { project, table, keys }: Pick<Person, 'project' | 'table' | 'keys'>,
): Promise<Map<string, string[]>> {
  const rows = await session.query<{ name: string; values: string[] }>(
    `SELECT name, array_agg(DISTINCT value) AS values FROM (
       SELECT v.key AS name, v.value FROM jsonb_array_elements($1::jsonb) AS k (record_key)
       JOIN ${quoteTable(project.schemaName, table.code)} r ON ${hasKey(keyFields(table), 'r', 'k.record_key')}
       CROSS JOIN LATERAL jsonb_each_text(to_jsonb(r.*)) AS v
       UNION ALL
       SELECT v.key, v.value FROM jsonb_array_elements($1::jsonb) AS k (record_key)
       CROSS JOIN LATERAL jsonb_each_text(k.record_key) AS v) AS held
     WHERE value IS NOT NULL GROUP BY name`,
    [JSON.stringify(keys)],
  );
  return new Map(rows.map(({ name, values }) => [name, values]));
}
