import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { OrgApi } from './api.ts';
import { SalesforceFault } from './org.ts';

const jobSchema = z.object({
  id: z.string(),
  state: z.enum(['Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted']),
  errorMessage: z.string().nullish(),
  numberRecordsProcessed: z.int().nullish(),
});
export type BulkJob = z.output<typeof jobSchema>;

/** Milliseconds between two looks at a job: soon for small ones, and few calls for those that take an hour. */
const FIRST_LOOK = 1000;
const LAST_LOOK = 30_000;
/** Milliseconds: Salesforce itself gives a job's batch up after a number of tries that takes longer than this. */
const PATIENCE = 3 * 3_600_000;

/** A job as it is now. */
export function jobOf(api: OrgApi, kind: 'ingest' | 'query', id: string): Promise<BulkJob> {
  return api.json(jobSchema, { method: 'GET', path: `/jobs/${kind}/${id}`, isFollowUp: true });
}

/** Waits for the end of a job of Bulk API 2.0. One that takes too long is aborted: what it has done stays done. */
export async function finishedJob(api: OrgApi, kind: 'ingest' | 'query', id: string): Promise<BulkJob> {
  const deadline = Date.now() + PATIENCE;
  for (let wait = FIRST_LOOK; ; wait = Math.min(wait * 1.5, LAST_LOOK)) {
    const job = await jobOf(api, kind, id);
    if (job.state === 'JobComplete' || job.state === 'Failed' || job.state === 'Aborted') return job;
    if (Date.now() > deadline) return setState(api, kind, id, 'Aborted');
    await pause(wait);
  }
}

/** Closes or aborts a job. */
export function setState(
  api: OrgApi,
  kind: 'ingest' | 'query',
  id: string,
  state: 'UploadComplete' | 'Aborted',
): Promise<BulkJob> {
  return api.json(jobSchema, {
    method: 'PATCH',
    path: `/jobs/${kind}/${id}`,
    json: { state },
    isFollowUp: state === 'Aborted',
  });
}

/** Aborts a job that was not filled; whether that works changes nothing for the caller. */
export async function abandon(api: OrgApi, kind: 'ingest' | 'query', id: string): Promise<void> {
  try {
    await setState(api, kind, id, 'Aborted');
  } catch (error) {
    if (!(error instanceof SalesforceFault)) throw error;
  }
}
