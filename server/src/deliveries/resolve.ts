import type { OrgRecord, SalesforceOrg, WriteOperation } from '../salesforce/org.ts';
import type { Claim } from './claims.ts';
import { findRecords, type FoundRecords } from './find-records.ts';
import type { Integration } from './integrations.ts';
import type { Settled } from './outcomes.ts';
import type { Wish } from './plan.ts';

/** One record to be written for a delivery. */
export interface Write {
  readonly claim: Claim;
  readonly operation: WriteOperation;
  readonly record: OrgRecord;
}

export interface Resolved {
  readonly writes: Write[];
  readonly settled: Settled[];
  /** Creations, and what they can be found by afterwards. */
  readonly tried: { readonly claim: Claim; readonly value: string }[];
  /** Whether the org was asked, and has answered. */
  readonly hasAsked: boolean;
}

/** Turns wishes into writes: looks for the records that are not known. */
export async function resolve(
  org: SalesforceOrg,
  ending: AbortSignal,
  integration: Integration,
  wishes: readonly Wish[],
): Promise<Resolved> {
  const { matching } = integration;
  const isSought = (wish: Wish): boolean =>
    wish.lookup !== null &&
    // An upsert finds its record itself.
    !(matching.by === 'external-id' && wish.newFields !== null);
  const values =
    matching.by === 'record-id' ? [] : wishes.filter(isSought).flatMap((wish) => wish.lookup ?? []);
  const compared = matching.by === 'lookup' && matching.several === 'all' ? fieldNames(wishes) : [];
  const found: FoundRecords =
    values.length === 0 || matching.by === 'record-id'
      ? new Map()
      : await findRecords(org, ending, integration.object, matching.field, values, compared);
  const resolved: Resolved = { writes: [], settled: [], tried: [], hasAsked: values.length > 0 };
  const taken = new Set<string>();
  for (const wish of wishes) {
    const records = found.get(wish.lookup?.toLowerCase() ?? '') ?? [];
    if (wish.change === 'delete') resolveDeletion(resolved, integration, wish, records);
    else if (matching.by === 'lookup' && matching.several === 'all') resolveAll(resolved, wish, records);
    else resolveOne(resolved, integration, wish, records, taken);
  }
  return resolved;
}

const fieldNames = (wishes: readonly Wish[]): string[] => [
  ...new Set(wishes.flatMap((wish) => Object.keys(wish.fields))),
];

const idOf = (record: OrgRecord): string => (typeof record.Id === 'string' ? record.Id : '');

function resolveDeletion(
  resolved: Resolved,
  integration: Integration,
  { claim, id, lookup }: Wish,
  records: readonly OrgRecord[],
): void {
  const [first, ...others] = id === null ? records : [{ Id: id }];
  if (!first) resolved.settled.push({ claim, outcome: 'unneeded' });
  else if (others.length > 0) resolved.settled.push(several(claim, integration, lookup, records.length));
  else resolved.writes.push({ claim, operation: 'delete', record: { Id: idOf(first) } });
}

/** Every record of the address, where it does not say so already. */
function resolveAll(resolved: Resolved, { claim, id, fields }: Wish, records: readonly OrgRecord[]): void {
  const known = id === null || records.some((record) => idOf(record) === id) ? [] : [{ Id: id }];
  const all = [...records, ...known];
  const differing = all.filter((record: OrgRecord) =>
    Object.entries(fields).some(([name, value]) => record[name] !== value),
  );
  for (const record of differing)
    resolved.writes.push({ claim, operation: 'update', record: { Id: idOf(record), ...fields } });
  if (differing.length === 0)
    resolved.settled.push({ claim, outcome: all.length === 0 ? 'no-record' : 'unneeded' });
}

/** @param taken values that records are created with already: two rows of one address make one record */
function resolveOne(
  resolved: Resolved,
  integration: Integration,
  { claim, id, lookup, fields, newFields }: Wish,
  records: readonly OrgRecord[],
  taken: Set<string>,
): void {
  const [first, ...others] = id === null ? records : [{ Id: id }];
  if (others.length > 0) resolved.settled.push(several(claim, integration, lookup, records.length));
  else if (first && Object.keys(fields).length === 0)
    resolved.settled.push({ claim, outcome: 'unneeded', salesforceId: idOf(first) });
  else if (first)
    resolved.writes.push({ claim, operation: 'update', record: { Id: idOf(first), ...fields } });
  else if (newFields === null || lookup === null) resolved.settled.push({ claim, outcome: 'no-record' });
  else if (!taken.has(lookup.toLowerCase())) {
    taken.add(lookup.toLowerCase());
    resolved.tried.push({ claim, value: lookup });
    resolved.writes.push(creation(claim, integration, lookup, newFields));
  }
}

function creation(claim: Claim, { matching }: Integration, lookup: string, newFields: OrgRecord): Write {
  return matching.by === 'external-id'
    ? { claim, operation: 'upsert', record: { ...newFields, [matching.field]: lookup } }
    : { claim, operation: 'insert', record: newFields };
}

function several(
  claim: Claim,
  { object, matching }: Integration,
  lookup: string | null,
  count: number,
): Settled {
  const field = matching.by === 'record-id' ? 'Id' : matching.field;
  return {
    claim,
    outcome: 'dead',
    code: 'several-records',
    message: `${count} records of ${object} have ${field} ${lookup ?? ''}: nothing was written. Merge them, or match by another field.`,
  };
}
