import { checkEnding } from '../../jobs/interrupted.ts';
import { SalesforceFault, type OrgRecord, type SalesforceOrg } from '../../salesforce/org.ts';
import { QUERIES_A_CALL } from '../../salesforce/queries.ts';
import { portions, soqlIn, soqlName, soqlText } from '../../salesforce/soql.ts';

/** Characters of a query's values: less than half of what a statement may have, since Salesforce adds to it inside. */
const LONGEST_QUERY = 40_000;

/**
 * Characters that a query's values may have wherever a query may stand: in an address, too, which holds 16,000 in all. How
 * long one may be inside a call of Composite is documented nowhere.
 */
const SAFE_QUERY = 8000;

/**
 * Records of an object by the values of a field, in lower case: SOQL compares texts so, and no two ids of 18 characters are
 * one then.
 */
export type FoundRecords = ReadonlyMap<string, readonly OrgRecord[]>;

/**
 * Finds the records whose field has one of some values, with some of their other fields. Converted leads are left out
 * where somebody is looked for: they can hardly be changed any more. One that is asked for by its id is read like any other.
 *
 * @param options `all` finds deleted records too
 */
export async function findRecords(
  org: SalesforceOrg,
  ending: AbortSignal,
  object: string,
  field: string,
  values: readonly string[],
  others: readonly string[],
  options: { readonly all?: boolean } = {},
): Promise<FoundRecords> {
  const named = new Map(['Id', field, ...others].map((name) => [name.toLowerCase(), name]));
  const selected = [...named.values()].map(soqlName).join(', ');
  const isLookUp = field.toLowerCase() !== 'id';
  const also = isLookUp && object.toLowerCase() === 'lead' ? ' AND IsConverted = false' : '';
  // As they are spelled: an id in small letters is nobody's, and neither is a key that is told apart by its case.
  const literals = [...new Set(values)].map(soqlText);
  const queriesOf = (longest: number): string[] =>
    portions(literals, (literal) => literal.length + 1, longest).map(
      (portion) => `SELECT ${selected} FROM ${soqlName(object)} WHERE ${soqlIn(field, portion)}${also}`,
    );
  const few = queriesOf(LONGEST_QUERY);
  try {
    return await ask(org, ending, few, field, options);
  } catch (error) {
    const many = queriesOf(SAFE_QUERY);
    if (!(error instanceof SalesforceFault) || error.kind !== 'give-up' || many.length === few.length)
      throw error;
    return ask(org, ending, many, field, options);
  }
}

async function ask(
  org: SalesforceOrg,
  ending: AbortSignal,
  queries: readonly string[],
  field: string,
  options: { readonly all?: boolean },
): Promise<FoundRecords> {
  const found = new Map<string, OrgRecord[]>();
  // Two spellings of an address may stand in two queries, and either of them finds its records.
  const ids = new Set<OrgRecord[string]>();
  for (let start = 0; start < queries.length; start += QUERIES_A_CALL) {
    checkEnding(ending);
    for await (const page of org.querySeveral(queries.slice(start, start + QUERIES_A_CALL), options))
      for (const record of page) {
        if (ids.has(record.Id)) continue;
        ids.add(record.Id);
        keep(found, record, field);
      }
  }
  return found;
}

function keep(found: Map<string, OrgRecord[]>, record: OrgRecord, field: string): void {
  const value = Object.entries(record).find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1];
  const key = typeof value === 'string' ? value.toLowerCase() : '';
  const known = found.get(key);
  if (known) known.push(record);
  else found.set(key, [record]);
}
