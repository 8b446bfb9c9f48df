import { setImmediate as nextTurn } from 'node:timers/promises';
import { readMoment, Refusal, type Coerce } from '../values/check-value.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import type { MappedColumn, Mapping, Rejection } from './mapping.ts';

/**
 * Records as the table takes them, a column at a time: that is how they are sent to the database, and the fastest way to
 * make them. A record is known by its place in the batch.
 */
export interface MappedRecords {
  readonly ids: readonly string[];
  /** SystemModstamp, in UTC with milliseconds. */
  readonly stamps: readonly string[];
  /** Values in the order of the mapping's columns, as PostgreSQL reads them. */
  readonly columns: readonly (readonly (string | null)[])[];
  /** Places of the records to be written: one a primary key, the latest, in the order of their keys. */
  readonly rows: readonly number[];
  /** Places of other records that have the key of one of the rows, by its place. */
  readonly contenders: ReadonlyMap<number, readonly number[]>;
  /** Places of versions of a record of which the same batch has a later one. */
  readonly superseded: readonly number[];
  /** Places of records that have no primary key. */
  readonly keyless: readonly number[];
  readonly rejected: readonly Rejection[];
}

/** Places of all records that claim a row. */
export function claimants({ rows, contenders }: MappedRecords): readonly number[] {
  return contenders.size === 0 ? rows : rows.flatMap((place) => [place, ...(contenders.get(place) ?? [])]);
}

/** Records as the table takes them. One bad record stops nobody else. */
export function mapRecords(mapping: Mapping, records: readonly (readonly unknown[])[]): MappedRecords {
  const work = mappingOf(mapping, records);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Values that are mapped before others are answered. */
const VALUES_OF_A_TURN = 50_000;

/** The same as `mapRecords`, which lets others be answered in between where there are many values. */
export async function mapRecordsInTurns(
  mapping: Mapping,
  records: readonly (readonly unknown[])[],
): Promise<MappedRecords> {
  const work = mappingOf(mapping, records);
  for (let values = 0; ; values += records.length) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (values + records.length <= VALUES_OF_A_TURN) continue;
    values = 0;
    await nextTurn();
  }
}

/** Maps records; stops after each column. */
function* mappingOf(
  mapping: Mapping,
  records: readonly (readonly unknown[])[],
): Generator<undefined, MappedRecords> {
  const refusals = new Map<number, Rejection>();
  const ids = readIds(records, refusals);
  const stamps = readStamps(records, ids, refusals);
  // Keys come first: of a record without one nothing else counts.
  const keys = new Map(mapping.key.map((key) => [key, readKeyColumn(mapping, key, records, ids, refusals)]));
  const keyless = emptyPlaces([...keys.values()]).filter((place) => !refusals.has(place));
  const columns: (readonly (string | null)[])[] = [];
  for (const [index, column] of mapping.columns.entries()) {
    columns.push(keys.get(index) ?? readColumn(column, records, ids, refusals));
    yield;
  }
  for (const place of keyless) refusals.delete(place);
  const rejected = [...refusals].sort(([one], [other]) => one - other).map(([, rejection]) => rejection);
  const { latest, superseded } = latestVersions(ids, stamps, refusals);
  const withKey = keyless.length === 0 ? latest : latest.filter(without(keyless));
  const { rows, contenders } = byKey(mapping, columns, { ids, stamps }, withKey);
  return {
    ...{ ids, stamps, columns, rows, contenders, superseded, rejected },
    keyless: superseded.length === 0 ? keyless : keyless.filter(without(superseded)),
  };
}

/** Places at which some column has no value. */
function emptyPlaces(columns: readonly (readonly (string | null)[])[]): number[] {
  const places = new Set<number>();
  for (const column of columns)
    for (let place = column.indexOf(null); place >= 0; place = column.indexOf(null, place + 1))
      places.add(place);
  return [...places].sort((one, other) => one - other);
}

function without(places: readonly number[]): (place: number) => boolean {
  const excluded = new Set(places);
  return (place) => !excluded.has(place);
}

function readIds(records: readonly (readonly unknown[])[], refusals: Map<number, Rejection>): string[] {
  return records.map(([given], place) => {
    const id = typeof given === 'string' ? salesforceId(given) : null;
    if (id !== null) return id;
    const message = 'The record has no Salesforce id.';
    refusals.set(place, { id: null, code: 'invalid-id', field: 'Id', message });
    return '';
  });
}

