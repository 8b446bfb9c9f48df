import type { RowResult } from '../execution/dml.ts';
import type { LocalOrg } from '../org.ts';
import { to18 } from '../values/ids.ts';

/** A job of the Bulk API 2.0. */
export interface BulkJob {
  readonly id: string;
  readonly kind: 'ingest' | 'query';
  readonly operation: string;
  readonly object: string;
  readonly externalId: string | null;
  readonly query: string | null;
  readonly delimiter: string;
  readonly createdAt: string;
  state: string;
  csv: string;
  error: string | null;
  rows: { readonly cells: Readonly<Record<string, string>>; readonly result: RowResult }[];
  results: readonly Record<string, string>[];
  /** Of a query: what it selects, as it is written there. */
  columns: readonly string[];
}

const jobs = new WeakMap<LocalOrg, Map<string, BulkJob>>();

/** The jobs of an org by their ids. */
export function jobsOf(org: LocalOrg): Map<string, BulkJob> {
  const known = jobs.get(org) ?? new Map<string, BulkJob>();
  jobs.set(org, known);
  return known;
}

/** The job that a path names, or undefined. */
export function bulkJobOf(org: LocalOrg, path: string): BulkJob | undefined {
  const id = /\/jobs\/(?:ingest|query)\/(\w{15,18})/.exec(path)?.[1];
  return id === undefined ? undefined : jobsOf(org).get(to18(id));
}
