import type { OrgField, OrgRecord, SalesforceOrg } from '../../salesforce/org.ts';
import {
  ADDRESS_LIMIT,
  addressLength,
  portions,
  soqlIn,
  soqlLiteral,
  soqlName,
  soqlText,
  STATEMENT_LIMIT,
  UnfitLiteral,
} from '../../salesforce/soql.ts';
import { fieldNamed, type DescribedObject } from './field-values.ts';
import type { Match } from './record-write.ts';

type ByFields = Extract<Match, { by: 'fields' }>;

/** A condition on a field, with its value as SOQL writes it. */
interface Condition {
  readonly field: OrgField;
  readonly literal: string;
}

/** A search for the records of one write. */
export interface Search {
  readonly operator: 'AND' | 'OR';
  readonly conditions: readonly Condition[];
}

/** A search that cannot be made. */
export class ImpossibleSearch extends Error {
  override readonly name = 'ImpossibleSearch';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Turns matchers into conditions. Under OR a matcher without a value says nothing; under AND it would let more records
 * match than were meant, and is refused. Throws ImpossibleSearch.
 */
export function searchOf(described: DescribedObject, match: ByFields): Search {
  const conditions: Condition[] = [];
  for (const { field: name, value } of match.matchers) {
    const field = fieldNamed(described, name, false);
    if (!field)
      throw new ImpossibleSearch('unknown-matcher', `${described.object.name} has no field ${name}.`);
    if (!field.isFilterable)
      throw new ImpossibleSearch('matcher-not-filterable', `Salesforce cannot look for records by ${name}.`);
    if (value === undefined && match.operator === 'OR') continue;
    const isMissing = value === undefined || value === null || (typeof value === 'string' && isBlank(value));
    if (isMissing) throw withoutValue(name);
    try {
      const literal = soqlLiteral(field, value);
      // Of an address nothing may be left but what nobody sees.
      if (literal === soqlText('')) throw withoutValue(name);
      if (addressLength(literal) > ADDRESS_LIMIT / 2)
        throw new ImpossibleSearch('invalid-matcher', `The value of ${name} is too long to look for.`);
      conditions.push({ field, literal });
    } catch (error) {
      if (!(error instanceof UnfitLiteral)) throw error;
      throw new ImpossibleSearch('invalid-matcher', error.message);
    }
  }
  if (conditions.length === 0)
    throw new ImpossibleSearch('matcher-without-value', 'None of the record matchers has a value.');
  return { operator: match.operator, conditions };
}

/** Salesforce holds a text without a character for none: it would match whatever has no value. */
const isBlank = (text: string): boolean => text.trim() === '';

const withoutValue = (name: string): ImpossibleSearch =>
  new ImpossibleSearch('matcher-without-value', `There is no value to look for by ${name}.`);

/** What makes two searches the same. */
export function keysOf({ operator, conditions }: Search): string[] {
  const keys = conditions.map(({ field, literal }) => `${field.name}=${literal.toLowerCase()}`);
  return operator === 'OR' ? keys : [keys.sort().join(' AND ')];
}

/** Searches beyond which the Bulk API reads them. */
export const BULK_SEARCHES = 2000;

/**
 * Finds the records of many searches with few queries: as many searches as an address holds share one. Answers the ids of
 * each search, in their order. Throws SalesforceFault.
 */
export async function findRecords(
  org: SalesforceOrg,
  object: string,
  searches: readonly Search[],
): Promise<readonly (readonly string[])[]> {
  const isBulk = searches.length > BULK_SEARCHES;
  const known = searches.flatMap(({ conditions }) => conditions.map(({ field }) => field));
  const fields = [...new Set(known.map(({ name }) => name))];
  const select = `SELECT ${['Id', ...fields.filter((name) => name !== 'Id')].map(soqlName).join(', ')} FROM ${soqlName(object)} WHERE `;
  const length = isBulk ? (text: string) => text.length : addressLength;
  const room = (isBulk ? STATEMENT_LIMIT : ADDRESS_LIMIT) - length(select) - fields.length * 60;
  const parts = portions(searches, (search) => length(conditionOf(search)) + length(' OR '), room);
  const read = async (part: readonly Search[]): Promise<OrgRecord[]> => {
    const soql = select + together(part);
    return all(isBulk && part.length > 1 ? org.queryBulk(soql, known) : org.query(soql));
  };
  const found: (readonly string[])[] = [];
  for (const part of parts) found.push(...(await findPart(part, read)));
  return found;
}

/**
 * Who matches is the org's word, and it compares texts its own way: without regard to case, and some more. A record that no
 * search claims shows that we compare otherwise; the searches are asked for in halves then, until each record is explained.
 */
async function findPart(
  part: readonly Search[],
  read: (part: readonly Search[]) => Promise<OrgRecord[]>,
): Promise<(readonly string[])[]> {
  const records = await read(part);
  if (part.length === 1) return [records.map(idOf)];
  const shares = share(part, records);
  if (shares !== null) return shares;
  const middle = Math.ceil(part.length / 2);
  return [...(await findPart(part.slice(0, middle), read)), ...(await findPart(part.slice(middle), read))];
}

/** One search as a condition. */
function conditionOf({ operator, conditions }: Search): string {
  return `(${conditions.map(({ field, literal }) => soqlIn(field.name, [literal])).join(` ${operator} `)})`;
}

/** Searches as one condition: alternatives of the same field become a list. */
function together(searches: readonly Search[]): string {
  const lists = new Map<string, string[]>();
  const others: string[] = [];
  for (const search of searches) {
    const { operator, conditions } = search;
    if (operator === 'AND' && conditions.length > 1) others.push(conditionOf(search));
    else
      for (const { field, literal } of conditions)
        lists.set(field.name, [...(lists.get(field.name) ?? []), literal]);
  }
  return [...[...lists].map(([field, literals]) => soqlIn(field, [...new Set(literals)])), ...others].join(
    ' OR ',
  );
}

/** Gives each search the records that match it; null where a record is left over. */
function share(searches: readonly Search[], records: readonly OrgRecord[]): (readonly string[])[] | null {
  const key = (field: string, literal: string): string => `${field}\u0000${literal.toLowerCase()}`;
  const fields = new Map(
    searches.flatMap(({ conditions }) => conditions.map(({ field }) => [field.name, field] as const)),
  );
  const byValue = new Map<string, Set<string>>();
  for (const record of records)
    for (const field of fields.values()) {
      const literal = literalOf(field, record[field.name]);
      if (literal === null) continue;
      const ids = byValue.get(key(field.name, literal)) ?? new Set();
      byValue.set(key(field.name, literal), ids.add(idOf(record)));
    }
  const left = new Set(records.map(idOf));
  const shares = searches.map(({ operator, conditions }) => {
    const [first = new Set<string>(), ...others] = conditions.map(
      ({ field, literal }) => byValue.get(key(field.name, literal)) ?? new Set<string>(),
    );
    const ids =
      operator === 'OR'
        ? new Set([first, ...others].flatMap((set) => [...set]))
        : new Set([...first].filter((id) => others.every((set) => set.has(id))));
    for (const id of ids) left.delete(id);
    return [...ids];
  });
  return left.size === 0 ? shares : null;
}

function literalOf(field: OrgField, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  try {
    return soqlLiteral(field, value);
  } catch (error) {
    if (error instanceof UnfitLiteral) return null;
    throw error;
  }
}

async function all(pages: AsyncIterable<readonly OrgRecord[]>): Promise<OrgRecord[]> {
  const records: OrgRecord[] = [];
  for await (const page of pages) records.push(...page);
  return records;
}

/** The id of a record; Salesforce always sends it. */
export function idOf(record: OrgRecord): string {
  if (typeof record.Id !== 'string') throw new Error('Salesforce sent a record without its id.');
  return record.Id;
}
