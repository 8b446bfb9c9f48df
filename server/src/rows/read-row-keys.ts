import type { Session } from '../database/session.ts';
import { keyValue } from '../records/record-keys.ts';
import { doublesAmong, keyAsGiven } from '../records/stored-keys.ts';
import { RowReader, type GivenRow, type Rejected } from './read-row.ts';
import type { WrittenTable } from './written-table.ts';

/**
 * Reads keys of rows that are there, each in the order of the primary key, or why it is none. However an address or an id is
 * spelled, its row is meant; of rows that stand double each is named by its own spelling.
 */
export async function readRowKeys(
  session: Session,
  table: WrittenTable,
  given: readonly GivenRow[],
): Promise<(readonly string[] | Rejected)[]> {
  const reader = new RowReader(table);
  const read = given.map((key) => reader.readKey(key));
  const asGiven = read.map((key, place) => {
    if (!Array.isArray(key)) return null;
    const record = table.key.map((field, index) => [field.name, keyValue(field, key[index] ?? '')] as const);
    return keyAsGiven(table.key, Object.fromEntries(record), given[place] ?? {});
  });
  const doubles = await doublesAmong(session, table.id, asGiven);
  return read.map((key, place) => {
    const own = asGiven[place] ?? null;
    return own !== null && doubles.has(place) ? table.key.map(({ name }) => String(own[name])) : key;
  });
}
