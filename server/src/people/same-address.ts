import type { Knex } from 'knex';
import { quoteIdentifier } from '../database/identifiers.ts';
import { searchRows, type Condition, type FoundRow, type Place } from './found-rows.ts';
import { addressColumns, addressQuery, searchedWords } from './searched-columns.ts';

/** Milliseconds that one table may take. */
const TIMEOUT_MS = 1000;

/** Rows of some tables that hold one of some addresses, in the order of the tables; `isWhole` is false where one took too long. */
export async function rowsOfAddresses(
  knex: Knex,
  places: readonly Place[],
  addresses: readonly string[],
): Promise<{ rows: readonly FoundRow[]; isWhole: boolean }> {
  const rows: FoundRow[] = [];
  let isWhole = true;
  if (addresses.length === 0) return { rows, isWhole };
  for (const place of places) {
    const conditions = conditionsOf(place, addresses);
    if (conditions.length === 0) continue;
    const found = await searchRows(knex, place, conditions, TIMEOUT_MS);
    if (found === null) isWhole = false;
    else rows.push(...found);
  }
  return { rows, isWhole };
}

/** Addresses are stored in one spelling: the words narrow by the index of the search, where there is one. */
function conditionsOf({ table, names }: Place, addresses: readonly string[]): Condition[] {
  const words = searchedWords(table, names, 'r') ?? 'NULL';
  return addressColumns(table).flatMap((name) =>
    addresses.map((address) => ({
      text: `r.${quoteIdentifier(name)} = ($1::text::jsonb->>0) AND ${words} @@ ($1::text::jsonb->>1)::tsquery`,
      value: JSON.stringify([address, addressQuery(address)]),
    })),
  );
}
