import type { OrgRecord, SalesforceOrg } from '../salesforce/org.ts';
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
  const selected = [...new Set(['Id', field, ...others])].join(', ');
  const also = object.toLowerCase() === 'lead' ? ' AND IsConverted = false' : '';
  for (const portion of portions([...new Set(values.map((value) => value.toLowerCase()))])) {
    const soql = `SELECT ${selected} FROM ${object} WHERE ${field} IN (${portion.join(',')})${also}`;
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

function* portions(values: readonly string[]): Iterable<string[]> {
  let portion: string[] = [];
  let length = 0;
  for (const value of values) {
    const quoted = soqlText(value);
    const size = encodeURIComponent(quoted).length + 3;
    if (length + size > LONGEST_QUERY && portion.length > 0) {
      yield portion;
      portion = [];
      length = 0;
    }
    portion.push(quoted);
    length += size;
  }
  if (portion.length > 0) yield portion;
}

/** A text in SOQL. */
export function soqlText(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}
