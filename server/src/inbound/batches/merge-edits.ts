import type pg from 'pg';
import { clientSession } from '../../database/session.ts';
import { withKeysAnew, type MappedRecords } from '../../projects/map-records.ts';
import type { Mapping } from '../../projects/mapping.ts';
import type { Batch, Care } from './batch.ts';
import { keepConflicts, settleContested, type Contested, type Decided } from './contested-deliveries.ts';
import { mergeField, type ConflictRule } from './merge-field.ts';
import { arraysOf } from './write-apart.ts';

/** Records as they are written, where some met rows with changes that wait. */
export interface MergedRecords {
  readonly records: MappedRecords;
  /** Places of records whose rows are locked and merged: nothing of them is overlooked if they are written. */
  readonly merged: ReadonlySet<number>;
  /** The values as the records brought them. */
  readonly came: MappedRecords['columns'];
  /** Columns in which the project has won, by its row's value. */
  readonly kept: readonly Decided[];
}

/** Columns that both come from a field and go to it. */
interface Pair {
  readonly integration: string;
  readonly name: string;
  readonly field: string;
  readonly rule: ConflictRule;
  /** The field is written only where the record has no value in it. */
  readonly fills: boolean;
}

/**
 * Merges what comes with what waits to be sent of the same rows, field by field: what only one side has changed stays, and
 * of what both have the rule decides. Deliveries are told what is left of them. Rows stay locked. Call it in the
 * transaction of the batch, before anything of it is written.
 *
 * @param places of records that may write a row
 * @param kept what rows of theirs have brought along from other keys: it goes before what waits of the rows that they take
 */
export async function mergeEdits(
  client: pg.PoolClient,
  batch: Batch,
  records: MappedRecords,
  places: readonly number[],
  care: Care,
  kept: readonly Decided[] = [],
): Promise<MergedRecords> {
  const unmerged = { records, merged: new Set<number>(), came: records.columns, kept: [] };
  if (!care.moves || places.length === 0) return unmerged;
  const pairs = await pairsOf(client, batch);
  // Of a table that no integration looks at no row is marked, unless one was met.
  if (pairs === null && !care.merges) return unmerged;
  const edited = await lockEdited(client, batch, records, places);
  if (edited.length === 0) return unmerged;
  const contested = await contestedOf(client, batch, records, edited, pairs ?? []);
  const decided = decideAll(batch, records, contested, kept);
  const merged = withOurs(batch, records, decided);
  const session = clientSession(client);
  await keepConflicts(session, batch, records, decided);
  await settleContested(session, decided);
  await client.query({
    name: `${batch.sql.name}_unmark`,
    text: batch.sql.unmark,
    values: [...keysOf(batch, records, edited), batch.target.tableId],
  });
  const won = decided.filter(({ winner }) => winner === 'project');
  return { ...unmerged, records: merged, merged: new Set(edited), kept: won };
}

/** Of the integrations of the connection and object; null where none at all looks at the table. */
async function pairsOf(client: pg.PoolClient, { target, mapping, body }: Batch): Promise<Pair[] | null> {
  const { rows } = await client.query<Pair & { readonly is_own: boolean }>(
    `SELECT g.id AS integration, m.entry->>'column' AS name, m.entry->>'salesforceField' AS field,
       coalesce(m.entry->>'onConflict', 'newest') AS rule, coalesce((m.entry->>'onlyWhenEmpty')::boolean, false) AS fills, g.connection_id = $1 AND lower(g.object) = lower($3) AS is_own
     FROM di.integration g CROSS JOIN LATERAL jsonb_array_elements(g.mapping) AS m (entry)
     WHERE g.table_id = $2 AND g.status IN ('active', 'paused') AND m.entry ? 'column' AND m.entry->>'on' = 'always'`,
    [target.connectionId, target.tableId, body.object],
  );
  if (rows.length === 0) return null;
  const sources = new Map(
    mapping.columns.map(({ field, place }) => [
      field.name,
      place === null ? undefined : body.fields[place]?.toLowerCase(),
    ]),
  );
  return rows.filter(({ is_own, name, field }) => is_own && sources.get(name) === field.toLowerCase());
}

const keysOf = ({ mapping }: Batch, records: MappedRecords, places: readonly number[]): string[] =>
  arraysOf(
    records,
    places,
    mapping.key.map((key) => records.columns[key]),
  );

