import type { Knex } from 'knex';
import { knexSession, type Session } from '../database/session.ts';

/** Values of a row's primary key by column, as keyValue and keyObject write them. */
export type RecordKey = Readonly<Record<string, unknown>>;

/** A person, or another record, that turned out to be the same as one that is there. */
export interface MergedIdentity {
  readonly identityId: string;
  readonly into: string;
}

/** A row that took another key. */
export interface MovedRecord {
  readonly from: RecordKey;
  readonly to: RecordKey;
}

/**
 * Gives rows of a table identities that outlive a change of their key, or a deletion and a return. Answers the ids in the
 * order of the keys.
 */
export function identify(
  knex: Knex,
  tableId: string,
  keys: readonly RecordKey[],
): Promise<readonly string[]> {
  return identifyIn(knexSession(knex), tableId, keys);
}

/** The same for whoever has a session only. */
export async function identifyIn(
  session: Session,
  tableId: string,
  keys: readonly RecordKey[],
): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const given = JSON.stringify(keys);
  await session.query(
    `INSERT INTO di.record_identity (table_id, record_key)
     SELECT DISTINCT $1::uuid, k.record_key FROM jsonb_array_elements($2::jsonb) AS k (record_key) ORDER BY 2
     ON CONFLICT DO NOTHING`,
    [tableId, given],
  );
  // One by one, by the index: a join that is planned before anybody counted the table compares each with each.
  const found = await session.query<{ id: string }>(
    `SELECT i.id FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS k (record_key, place)
     CROSS JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $1::uuid AND n.record_key = k.record_key OFFSET 0) i
     ORDER BY k.place`,
    [tableId, given],
  );
  return found.map((row) => row.id);
}

/** Who some keys stand for, and those who were merged into them. */
export async function identitiesOf(
  session: Session,
  tableId: string,
  keys: readonly RecordKey[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await session.query<{ id: string }>(
    `WITH named AS (
       SELECT i.id FROM jsonb_array_elements($2::jsonb) AS k (record_key)
       JOIN di.record_identity i ON i.table_id = $1::uuid AND i.record_key = k.record_key)
     SELECT id FROM named UNION SELECT m.id FROM named n JOIN di.record_identity m ON m.merged_into = n.id
     ORDER BY 1`,
    [tableId, JSON.stringify(keys)],
  );
  return rows.map((row) => row.id);
}
