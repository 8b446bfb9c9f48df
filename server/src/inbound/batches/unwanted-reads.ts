import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import { keyFields } from '../../people/record-keys.ts';
import { claimants, type MappedRecords } from '../../projects/map-records.ts';
import type { Batch } from './batch.ts';
import { incoming, tuple } from './incoming.sql.ts';
import { arraysOf } from './write-apart.ts';

/**
 * Of records that were read for rows with changes that wait, those that have no row any more, neither as theirs nor of their
 * key, or an archived one: DI's own look at a record brings nothing back that has left the filter or was deleted here. The
 * other rows stay locked.
 */
export async function findUnwanted(
  session: Session,
  { target, mapping }: Batch,
  mapped: MappedRecords,
): Promise<readonly string[]> {
  const places = claimants(mapped);
  if (places.length === 0) return [];
  const key = keyFields(target);
  const names = key.map(({ name }) => quoteIdentifier(name));
  const keys = mapping.key.map((column) => mapped.columns[column]);
  const live = await session.query<{ id: string }>(
    `SELECT l.id FROM (
       SELECT i._id AS id FROM ${incoming(key, 3, ['$1::text[]', '$2::timestamptz[]'])} AS i (_id, _stamp, ${names.join(', ')})
       CROSS JOIN LATERAL (
         SELECT FROM ${quoteTable(target.schemaName, target.tableCode)} r
         WHERE (r."_salesforce_id" = i._id OR ${tuple('r', key)} = ${tuple('i', key)}) AND r."_archived_at" IS NULL FOR UPDATE) AS r OFFSET 0) AS l`,
    arraysOf(mapped, places, keys),
  );
  const wanted = new Set(live.map(({ id }) => id));
  return places.map((place) => mapped.ids[place] ?? '').filter((id) => !wanted.has(id));
}
