import type { ConsentKeys } from '../../consent/consent-keys.ts';
import {
  findReturning,
  restoreOptOuts,
  type Arrival,
  type ReturningPerson,
} from '../../consent/returning-persons.ts';
import type { Session } from '../../database/session.ts';
import { CONTACTS } from '../../projects/tables.ts';
import { keyValue } from '../../people/record-keys.ts';
import { writeRows, type RowOutcome, type RowsToWrite, type WrittenRow } from './write-rows.ts';
import type { WrittenTable } from './written-table.ts';

/** Writes rows as writeRows does; contacts who were erased before come back with what they withdrew. */
export async function writeReturningRows(
  session: Session,
  keys: ConsentKeys,
  table: WrittenTable,
  written: RowsToWrite,
): Promise<RowOutcome[]> {
  const returning = await returningAmong(session, keys, table, written);
  const outcomes = await writeRows(session, table, written);
  const isWritten = ({ place }: ReturningPerson): boolean =>
    outcomes[place]?.outcome === 'created' || outcomes[place]?.outcome === 'updated';
  await restoreOptOuts(session, table, returning.filter(isWritten));
  return outcomes;
}

/** Looked for before the rows are written: an address that a contact has already is none that comes. */
export async function returningAmong(
  session: Session,
  keys: ConsentKeys,
  table: WrittenTable,
  { columns, rows }: Pick<RowsToWrite, 'columns' | 'rows'>,
): Promise<ReturningPerson[]> {
  if (table.code !== CONTACTS || rows.length === 0) return [];
  const contacts = { ...table, primaryKey: table.key.map((field) => field.name) };
  return findReturning(session, keys, contacts, () => rows.map((row) => arrivalOf(table, columns, row)));
}

function arrivalOf(table: WrittenTable, columns: RowsToWrite['columns'], row: WrittenRow): Arrival {
  const isKey = new Set(table.key.map((field) => field.name));
  const told = columns.flatMap((field, index) => {
    const value = row[index] ?? null;
    return value === null ? [] : [{ field, value }];
  });
  return {
    key: Object.fromEntries(
      told
        .filter(({ field }) => isKey.has(field.name))
        .map(({ field, value }) => [field.name, keyValue(field, value)]),
    ),
    addresses: told.filter(({ field }) => field.type === 'email').map(({ value }) => value),
    recordId: null,
  };
}
