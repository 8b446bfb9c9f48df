import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { withOrigin } from '../database/origin.ts';
import type { Session } from '../database/session.ts';
import { Refusal, type Coerce } from '../values/check-value.ts';
import { columnCoercion } from '../projects/mapping.ts';
import { sqlType } from '../values/field-types.ts';
import { indexedBytes } from '../projects/index-limits.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import { hasKey, keyFields } from '../people/record-keys.ts';
import type { MappingEntry } from '../projects/mapping-schema.ts';
import type { OptInField } from './opt-in-fields.ts';
import { holdsNoLaterVersion } from '../projects/system-columns.ts';

/** A column that a transfer fills from the very checkbox that an integration writes: what DI says, it says too. */
export interface FollowedColumn {
  readonly connectionId: string;
  readonly target: OptInField;
  readonly tableId: string;
  /** The table as SQL takes it. */
  readonly table: string;
  readonly key: readonly BuiltField[];
  readonly column: BuiltField;
  /** The checkbox's value as the column has it. */
  readonly coerce: Coerce;
}

interface FollowedRow {
  readonly connection_id: string;
  readonly target: OptInField;
  readonly entry: MappingEntry;
  readonly table_id: string;
  readonly schema_name: string;
  readonly built: Pick<BuiltTable, 'code' | 'primaryKey' | 'fields'>;
}

/** Paused ones too: what waits of them is still to be sent. */
const FOLLOWED = `
  SELECT g.connection_id, f.target, e.entry, x.table_id, p.schema_name, t.built
  FROM di.integration g
  JOIN di.transfer x ON x.connection_id = g.connection_id AND lower(x.object) = lower(g.object) AND x.status <> 'draft'
  JOIN di.project_table t ON t.id = x.table_id AND t.built IS NOT NULL
  JOIN di.project p ON p.id = t.project_id
  CROSS JOIN LATERAL jsonb_array_elements(g.opt_in_fields) AS f (target)
  CROSS JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry)
  WHERE g.status IN ('active', 'paused') AND 'consent' = ANY (g.operations)
    AND lower(e.entry->>'salesforceField') = lower(f.target->>'field')`;

/** Columns of a project's contacts that follow what people say. */
export async function followedOfProject(session: Session, projectId: string): Promise<FollowedColumn[]> {
  const rows = await session.query<FollowedRow>(
    `${FOLLOWED} AND t.project_id = $1::uuid AND x.table_id = g.table_id ORDER BY g.created_at`,
    [projectId],
  );
  return rows.flatMap(columnOf);
}

/** Columns of every table that follow what an integration writes. */
export async function followedOfIntegration(
  session: Session,
  integrationId: string,
): Promise<FollowedColumn[]> {
  const rows = await session.query<FollowedRow>(`${FOLLOWED} AND g.id = $1::uuid`, [integrationId]);
  return rows.flatMap(columnOf);
}

function columnOf(row: FollowedRow): FollowedColumn[] {
  const { built, entry } = row;
  const column = built.fields.find((field) => field.name === entry.column && field.isArchived !== true);
  // A key stands for the row: it is nobody's answer.
  if (!column || built.primaryKey.includes(column.name)) return [];
  return [
    {
      connectionId: row.connection_id,
      target: row.target,
      tableId: row.table_id,
      table: quoteTable(row.schema_name, built.code),
      key: keyFields(built),
      column,
      coerce: columnCoercion(entry, column, indexedBytes(built, column)),
    },
  ];
}

/**
 * Has the rows of persons to itself until the transaction ends, before the persons themselves: whoever writes rows comes to
 * persons and deliveries in this order too.
 */