async function lockEdited(
  client: pg.PoolClient,
  batch: Batch,
  records: MappedRecords,
  places: readonly number[],
): Promise<number[]> {
  const { rows } = await client.query<{ place: number }>({
    name: `${batch.sql.name}_lock_edited`,
    text: batch.sql.lockEdited,
    values: keysOf(batch, records, places),
  });
  return [...new Set(rows.flatMap(({ place }) => places[place] ?? []))];
}

/** Of a record's own row before those of the one of its key. */
async function contestedOf(
  client: pg.PoolClient,
  batch: Batch,
  records: MappedRecords,
  edited: readonly number[],
  pairs: readonly Pair[],
): Promise<Contested[]> {
  const { rows } = await client.query<Contested>({
    name: `${batch.sql.name}_contested`,
    text: batch.sql.contested,
    values: [...arraysOf(records, edited, records.columns), JSON.stringify(pairs), batch.target.tableId],
  });
  return rows.map((row) => ({ ...row, place: edited[row.place] ?? -1 }));
}

/** A row that gives its changes to another one's gives way where both have changed a column. */
function decideAll(
  batch: Batch,
  records: MappedRecords,
  contested: readonly Contested[],
  kept: readonly Decided[],
): Decided[] {
  const won = new Map(kept.map((each) => [cellOf(each), each]));
  return contested.map((each) => {
    const other = won.get(cellOf(each));
    if (other && other.identity_id !== each.identity_id)
      return {
        ...each,
        winner: 'salesforce',
        isConflict: !each.is_ours_base && each.our_text !== other.our_text,
      };
    const decided = decide(batch, records, each);
    if (decided.winner === 'project') won.set(cellOf(each), decided);
    return decided;
  });
}

const cellOf = ({ place, name }: Contested): string => `${place} ${name}`;

function decide({ edits, mapping }: Batch, { ids }: MappedRecords, contested: Contested): Decided {
  const merged = mergeField({
    isOursBase: contested.is_ours_base,
    isTheirsBase: contested.is_theirs_base,
    isAgreed: contested.is_agreed,
    isOursNewer: contested.is_ours_newer === true,
    rule: contested.rule,
    onlyWhenEmpty: {
      incoming: mapping.columns.some(
        ({ field, onlyWhenEmpty }) => onlyWhenEmpty && field.name === contested.name,
      ),
      outgoing: contested.fills,
      isOursEmpty: contested.ours === 'null',
      isTheirsEmpty: contested.theirs === 'null',
    },
    isOwnWrite: edits?.isOwnWrite(ids[contested.place] ?? '', contested.name) === true,
  });
  return { ...contested, ...merged };
}

/** Records with the values that the project has won; where it has won a key, they claim the row of that. */
function withOurs({ mapping }: Batch, records: MappedRecords, decided: readonly Decided[]): MappedRecords {
  const kept = decided.filter(({ winner }) => winner === 'project');
  if (kept.length === 0) return records;
  const merged = withCells(mapping, records, kept, ({ our_text: value }) => value);
  const keys = new Set(mapping.key.map((column) => mapping.columns[column]?.field.name));
  return kept.some(({ name }) => keys.has(name)) ? withKeysAnew(mapping, merged) : merged;
}

/** Records with the values that they brought, under the keys that they have after the merge. */
export function asTheyCame({ mapping }: Batch, { records, came }: MergedRecords): MappedRecords {
  const columns = records.columns.map((values, column) =>
    mapping.key.includes(column) ? values : (came[column] ?? values),
  );
  return { ...records, columns };
}

/** Records that have again what they brought, in columns that the project had won of rows that they have left. */
export function withTheirs(
  { mapping }: Batch,
  { records, came }: MergedRecords,
  left: readonly Decided[],
): MappedRecords {
  if (left.length === 0) return records;
  return withCells(mapping, records, left, ({ place }, column) => came[column]?.[place] ?? null);
}

/** Records with other values in some cells. */
function withCells(
  mapping: Mapping,
  records: MappedRecords,
  cells: readonly Decided[],
  valueOf: (cell: Decided, column: number) => string | null,
): MappedRecords {
  const columns = records.columns.map((values, column) => {
    const ofColumn = cells.filter(({ name }) => name === mapping.columns[column]?.field.name);
    if (ofColumn.length === 0) return values;
    const written = [...values];
    for (const cell of ofColumn) written[cell.place] = valueOf(cell, column);
    return written;
  });
  return { ...records, columns };
}
