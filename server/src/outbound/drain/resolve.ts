import { say } from '../../messages/message.ts';
import type { OrgRecord, SalesforceOrg, WriteOperation } from '../../salesforce/org.ts';
import type { Claim } from '../deliveries/claims.ts';
import { findRecords, type FoundRecords } from './records-by-value.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Refused, Retried, Settled } from '../deliveries/outcomes.ts';
import type { Wish } from './plan.ts';
import { SEVERAL_RECORDS } from '../capture/unreached.sql.ts';
import { withoutRecord } from './without-record.ts';

/** One record to be written for a delivery. */
export interface Write {
  readonly claim: Claim;
  readonly operation: WriteOperation;
  readonly record: OrgRecord;
  /** Whether the record is the row's own, rather than another one of the person's address. */
  readonly isOwn: boolean;
  /** Whether it tells of an opt-out. */
  readonly isOptOut: boolean;
  /** Whether the row is there, and not archived. */
  readonly hasRow: boolean;
}

export interface Resolved {
  readonly writes: Write[];
  readonly settled: Settled[];
  /** Deliveries of which a part could not be placed, whatever becomes of their writes. */
  readonly refused: Refused[];
  /** Deliveries that are looked at again later. */
  readonly retried: Retried[];
  /** Creations, and what they can be found by afterwards. */
  readonly tried: { readonly claim: Claim; readonly value: string }[];
  /** Whether the org was asked, and has answered. */
  readonly hasAsked: boolean;
}

/** Whether a record is the one that a delivery's row came from, or that another row did. */
export type RowOfRecord = (claim: Claim, recordId: string) => 'own' | 'other' | 'none';

/**
 * Turns wishes into writes: looks for the records that are not known.
 *
 * @param rowsOf tells which of some records rows came from
 */
export async function resolve(
  org: SalesforceOrg,
  ending: AbortSignal,
  integration: Integration,
  wishes: readonly Wish[],
  rowsOf: (recordIds: readonly string[]) => Promise<RowOfRecord>,
): Promise<Resolved> {
  const { matching } = integration;
  const isSought = (wish: Wish): boolean =>
    wish.lookup !== null &&
    // An upsert finds its record itself.
    !(matching.by === 'external-id' && wish.newFields !== null);
  const values =
    matching.by === 'record-id'
      ? []
      : wishes.flatMap((wish) => [(isSought(wish) ? wish.lookup : null) ?? [], wish.tried ?? []].flat());
  const reachesAll = matching.by === 'lookup' && matching.several === 'all';
  const compared = reachesAll ? optInNames(wishes) : [];
  const found: FoundRecords =
    values.length === 0 || matching.by === 'record-id'
      ? new Map()
      : await findRecords(org, ending, integration.object, matching.field, values, compared);
  const hasAsked = values.length > 0;
  const resolved: Resolved = { writes: [], settled: [], refused: [], retried: [], tried: [], hasAsked };
  const rowOf = await rowsOf([...found.values()].flat().map(idOf));
  const foundBy = (value: string | null | undefined): readonly OrgRecord[] =>
    (typeof value === 'string' ? found.get(value.toLowerCase()) : undefined) ?? [];
  const taken = new Set<string>();
  for (const wished of wishes) {
    const made = foundBy(wished.tried);
    const tried = withMade(wished, made, rowOf);
    const records = tried.lookup === wished.lookup ? foundBy(wished.lookup) : made;
    const wish = knownByNow(tried, records, rowOf);
    if (wish.change === 'delete') resolveDeletion(resolved, integration, wish, records);
    else if (wish.id === null && records.some((record) => rowOf(wish.claim, idOf(record)) === 'other'))
      resolved.retried.push(ofAnotherRow(wish, integration));
    else if (reachesAll && hasAny(wish.optIns)) resolveAll(resolved, integration, wish, records, taken);
    else resolveOne(resolved, integration, wish, records, taken);
  }
  return resolved;
}

/** The record that an earlier creation has made is the row's own; where it may be another one, what it is looked for by decides. */
function withMade(wish: Wish, made: readonly OrgRecord[], rowOf: RowOfRecord): Wish {
  const [first, ...others] = made.map(idOf);
  if (first === undefined || wish.tried === undefined) return wish;
  const isOwn = others.length === 0 && rowOf(wish.claim, first) !== 'other';
  return isOwn ? { ...wish, id: first } : { ...wish, lookup: wish.tried };
}

/** A row's own record may be back that was gone once: it is among those that are found. */
function knownByNow(wish: Wish, records: readonly OrgRecord[], rowOf: RowOfRecord): Wish {
  if (wish.id !== null || wish.change === 'delete') return wish;
  const own = records.find((record) => rowOf(wish.claim, idOf(record)) === 'own');
  return own ? { ...wish, id: idOf(own) } : wish;
}

const optInNames = (wishes: readonly Wish[]): string[] => [
  ...new Set(wishes.flatMap((wish) => Object.keys(wish.optIns))),
];

const hasAny = (fields: OrgRecord): boolean => Object.keys(fields).length > 0;

