import type pg from 'pg';
import { arrayLiteral } from '../../database/array-literal.ts';
import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { clientSession, type Session } from '../../database/session.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { keyFields, keyObject } from '../../people/record-keys.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Rejection } from '../../projects/mapping.ts';
import { forgetRivals, handOver, placesWithRivals, takeOver, type Handover } from '../../records/rivals.ts';
import { hasNewKey, isConvertedLead } from '../../records/rival-values.sql.ts';
import { sqlType } from '../../values/field-types.ts';
import { ExclusiveNeeded, rivalTableOf, type Batch } from './batch.ts';
import { isConverted, keepRivals } from './keep-rivals.ts';
import { keyOf } from './record-values.ts';
import { rejection } from './write-apart.ts';

/** What became of the records of a batch that claim rows of others. */
export interface Contest {
  /** Places of the records that are written. */
  readonly rows: readonly number[];
  /** How many records are kept as rivals; the others are older than what the row holds. */
  readonly rivals: number;
  /** Rivals whose values the database refused. */
  readonly rejected: readonly Rejection[];
  /** Keys of rows that were handed over, by the records that are to be written into them. */
  readonly handed: ReadonlyMap<string, RecordKey>;
}

/** Since when records leave the rows that they fill, by id; `isGone` where they are deleted. */
export type Leaving = ReadonlyMap<string, { readonly at: string; readonly isGone: boolean }>;

/** The record that a row comes from. */
interface Holder {
  /** Of the claims. */
  readonly index: number;
  readonly id: string;
  readonly stamp: Date | null;
  readonly archived_at: Date | null;
  readonly is_converted: boolean;
  /** The project has given the row this key, and Salesforce has not heard of it yet. */
  readonly has_new_key: boolean;
  readonly key: RecordKey;
}

/**
 * Decides between the records of a batch and those that fill the rows of their keys, by the table's rule: who wins is written
 * next, into a row that was handed over to it; who loses is kept as a rival. Versions are compared with those of the same record
 * only. Throws ExclusiveNeeded where the table would get its first rivals beside others that cannot know of them.
 *
 * @param claims places of the records that claim a row, by their keys
 * @param rivals what records are kept with that lose; whether the table has rivals, and may get some beside other batches
 */
export async function contest(
  client: pg.PoolClient,
  batch: Batch,
  mapped: MappedRecords,
  claims: readonly (readonly number[])[],
  leaving: Leaving,
  rivals: { readonly values: MappedRecords; readonly areThere: boolean; readonly mayBe: boolean },
): Promise<Contest> {
  const session = clientSession(client);
  const table = rivalTableOf(batch.target);
  const holders = await lockHolders(client, batch, mapped, claims);
  const yielding = rivals.areThere ? await findYielding(session, batch, mapped, claims) : NOBODY;
  const decided = claims.map((places, index) =>
    decide(batch, mapped, places, holders.get(index) ?? null, leaving, yielding.has(index)),
  );
  const losers = decided.flatMap((each) => each.rivals);
  const handovers = decided.flatMap(({ handover }) => handover ?? []);
  const isKeeping = losers.length > 0 || handovers.some(({ former }) => former !== 'gone');
  if (isKeeping && !rivals.mayBe) throw new ExclusiveNeeded();
  await handOver(session, table, handovers);
  await keepRivals(session, batch, rivals.values, losers);
  const yielded = decided.flatMap(({ left }) => (left === null ? [] : [{ key: left, away_at: null }]));
  const rejected: Rejection[] = [];
  await takeOver(session, table, yielded, (id, error) => {
    rejected.push(rejection(batch.mapping, id, error));
  });
  const written = decided.flatMap(({ winner }) => winner ?? []);
  if (rivals.areThere)
    await forgetRivals(
      session,
      table.id,
      written.flatMap((place) => mapped.ids[place] ?? []),
    );
  return {
    rows: written,
    rivals: losers.length,
    rejected,
    handed: new Map(handovers.map(({ to, key }) => [to, key])),
  };
}

const NOBODY: ReadonlySet<number> = new Set();

/** Of claims those of converted leads only, where a rival waits that is none. */
async function findYielding(
  session: Session,
  batch: Batch,
  mapped: MappedRecords,
  claims: readonly (readonly number[])[],
): Promise<ReadonlySet<number>> {
  const converted = [...claims.entries()].filter(([, places]) =>
    places.every((place) => isConverted(batch, place)),
  );
  if (converted.length === 0) return NOBODY;
  const keys = converted.map(([, [first = -1]]) => keyOf(batch, mapped, first));
  const found = await placesWithRivals(session, batch.target.tableId, keys);
  return new Set(converted.flatMap(([index], place) => (found.has(place) ? [index] : [])));
}

