import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { writeInParts } from '../database/in-parts.ts';
import type { Session } from '../database/session.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { hasKey, keyFields, keyObject } from '../people/record-keys.ts';
import type { RivalRule } from '../projects/rival-rule.ts';
import { holdsNoLaterVersion } from '../projects/system-columns.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { FILLED_COLUMNS, isConvertedLead, valuesBeforeEdits, waitingColumns } from './rival-values.sql.ts';
import { unlinkFormer } from './unlink-former.ts';

/** A table whose rows several records may claim. */
export type RivalTable = Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'> & {
  readonly schemaName: string;
  readonly rivals: RivalRule;
};

/** A record, and the version from which on something is true of it. */
export type RecordVersion = readonly [id: string, at: string];

/** Rivals in the order in which they take a row, by the table's rule; `v` is the rival. */
const ORDERS: Readonly<Record<RivalRule, string>> = {
  'latest-change': 'v.modstamp DESC, v.salesforce_id COLLATE "C"',
  'first-come': 'v.seen_at, v.salesforce_id COLLATE "C"',
  // Salesforce counts ids up, and those of contacts (003) stand before those of leads (00Q).
  'oldest-record': 'v.salesforce_id COLLATE "C"',
};

/** Of some keys those that a rival waits for which is no converted lead, by their places. */
export async function placesWithRivals(
  session: Session,
  tableId: string,
  keys: readonly RecordKey[],
): Promise<ReadonlySet<number>> {
  const rows = await session.query<{ place: number }>(
    `SELECT k.place - 1 AS place FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS k (record_key, place)
     WHERE EXISTS (
       SELECT FROM di.rival v
       WHERE v.table_id = $1::uuid AND v.record_key = k.record_key AND v.away_at IS NULL AND NOT v.is_converted)`,
    [tableId, JSON.stringify(keys)],
  );
  return new Set(rows.map(({ place }) => place));
}

/** Whether any of some records is known as a rival, one that does not count now too. */
export async function isAnyRival(
  session: Session,
  tableId: string,
  ids: readonly string[],
): Promise<boolean> {
  const found = await session.query(
    'SELECT FROM di.rival v WHERE v.table_id = $1::uuid AND v.salesforce_id = ANY ($2::text[]) LIMIT 1',
    [tableId, ids],
  );
  return found.length > 0;
}

/** Of versions that come, the records of which a later version is kept as a rival's. */
export async function laterRivals(
  session: Session,
  tableId: string,
  versions: readonly RecordVersion[],
): Promise<readonly string[]> {
  const rows = await session.query<{ id: string }>(
    `SELECT v.salesforce_id AS id FROM unnest($2::text[], $3::timestamptz[]) AS i (id, at)
     JOIN di.rival v ON v.table_id = $1::uuid AND v.salesforce_id = i.id WHERE v.modstamp > i.at`,
    [tableId, ...columnsOf(versions)],
  );
  return rows.map(({ id }) => id);
}

/** Records that fill rows are no rivals. */
export async function forgetRivals(session: Session, tableId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await session.query(
    'DELETE FROM di.rival v WHERE v.table_id = $1::uuid AND v.salesforce_id = ANY ($2::text[])',
    [tableId, ids],
  );
}

/** Rivals that were deleted are none, unless a later version of them is there. */
export async function deleteRivals(
  session: Session,
  tableId: string,
  versions: readonly RecordVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  await session.query(
    `DELETE FROM di.rival v USING unnest($2::text[], $3::timestamptz[]) AS g (id, at)
     WHERE v.table_id = $1::uuid AND v.salesforce_id = g.id AND v.modstamp <= g.at`,
    [tableId, ...columnsOf(versions)],
  );
}

/** Rivals that were archived, or lost their key, do not count until a later version of them comes. */
export async function setRivalsAway(
  session: Session,
  tableId: string,
  versions: readonly RecordVersion[],
): Promise<void> {
  if (versions.length === 0) return;
  await session.query(
    `UPDATE di.rival v SET away_at = g.at, modstamp = greatest(v.modstamp, g.at), values = '{}'
     FROM (SELECT id, max(at) AS at FROM unnest($2::text[], $3::timestamptz[]) AS u (id, at) GROUP BY id) AS g
     WHERE v.table_id = $1::uuid AND v.salesforce_id = g.id AND v.modstamp <= g.at`,
    [tableId, ...columnsOf(versions)],
  );
}

