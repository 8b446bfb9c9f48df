import type { Session } from '../database/session.ts';
import { Refusal } from '../values/check-value.ts';
import type { BuiltField } from '../projects/tables.ts';
import type { RecordKey } from './record-identities.ts';
import { readKey } from './record-keys.ts';
import { isSpelled } from './spelling.ts';

export type GivenKey = Readonly<Record<string, unknown>>;

/**
 * Reads keys that somebody gives, by column, and writes them as the table would: however an address or an id is spelled, its
 * row is meant. Of rows that stand double each is named by its own spelling. Answers a Refusal for what is no key.
 */
export async function readKeys(
  session: Session,
  tableId: string,
  fields: readonly BuiltField[],
  given: readonly GivenKey[],
): Promise<(RecordKey | Refusal)[]> {
  const read = given.map((key) => readKey(fields, key));
  const asGiven = read.map((key, place) =>
    key instanceof Refusal ? null : keyAsGiven(fields, key, given[place] ?? {}),
  );
  const doubles = await doublesAmong(session, tableId, asGiven);
  return read.map((key, place) => (doubles.has(place) ? (asGiven[place] ?? key) : key));
}

/** A key in the spelling of whoever gives it; null where that is the one in which rows are stored. */
export function keyAsGiven(fields: readonly BuiltField[], key: RecordKey, given: GivenKey): RecordKey | null {
  const own = fields.filter((field) => isSpelled(field) && typeof given[field.name] === 'string');
  if (own.every(({ name }) => given[name] === key[name])) return null;
  return { ...key, ...Object.fromEntries(own.map(({ name }) => [name, given[name]])) };
}

/** Places of keys that are those of rows which stand double. */
export async function doublesAmong(
  session: Session,
  tableId: string,
  keys: readonly (RecordKey | null)[],
): Promise<ReadonlySet<number>> {
  if (keys.every((key) => key === null)) return new Set();
  const found = await session.query<{ place: number }>(
    `SELECT k.place - 1 AS place FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS k (record_key, place)
     WHERE EXISTS (
       SELECT FROM di.duplicate_row d
       WHERE d.table_id = $1::uuid AND d.field_id IS NULL AND d.record_key = k.record_key)`,
    [tableId, JSON.stringify(keys)],
  );
  return new Set(found.map(({ place }) => place));
}
