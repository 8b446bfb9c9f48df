import type { Knex } from 'knex';
import { arrayLiteral } from '../database/array-literal.ts';
import { lookUpByIndex } from '../database/by-index.ts';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { lock } from '../database/locks.ts';
import { knexSession, type Session } from '../database/session.ts';
import { sqlType } from '../values/field-types.ts';
import type { BuildFollower } from '../projects/build.ts';
import type { TableDefinition } from '../projects/tables.ts';
import { DuplicateFinder, type DuplicateRow } from './duplicate-finder.ts';
import { normalizeIdentities, normalizeTombstones } from './normalize-identities.ts';
import { keyFields, keyValue } from '../people/record-keys.ts';
import type { SpelledRow, SpelledTable } from './spelled-table.ts';
import { isSpelled, maySpellOtherwise, normalized, type SpelledField } from '../people/spelling.ts';

/** Rows that are read and written at a time. */
const PAGE = 2000;
/** The record that a row came from, as a field. */
const RECORD_ID: SpelledField = { name: '_salesforce_id', type: 'salesforce_id' };

/**
 * Writes addresses and ids that a table holds in the one spelling in which they are stored: of its rows, of who they are,
 * and of records that were deleted. Rows that would be the same row stay apart, and are listed anew: the one that is in use
 * takes the spelling, so that what comes finds it. Nothing is sent to an org because of it. Call it in a transaction, which
 * has the table to itself from then on. Answers how many rows stand double.
 */
export async function normalizeRows(transaction: Knex, table: SpelledTable): Promise<number> {
  await lock(transaction, table.id);
  const session = knexSession(transaction);
  // Each page of rows is looked up by index, as a batch is: a planner would read all of the table for each.
  await lookUpByIndex(session);
  await session.query('DELETE FROM di.duplicate_row WHERE table_id = $1::uuid', [table.id]);
  const columns = [...table.fields.filter(isSpelled), RECORD_ID];
  const duplicates = await rewriteRows(session, table, columns);
  await normalizeIdentities(session, table);
  await normalizeTombstones(session, table.id);
  await session.query('UPDATE di.project_table SET is_normalized = true WHERE id = $1::uuid', [table.id]);
  return duplicates;
}

async function rewriteRows(
  session: Session,
  table: SpelledTable,
  columns: readonly SpelledField[],
): Promise<number> {
  const name = quoteTable(table.schemaName, table.code);
  const finder = new DuplicateFinder(session, table, columns);
  let count = 0;
  // What is written differently is the same: the org has it as it will be written.
  await session.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await session.query(`DECLARE di_spelled NO SCROLL CURSOR FOR ${spelledRows(table, columns)}`);
  for (;;) {
    const page = await session.query<{ key: string[]; values: (string | null)[] }>(
      `FETCH ${PAGE} FROM di_spelled`,
    );
    if (page.length === 0) break;
    const rows = page.map((row) => respelled(table, columns, row)).filter(isChanged);
    const { written, duplicates } = await finder.sort(rows);
    await update(session, table, columns, written.filter(isChanged));
    await keepDuplicates(session, table, duplicates);
    count += duplicates.length;
  }
  await session.query('CLOSE di_spelled');
  await session.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  return count;
}

/** Rows that may be written otherwise, those that are in use first: of rows that are the same, the first is the one. */
function spelledRows(table: SpelledTable, columns: readonly SpelledField[]): string {
  const key = table.primaryKey.map((column) => `r.${quoteIdentifier(column)}::text`);
  const values = columns.map((column) => `r.${quoteIdentifier(column.name)}`);
  return `SELECT ARRAY[${key.join(', ')}] AS key, ARRAY[${values.join(', ')}]::text[] AS values
    FROM ${quoteTable(table.schemaName, table.code)} r
    WHERE ${columns.map((column) => maySpellOtherwise(column, `r.${quoteIdentifier(column.name)}`)).join(' OR ')}
    ORDER BY r."_archived_at" IS NOT NULL, r."_salesforce_id" IS NULL, r."_changed_at" DESC, ${key.join(', ')}`;
}

function respelled(
  table: SpelledTable,
  columns: readonly SpelledField[],
  { key, values }: { readonly key: readonly string[]; readonly values: readonly (string | null)[] },
): SpelledRow {
  const newValues = columns.map((column, place) => normalized(column, values[place] ?? null));
  const newKey = table.primaryKey.map((name, place) => {
    const column = columns.findIndex((each) => each.name === name);
    return (column < 0 ? null : newValues[column]) ?? key[place] ?? '';
  });
  return { key, values, newKey, newValues };
}

const isChanged = ({ values, newValues }: SpelledRow): boolean =>
  newValues.some((value, place) => value !== values[place]);

async function update(
  session: Session,
  table: SpelledTable,
  columns: readonly SpelledField[],
  rows: readonly SpelledRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const key = keyFields(table);
  const arrays = [...key.map((field) => sqlType(field)), ...columns.map(() => 'text')];
  const names = [
    ...key.map((_field, place) => `_k${place}`),
    ...columns.map((_column, place) => `_n${place}`),
  ];
  await session.query(
    `UPDATE ${quoteTable(table.schemaName, table.code)} r
     SET ${columns.map((column, place) => `${quoteIdentifier(column.name)} = i._n${place}`).join(', ')}
     FROM unnest(${arrays.map((type, place) => `$${place + 1}::${type}[]`).join(', ')}) AS i (${names.join(', ')})
     WHERE ${key.map((field, place) => `r.${quoteIdentifier(field.name)} = i._k${place}`).join(' AND ')}`,
    [
      ...key.map((_field, place) => arrayLiteral(rows.map((row) => row.key[place] ?? null))),
      ...columns.map((_column, place) => arrayLiteral(rows.map((row) => row.newValues[place] ?? null))),
    ],
  );
}

async function keepDuplicates(
  session: Session,
  table: SpelledTable,
  duplicates: readonly DuplicateRow[],
): Promise<void> {
  if (duplicates.length === 0) return;
  const fields = keyFields(table);
  const keyOf = (values: readonly string[]): object =>
    Object.fromEntries(fields.map((field, place) => [field.name, keyValue(field, values[place] ?? '')]));
  await session.query(
    `INSERT INTO di.duplicate_row (table_id, field_id, record_key, normal_key)
     SELECT $1::uuid, d.field_id, d.record_key, d.normal_key
     FROM jsonb_to_recordset($2::jsonb) AS d (field_id uuid, record_key jsonb, normal_key jsonb)`,
    [
      table.id,
      JSON.stringify(
        duplicates.map(({ fieldId, key, normalKey }) => ({
          field_id: fieldId,
          record_key: keyOf(key),
          normal_key: keyOf(normalKey),
        })),
      ),
    ],
  );
}

/** Texts that become addresses or ids are stored in one spelling from then on. */
export const followTypes: BuildFollower = {
  tableBuilt: async (transaction, { schemaName }, table) => {
    if (gainsSpelling(table)) await normalizeRows(transaction, { ...table, schemaName });
  },
};

function gainsSpelling({ built, fields }: TableDefinition): boolean {
  return fields.some((field) => {
    const before = built?.fields.find((each) => each.id === field.id);
    return before !== undefined && before.type !== field.type && isSpelled(field);
  });
}