const toldOf = ({ isOptOut, hasRow }: Wish): Pick<Write, 'isOptOut' | 'hasRow'> => ({ isOptOut, hasRow });

const idOf = (record: OrgRecord): string => (typeof record.Id === 'string' ? record.Id : '');

function resolveDeletion(
  resolved: Resolved,
  integration: Integration,
  { claim, id, lookup }: Wish,
  records: readonly OrgRecord[],
): void {
  const [first, ...others] = id === null ? records : [{ Id: id }];
  if (!first) resolved.settled.push({ claim, outcome: 'unneeded' });
  else if (others.length > 0)
    resolved.settled.push({ outcome: 'dead', ...several(claim, integration, lookup, records.length) });
  else
    resolved.writes.push({
      claim,
      operation: 'delete',
      record: { Id: idOf(first) },
      isOwn: true,
      isOptOut: false,
      hasRow: false,
    });
}

/**
 * Consent goes to every record of the address that does not say so already; what else the row has goes to its own record
 * only. Of an address with several records none is the row's own unless it is known to be.
 */
function resolveAll(
  resolved: Resolved,
  integration: Integration,
  wish: Wish,
  records: readonly OrgRecord[],
  taken: Set<string>,
): void {
  const { claim, id, lookup, fields, optIns, newFields } = wish;
  const hasRow = hasAny(fields) || newFields !== null;
  if (hasRow && id === null && records.length < 2) {
    resolveOne(resolved, integration, wish, records, taken);
    return;
  }
  const known = id === null || records.some((record) => idOf(record) === id) ? [] : [{ Id: id }];
  const all = [...records, ...known];
  const writes = all.flatMap((record: OrgRecord): Write[] => {
    const isOwn = hasRow && idOf(record) === id;
    if (isOwn ? !hasAny(fields) && isAsSaid(record, optIns) : isAsSaid(record, optIns)) return [];
    const said = { Id: idOf(record), ...(isOwn ? fields : {}), ...optIns };
    return [{ claim, operation: 'update', record: said, isOwn, ...toldOf(wish) }];
  });
  resolved.writes.push(...writes);
  const isHomeless = hasRow && id === null;
  const refusal = isHomeless ? several(claim, integration, lookup, records.length) : null;
  if (refusal && writes.length > 0) resolved.refused.push(refusal);
  else if (refusal) resolved.settled.push({ outcome: 'dead', ...refusal });
  else if (writes.length === 0)
    resolved.settled.push(all.length === 0 ? withoutRecord(wish) : { claim, outcome: 'unneeded' });
}

const isAsSaid = (record: OrgRecord, optIns: OrgRecord): boolean =>
  Object.entries(optIns).every(([name, value]) => record[name] === value);

/** @param taken values that records are created with already: two rows of one address make one record */
function resolveOne(
  resolved: Resolved,
  integration: Integration,
  wish: Wish,
  records: readonly OrgRecord[],
  taken: Set<string>,
): void {
  const { claim, id, lookup, fields, optIns, newFields, isOfAnother } = wish;
  const [first, ...others] = id === null ? records : [{ Id: id }];
  const said = { ...fields, ...optIns };
  if (others.length > 0)
    resolved.settled.push({ outcome: 'dead', ...several(claim, integration, lookup, records.length) });
  else if (first && !hasAny(said))
    resolved.settled.push({
      claim,
      outcome: 'unneeded',
      ...(isOfAnother ? {} : { salesforceId: idOf(first) }),
    });
  else if (first)
    resolved.writes.push({
      claim,
      operation: 'update',
      record: { Id: idOf(first), ...said },
      isOwn: isOfAnother !== true,
      ...toldOf(wish),
    });
  else if (newFields === null || lookup === null) resolved.settled.push(withoutRecord(wish));
  else if (!taken.has(lookup.toLowerCase())) {
    taken.add(lookup.toLowerCase());
    resolved.tried.push({ claim, value: lookup });
    resolved.writes.push(creation(wish, integration, lookup, newFields));
  }
}

function creation(wish: Wish, { matching }: Integration, lookup: string, newFields: OrgRecord): Write {
  const made = { claim: wish.claim, isOwn: true, ...toldOf(wish) };
  return matching.by === 'external-id'
    ? { ...made, operation: 'upsert', record: { ...newFields, [matching.field]: lookup } }
    : { ...made, operation: 'insert', record: newFields };
}

function several(
  claim: Claim,
  { object, matching }: Integration,
  lookup: string | null,
  count: number,
): Refused {
  const field = matching.by === 'record-id' ? 'Id' : matching.field;
  return {
    claim,
    code: SEVERAL_RECORDS,
    message: say('deliveries.several-records', { count, object, field, value: lookup ?? '' }),
  };
}

/**
 * One of the two has changed what records are found by, and the other side has not heard of it yet: what would be written now
 * would be written to somebody else.
 */
const ofAnotherRow = ({ claim, lookup }: Wish, { object, matching }: Integration): Retried => ({
  claim,
  outcome: 'retry',
  code: 'record-of-another-row',
  message: say('deliveries.of-another-row', {
    object,
    field: matching.by === 'record-id' ? 'Id' : matching.field,
    value: lookup ?? '',
  }),
});
