import type { BatchBody } from '../batches/batch-body.ts';
import { readMoment } from '../../values/check-value.ts';
import type { OrgRecord } from '../../salesforce/org.ts';
import type { RunQueries } from './selection.ts';

/** A page of records as a batch of the object's transfer. */
export interface PulledBatch {
  readonly body: BatchBody;
  /** The newest SystemModstamp; null for a page without records. */
  readonly newest: string | null;
}

/** What was read of the records. */
type Read = Pick<RunQueries, 'fields' | 'withDeleted' | 'checkbox'>;

/**
 * Makes a batch of a page: deleted and unchecked records are archived, the others written. Values come typed from REST,
 * and as text from Bulk API 2.0; the transfer's coercion takes both.
 */
export function batchOf(object: string, queries: Read, records: readonly OrgRecord[]): PulledBatch {
  const upserts: unknown[][] = [];
  const archives: [string, string][] = [];
  let newest: string | null = null;
  const fields = queries.fields.filter((field) => !/^(id|systemmodstamp)$/i.test(field));
  const paths = fields.map((field) => field.split('.'));
  for (const record of records) {
    const id = String(valueAt(record, ['Id']));
    const stamp = readMoment(String(valueAt(record, ['SystemModstamp'])));
    if (stamp === null) throw new Error(`${object} ${id} has no SystemModstamp that can be read.`);
    if (newest === null || stamp > newest) newest = stamp;
    if (isGone(record, queries)) archives.push([id, stamp]);
    else upserts.push([id, stamp, ...paths.map((path) => valueAt(record, path))]);
  }
  return {
    body: { object, fields: ['Id', 'SystemModstamp', ...fields], upserts, archives, deletes: [] },
    newest,
  };
}

function isGone(record: OrgRecord, { withDeleted, checkbox }: Read): boolean {
  if (withDeleted && isTrue(valueAt(record, ['IsDeleted']))) return true;
  return checkbox !== null && !isTrue(valueAt(record, [checkbox]));
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** The value at a path. Bulk API 2.0 names columns by the whole path; REST nests parents, and an absent one is null. */
function valueAt(record: OrgRecord, path: readonly string[]): unknown {
  if (path.length > 1) {
    const whole = own(record, path.join('.'));
    if (whole !== undefined) return whole;
  }
  let value: unknown = record;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = own(value as OrgRecord, name);
  }
  return value ?? null;
}

/** By name; Salesforce answers with its own spelling, whatever the query's was. */
function own(record: OrgRecord, name: string): unknown {
  if (name in record) return record[name];
  const lower = name.toLowerCase();
  const key = Object.keys(record).find((each) => each.toLowerCase() === lower);
  return key === undefined ? undefined : record[key];
}