/** A row whose record leaves it. */
export interface LeftRow {
  readonly key: RecordKey;
  /** Since when the record does not count, where older versions of it are not to come back; null where nothing is kept of it. */
  readonly away_at: string | null;
}

/** The rows that some records fill, as far as no later version of them is there; locked. */
export async function lockRowsOf(
  session: Session,
  table: RivalTable,
  versions: readonly RecordVersion[],
): Promise<{ readonly key: RecordKey; readonly at: Date }[]> {
  if (versions.length === 0) return [];
  return session.query(
    `SELECT ${keyObject(keyFields(table), (field) => `r.${quoteIdentifier(field.name)}`)} AS key, g._at AS at
     FROM unnest($1::text[], $2::timestamptz[]) AS g (_id, _at)
     JOIN ${tableOf(table)} r ON r."_salesforce_id" = g._id
     WHERE r."_archived_at" IS NULL AND ${holdsNoLaterVersion('g._at')}
     ORDER BY 1 FOR UPDATE OF r`,
    [...columnsOf(versions)],
  );
}

/** A row whose record changes. */
export interface Handover {
  readonly key: RecordKey;
  /** The record that takes the row. */
  readonly to: string;
  /** What becomes of the record that has it: a rival, one that does not count since then, or nothing at all. */
  readonly former: 'rival' | 'gone' | { readonly awayAt: string };
}

/**
 * Hands rows over to other records, which are to be written into them next, in any version. What the former ones had is kept.
 * Call it in the transaction that writes the rows, which are locked.
 */
export async function handOver(
  session: Session,
  table: RivalTable,
  handovers: readonly Handover[],
): Promise<void> {
  if (handovers.length === 0) return;
  const kept = handovers.flatMap(({ key, former }) =>
    former === 'gone' ? [] : [{ key, away_at: former === 'rival' ? null : former.awayAt }],
  );
  await keepFormer(session, table, kept);
  await unlinkFormer(
    session,
    table,
    handovers.map(({ key }) => key),
  );
  await session.query(
    `UPDATE ${tableOf(table)} r SET "_salesforce_id" = h._id, "_source_modstamp" = NULL
     FROM jsonb_to_recordset($1::jsonb) AS h (_key jsonb, _id text) WHERE ${hasKey(keyFields(table), 'r', 'h._key')}`,
    [JSON.stringify(handovers.map(({ key, to }) => ({ _key: key, _id: to })))],
  );
}

/**
 * Keeps the records of rows with their values: those of columns that some transfer fills. What the project has put there and
 * has not sent yet is the row's, not the record's.
 */