export async function holdFollowedRows(
  session: Session,
  followed: readonly FollowedColumn[],
  identityIds: readonly string[],
): Promise<void> {
  if (identityIds.length === 0) return;
  for (const one of new Map(followed.map((each) => [each.tableId, each])).values())
    await session.query(
      `SELECT FROM ${one.table} r JOIN di.record_identity i ON ${hasKey(one.key, 'r', 'i.record_key')}
       WHERE i.table_id = $1::uuid AND i.id IN (
         SELECT coalesce(n.merged_into, n.id) FROM di.record_identity n WHERE n.id = ANY ($2::uuid[]))
       ORDER BY ${one.key.map((field) => `r.${quoteIdentifier(field.name)}`).join(', ')}
       FOR NO KEY UPDATE OF r`,
      [one.tableId, [...new Set(identityIds)]],
    );
}

/** Lets the rows of persons say what a checkbox is going to say. */
export async function setForPersons(
  session: Session,
  followed: FollowedColumn,
  values: readonly { readonly identityId: string; readonly value: boolean }[],
): Promise<void> {
  const { table, tableId, key, column, connectionId } = followed;
  const said = written(followed, values);
  if (said.length === 0) return;
  const name = quoteIdentifier(column.name);
  await withOrigin(session, connectionId, () =>
    session.query(
      `UPDATE ${table} r SET ${name} = v.value::${sqlType(column)}, "_changed_at" = now()
       FROM unnest($2::uuid[], $3::text[]) AS v (identity_id, value)
       JOIN di.record_identity i ON i.id = v.identity_id
       WHERE i.table_id = $1::uuid AND ${hasKey(key, 'r', 'i.record_key')}
         AND r.${name} IS DISTINCT FROM v.value::${sqlType(column)}`,
      [tableId, said.map(({ from }) => from.identityId), said.map(({ value }) => value)],
    ),
  );
}

/** What a record's checkbox says at a version of the record. */
export interface SaidByRecord {
  readonly recordId: string;
  /** The version, ISO 8601. */
  readonly modstamp: string;
  readonly value: boolean;
}

/**
 * Lets the rows of records say what their checkbox says, and what is kept of those that wait for a row; a newer version knows
 * better.
 */
export async function setForRecords(
  session: Session,
  followed: FollowedColumn,
  values: readonly SaidByRecord[],
): Promise<void> {
  const { table, tableId, column, connectionId } = followed;
  const said = written(followed, values);
  if (said.length === 0) return;
  const name = quoteIdentifier(column.name);
  const versions = [
    said.map(({ from }) => from.recordId),
    said.map(({ from }) => from.modstamp),
    said.map(({ value }) => value),
  ];
  await withOrigin(session, connectionId, () =>
    session.query(
      `UPDATE ${table} r SET ${name} = v.value::${sqlType(column)}, "_changed_at" = now()
       FROM unnest($1::text[], $2::timestamptz[], $3::text[]) AS v (id, modstamp, value)
       WHERE r."_salesforce_id" = v.id AND ${holdsNoLaterVersion('v.modstamp')}
         AND r.${name} IS DISTINCT FROM v.value::${sqlType(column)}`,
      versions,
    ),
  );
  await session.query(
    `UPDATE di.rival w SET values = w.values || jsonb_build_object($5::text, to_jsonb(v.value::${sqlType(column)}))
     FROM unnest($1::text[], $2::timestamptz[], $3::text[]) AS v (id, modstamp, value)
     WHERE w.table_id = $4::uuid AND w.salesforce_id = v.id AND w.modstamp <= v.modstamp AND w.away_at IS NULL
       AND w.values->$5::text IS DISTINCT FROM to_jsonb(v.value::${sqlType(column)})`,
    [...versions, tableId, column.name],
  );
}

/** Values as the column takes them; what its mapping has no word for stays as it is. */
function written<Given extends { readonly value: boolean }>(
  { coerce }: FollowedColumn,
  values: readonly Given[],
): { from: Given; value: string | null }[] {
  return values.flatMap((from) => {
    const value = coerce(from.value);
    return value instanceof Refusal ? [] : [{ from, value }];
  });
}