/** The records that fill the rows of some keys, where others claim them; their rows are locked. */
async function lockHolders(
  client: pg.PoolClient,
  { target, mapping }: Batch,
  mapped: MappedRecords,
  claims: readonly (readonly number[])[],
): Promise<ReadonlyMap<number, Holder>> {
  const first = claims.map(([place = -1]) => place);
  const key = keyFields(target);
  const names = key.map(({ name }) => quoteIdentifier(name));
  const tableId = `$${key.length + 3}::uuid`;
  const rowKey = keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`);
  const found = await client.query<Holder>(
    `SELECT i._index AS index, r."_salesforce_id" AS id, r."_source_modstamp" AS stamp, r."_archived_at" AS archived_at,
       ${isConvertedLead(tableId)} AS is_converted, ${hasNewKey(tableId, rowKey, target.primaryKey)} AS has_new_key, ${rowKey} AS key
     FROM unnest($1::int[], $2::text[], ${key.map((field, index) => `$${index + 3}::${sqlType(field)}[]`).join(', ')})
       AS i (_index, _id, ${names.join(', ')})
     JOIN ${quoteTable(target.schemaName, target.tableCode)} r ON ${names.map((name) => `r.${name} = i.${name}`).join(' AND ')}
     WHERE r."_salesforce_id" <> i._id
     FOR UPDATE OF r`,
    [
      claims.map((_places, index) => index),
      // Of a row that several claim, its own record may be among them.
      arrayLiteral(
        claims.map(([place = -1, ...others]) => (others.length > 0 ? '' : (mapped.ids[place] ?? ''))),
      ),
      ...mapping.key.map((column) =>
        arrayLiteral(first.map((place) => mapped.columns[column]?.[place] ?? null)),
      ),
      target.tableId,
    ],
  );
  return new Map(found.rows.map((holder) => [holder.index, holder]));
}

interface Decision {
  /** The place of the record that is written; null where another record keeps the row. */
  readonly winner: number | null;
  readonly rivals: readonly number[];
  readonly handover: Handover | null;
  /** The key of the row that a rival takes; null where none does. */
  readonly left: RecordKey | null;
}

/** A record that may fill a row; `place` is null where it is not in the batch. */
interface Claimant {
  readonly place: number | null;
  readonly id: string;
  readonly stamp: string;
  readonly isConverted: boolean;
  readonly isHolder: boolean;
}

function decide(
  batch: Batch,
  mapped: MappedRecords,
  places: readonly number[],
  holder: Holder | null,
  leaving: Leaving,
  isYielding: boolean,
): Decision {
  const held = holder?.stamp?.toISOString() ?? '';
  const isStale = (place: number): boolean =>
    mapped.ids[place] === holder?.id && (mapped.stamps[place] ?? '') < held;
  const claimants = places.flatMap((place): Claimant[] =>
    isStale(place) ? [] : [claimantAt(batch, mapped, place, holder?.id ?? null)],
  );
  const stays =
    holder !== null && isStaying(holder, held, leaving) && !claimants.some(({ isHolder }) => isHolder);
  const all = stays
    ? [
        ...claimants,
        { place: null, id: holder.id, stamp: held, isConverted: holder.is_converted, isHolder: true },
      ]
    : claimants;
  if (isYielding && !stays) {
    const key = keyOf(batch, mapped, places[0] ?? -1);
    return { winner: null, rivals: claimants.flatMap(({ place }) => place ?? []), handover: null, left: key };
  }
  const order = holder?.has_new_key === true ? KEEPS : ORDERS[batch.target.rivals];
  const winner = all.reduce<Claimant | null>(
    (best, each) => (best === null || isAhead(order, each, best) ? each : best),
    null,
  );
  const rivals = claimants.flatMap(({ place }) => (place === null || place === winner?.place ? [] : [place]));
  const isTaken = holder !== null && winner !== null && winner.id !== holder.id;
  return {
    winner: winner?.place ?? null,
    rivals,
    left: null,
    handover: isTaken
      ? { key: holder.key, to: winner.id, former: formerOf(holder, claimants, leaving) }
      : null,
  };
}

function claimantAt(batch: Batch, mapped: MappedRecords, place: number, holder: string | null): Claimant {
  const id = mapped.ids[place] ?? '';
  return {
    ...{ place, id, stamp: mapped.stamps[place] ?? '' },
    isConverted: isConverted(batch, place),
    isHolder: id === holder,
  };
}

function isStaying(holder: Holder, held: string, leaving: Leaving): boolean {
  const left = leaving.get(holder.id);
  return holder.archived_at === null && (left === undefined || left.at < held);
}

/** What is kept of a record that loses its row: its newer values, where they are in the batch, are kept with the rivals. */
function formerOf(holder: Holder, claimants: readonly Claimant[], leaving: Leaving): Handover['former'] {
  if (claimants.some(({ isHolder }) => isHolder)) return 'gone';
  if (holder.archived_at !== null) return { awayAt: holder.archived_at.toISOString() };
  const left = leaving.get(holder.id);
  if (left === undefined) return 'rival';
  return left.isGone ? 'gone' : { awayAt: left.at };
}

type Order = (one: Claimant, other: Claimant) => boolean;

const isOlder: Order = (one, other) => one.id < other.id;

const ORDERS: Readonly<Record<Batch['target']['rivals'], Order>> = {
  'latest-change': (one, other) =>
    one.stamp === other.stamp ? isOlder(one, other) : one.stamp > other.stamp,
  'first-come': (one, other) => (one.isHolder === other.isHolder ? isOlder(one, other) : one.isHolder),
  'oldest-record': isOlder,
};

/** A row stays with the record that the project has given its key: under its old one nobody knows that record. */
const KEEPS = ORDERS['first-come'];

/** A converted lead has a row only as long as nobody else claims it. */
function isAhead(order: Order, one: Claimant, other: Claimant): boolean {
  return one.isConverted === other.isConverted ? order(one, other) : other.isConverted;
}