async function keepFormer(session: Session, table: RivalTable, rows: readonly LeftRow[]): Promise<void> {
  if (rows.length === 0) return;
  const key = keyFields(table);
  const record = {
    ...{ tableId: '$1::uuid', id: 'r."_salesforce_id"', connectionId: 'f.connection_id' },
    key: keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`),
  };
  await session.query(
    `WITH filled AS MATERIALIZED (
       SELECT CASE WHEN count(DISTINCT x.connection_id) = 1 THEN min(x.connection_id::text)::uuid END AS connection_id,
         array_agg(DISTINCT e.entry->>'column') AS columns
       FROM di.transfer x CROSS JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry) WHERE x.table_id = $1::uuid)
     INSERT INTO di.rival AS v (table_id, salesforce_id, is_converted, connection_id, record_key, modstamp, values, away_at)
     SELECT $1::uuid, r."_salesforce_id", ${isConvertedLead('$1::uuid')}, f.connection_id, ${record.key},
       greatest(coalesce(r."_source_modstamp", 'epoch'), d._away_at),
       CASE WHEN d._away_at IS NOT NULL THEN '{}' ELSE coalesce(
         (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(to_jsonb(r.*)) AS e WHERE e.key = ANY (f.columns)), '{}') || ${valuesBeforeEdits(record, 'f.columns', table.fields)} END,
       d._away_at
     FROM jsonb_to_recordset($2::jsonb) AS d (_key jsonb, _away_at timestamptz)
     JOIN ${tableOf(table)} r ON ${hasKey(key, 'r', 'd._key')}
     CROSS JOIN filled f
     WHERE r."_salesforce_id" IS NOT NULL
     ON CONFLICT (table_id, salesforce_id) DO UPDATE SET connection_id = EXCLUDED.connection_id,
       record_key = EXCLUDED.record_key, modstamp = EXCLUDED.modstamp, values = EXCLUDED.values,
       is_converted = EXCLUDED.is_converted, seen_at = EXCLUDED.seen_at, away_at = EXCLUDED.away_at`,
    [table.id, JSON.stringify(rows.map((row) => ({ _key: row.key, _away_at: row.away_at })))],
  );
}

interface BestRival extends LeftRow {
  readonly id: string;
}

/**
 * Lets the best rival of each of some rows take it, whose record leaves: the row is what the rival is, in the rival's own
 * version, and keeps what no record fills. Where the database refuses the rival's values, the next one has its turn. Answers
 * the keys of rows that were taken.
 *
 * @param refuse is told of each rival that was refused
 */
export async function takeOver(
  session: Session,
  table: RivalTable,
  rows: readonly LeftRow[],
  refuse: (id: string, error: unknown) => void,
): Promise<readonly RecordKey[]> {
  const taken: RecordKey[] = [];
  const refused: string[] = [];
  for (let open = rows; open.length > 0;) {
    const best = await bestRivals(session, table, open, refused);
    const failed: BestRival[] = [];
    const write = (part: readonly BestRival[]): Promise<void> => fill(session, table, part);
    await writeInParts(session, best, write, (one, error) => {
      failed.push(one);
      refused.push(one.id);
      refuse(one.id, error);
    });
    taken.push(...best.filter((one) => !failed.includes(one)).map(({ key }) => key));
    open = failed;
  }
  return taken;
}

/** They are locked: one that leaves at the same time has left by then, or leaves the row that it has taken. */
function bestRivals(
  session: Session,
  table: RivalTable,
  rows: readonly LeftRow[],
  refused: readonly string[],
): Promise<BestRival[]> {
  return session.query(
    `SELECT b.salesforce_id AS id, k.key, k.away_at
     FROM jsonb_to_recordset($2::jsonb) AS k (key jsonb, away_at text)
     CROSS JOIN LATERAL (
       SELECT v.salesforce_id FROM di.rival v
       WHERE v.table_id = $1::uuid AND v.record_key = k.key AND v.away_at IS NULL
         AND v.salesforce_id <> ALL ($3::text[])
       ORDER BY v.is_converted, ${ORDERS[table.rivals]} LIMIT 1 FOR UPDATE) AS b`,
    [table.id, JSON.stringify(rows), refused],
  );
}

/** In SQL, a rival `v`. */
const RIVAL = {
  tableId: 'v.table_id',
  id: 'v.salesforce_id',
  connectionId: 'v.connection_id',
  key: 'v.record_key',
} as const;

async function fill(session: Session, table: RivalTable, rivals: readonly BestRival[]): Promise<void> {
  if (rivals.length === 0) return;
  const columns = table.fields
    .filter(({ name, isArchived }) => isArchived !== true && !table.primaryKey.includes(name))
    .map(({ name }) => quoteIdentifier(name));
  const values =
    columns.length === 0
      ? ''
      : `(${columns.join(', ')}) = (SELECT ${columns.map((column) => `p.${column}`).join(', ')} FROM jsonb_populate_record(r.*, v.values - ${waitingColumns(RIVAL, table.fields)} - ${FILLED_COLUMNS}) AS p),`;
  const ids = rivals.map(({ id }) => id);
  await unlinkFormer(
    session,
    table,
    rivals.map(({ key }) => key),
  );
  await keepFormer(
    session,
    table,
    rivals.filter(({ away_at: awayAt }) => awayAt !== null),
  );
  await session.query(
    `UPDATE ${tableOf(table)} r SET ${values}
       "_salesforce_id" = v.salesforce_id, "_source_modstamp" = v.modstamp, "_changed_at" = now(), "_archived_at" = NULL
     FROM di.rival v
     WHERE v.table_id = $1::uuid AND v.salesforce_id = ANY ($2::text[]) AND ${hasKey(keyFields(table), 'r', 'v.record_key')}`,
    [table.id, ids],
  );
  await forgetRivals(session, table.id, ids);
}

const tableOf = ({ schemaName, code }: RivalTable): string => quoteTable(schemaName, code);

function columnsOf(versions: readonly RecordVersion[]): [string[], string[]] {
  return [versions.map(([id]) => id), versions.map(([, at]) => at)];
}