function readStamps(
  records: readonly (readonly unknown[])[],
  ids: readonly string[],
  refusals: Map<number, Rejection>,
): string[] {
  return records.map(([, modstamp], place) => {
    const stamp = typeof modstamp === 'string' ? readMoment(modstamp) : null;
    if (stamp !== null) return stamp;
    const message = 'SystemModstamp is not a moment.';
    if (!refusals.has(place))
      refusals.set(place, { id: ids[place] ?? null, code: 'not-a-date', field: 'SystemModstamp', message });
    return '';
  });
}

/** A column of the primary key: what is required of it is told of the record as a whole. */
function readKeyColumn(
  mapping: Mapping,
  key: number,
  records: readonly (readonly unknown[])[],
  ids: readonly string[],
  refusals: Map<number, Rejection>,
): (string | null)[] {
  const column = mapping.columns[key];
  if (!column) throw new Error(`The mapping has no column ${key}.`);
  const coerce: Coerce = (value) => {
    const coerced = column.coerce(value);
    return coerced instanceof Refusal && coerced.code === 'required' ? null : coerced;
  };
  return readColumn({ ...column, coerce }, records, ids, refusals);
}

function readColumn(
  { source, read, coerce }: MappedColumn,
  records: readonly (readonly unknown[])[],
  ids: readonly string[],
  refusals: Map<number, Rejection>,
): (string | null)[] {
  return records.map((record, place) => {
    const value = coerce(read(record));
    if (!(value instanceof Refusal)) return value;
    const { code, message } = value;
    // The first fault of a record is told; it is rejected anyway.
    if (!refusals.has(place)) refusals.set(place, { id: ids[place] ?? null, code, field: source, message });
    return null;
  });
}

/** Of several versions of one record the latest counts, of equally late ones the last. */
function latestVersions(
  ids: readonly string[],
  stamps: readonly string[],
  refusals: ReadonlyMap<number, Rejection>,
): { latest: readonly number[]; superseded: readonly number[] } {
  const byId = new Map<string, number>();
  const superseded: number[] = [];
  ids.forEach((id, place) => {
    if (refusals.has(place)) return;
    const other = byId.get(id);
    const isLatest = other === undefined || (stamps[other] ?? '') <= (stamps[place] ?? '');
    if (other !== undefined) superseded.push(isLatest ? other : place);
    if (isLatest) byId.set(id, place);
  });
  return { latest: [...byId.values()], superseded };
}

/** Records of which some have other keys than they came with. */
export function withKeysAnew(mapping: Mapping, records: MappedRecords): MappedRecords {
  const { columns, ids, stamps } = records;
  const places = claimants(records);
  return { ...records, ...byKey(mapping, columns, { ids, stamps }, places) };
}

/** Of several records with one key the one that changed last stands for all, of equally late ones the one of the lower id. */
function byKey(
  mapping: Mapping,
  columns: MappedRecords['columns'],
  { ids, stamps }: Pick<MappedRecords, 'ids' | 'stamps'>,
  places: readonly number[],
): Pick<MappedRecords, 'rows' | 'contenders'> {
  const keys = mapping.key.flatMap((key) => (columns[key] ? [columns[key]] : []));
  const [first] = keys;
  const leaders = new Map<string, number>();
  const others = new Map<string, number[]>();
  for (const place of places) {
    const key =
      keys.length === 1 ? (first?.[place] ?? '') : JSON.stringify(keys.map((column) => column[place]));
    const leader = leaders.get(key);
    const isLeader = leader === undefined || isAhead({ ids, stamps }, place, leader);
    if (isLeader) leaders.set(key, place);
    if (leader === undefined) continue;
    const behind = isLeader ? leader : place;
    const list = others.get(key);
    if (list) list.push(behind);
    else others.set(key, [behind]);
  }
  // Every batch takes its rows in one order, so that two of them wait for each other instead of standing in each other's way.
  const ordered = [...leaders].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    rows: ordered.map(([, place]) => place),
    contenders: new Map([...others].map(([key, list]) => [leaders.get(key) ?? -1, list])),
  };
}

function isAhead(
  { ids, stamps }: Pick<MappedRecords, 'ids' | 'stamps'>,
  one: number,
  other: number,
): boolean {
  const [stamp = '', otherStamp = ''] = [stamps[one], stamps[other]];
  return stamp === otherStamp ? (ids[one] ?? '') < (ids[other] ?? '') : stamp > otherStamp;
}
