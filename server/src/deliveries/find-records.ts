import type { OrgRecord, SalesforceOrg } from '../salesforce/org.ts';
import { addressLength, portions, soqlIn, soqlName, soqlText } from '../salesforce/soql.ts';
import type { CallGate } from './call-gate.ts';

/**
 * Characters of a query as it goes over the wire: Salesforce takes 16,384 bytes of a request's first line and headers
 * together.
 */
const LONGEST_QUERY = 12_000;

/** Records of an object by the values of a field, in lower case, as SOQL compares them. */
export type FoundRecords = ReadonlyMap<string, readonly OrgRecord[]>;

/**
 * Finds the records whose field has one of some values, with some of their other fields. Converted leads are left out:
 * they cannot be changed any more.
 */
export async function findRecords(
  org: SalesforceOrg,
  gate: CallGate,
  object: string,
  field: string,
  values: readonly string[],
  others: readonly string[],
): Promise<FoundRecords> {
  const found = new Map<string, OrgRecord[]>();
  const selected = [...new Set(['Id', field, ...others])].map(soqlName).join(', ');
  const also = object.toLowerCase() === 'lead' ? ' AND IsConverted = false' : '';
  const literals = [...new Set(values.map((value) => value.toLowerCase()))].map(soqlText);
  for (const portion of portions(literals, (literal) => addressLength(`${literal},`), LONGEST_QUERY)) {
    const soql = `SELECT ${selected} FROM ${soqlName(object)} WHERE ${soqlIn(field, portion)}${also}`;
    await gate.beforeCall();
    for await (const page of org.query(soql)) {
      gate.countCalls(1);
      for (const record of page) {
        const value = Object.entries(record).find(
          ([name]) => name.toLowerCase() === field.toLowerCase(),
        )?.[1];
        const key = typeof value === 'string' ? value.toLowerCase() : '';
        const known = found.get(key);
        if (known) known.push(record);
        else found.set(key, [record]);
      }
    }
  }
  return found;
}
