import type { RowResult } from '../execution/dml.ts';
import type { LocalOrg } from '../org.ts';
import { to18 } from '../values/ids.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { Saver } from './save-records.ts';

export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Aborted' | 'Failed';

/** A job of the Bulk API 2.0. */
export interface BulkJob {
  readonly id: string;
  readonly kind: 'ingest' | 'query';
  readonly operation: string;
  readonly object: string;
  readonly externalId: string | null;
  readonly query: string | null;
  /** `COMMA` and the mark itself. */
  readonly delimiter: { readonly name: string; readonly mark: string };
  readonly lineEnding: 'LF' | 'CRLF';
  readonly version: string;
  readonly createdAt: number;
  readonly saver: Saver;
  state: JobState;
  changedAt: number;
  error: string | null;
  /** Of an ingest: what was uploaded, its columns and rows, what became of the first of them. */
  csv: Buffer | null;
  columns: readonly string[];
  rows: readonly Readonly<Record<string, string>>[];
  readonly results: RowResult[];
  failed: number;
  /** Of a query: what it found. */
  found: readonly ApexSObject[];
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
  const id = /\/jobs\/(?:ingest|query)\/(\w{15}(?:\w{3})?)(?:\/|$)/.exec(path)?.[1];
  return id === undefined ? undefined : jobsOf(org).get(to18(id));
}

/** A job goes on to another state. */
export function enter(job: BulkJob, state: JobState, error: string | null = null): void {
  job.state = state;
  job.error = error;
  job.changedAt = job.saver.host.org.now();
}

/** A job as the API answers it. */
export function jobAnswer(job: BulkJob): Record<string, unknown> {
  const moment = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.saver.user.id,
    createdDate: moment(job.createdAt),
    systemModstamp: moment(job.changedAt),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.version.slice(1)),
    jobType: job.kind === 'ingest' ? 'V2Ingest' : 'V2Query',
    lineEnding: job.lineEnding,
    columnDelimiter: job.delimiter.name,
    ...(job.externalId === null ? {} : { externalIdFieldName: job.externalId }),
    ...(job.error === null ? {} : { errorMessage: job.error }),
    numberRecordsProcessed: job.kind === 'ingest' ? job.results.length : job.found.length,
    ...(job.kind === 'ingest'
      ? {
          numberRecordsFailed: job.failed,
          contentUrl: `services/data/${job.version}/jobs/ingest/${job.id}/batches`,
        }
      : {}),
    retries: 0,
    totalProcessingTime: job.changedAt - job.createdAt,
  };
}
