import { z } from 'zod';
import type { CalloutAnswer, CalloutRequest } from '../local-org/execution/callouts.ts';

const batchSchema = z.object({ upserts: z.array(z.array(z.unknown())).default([]) });

/** Answers the package's calls as DI does where it takes everything, or as a server does that takes nothing. */
export class Answers {
  readonly #batchStatus: number;

  constructor(batchStatus: number) {
    this.#batchStatus = batchStatus;
  }

  to(request: CalloutRequest): CalloutAnswer {
    if (request.endpoint.endsWith('/oauth/token'))
      return json(200, { access_token: 'token', expires_in: 900 });
    if (this.#batchStatus !== 200) return json(this.#batchStatus, { title: 'Not now' });
    return json(200, { applied: this.recordsOf(request).length, unchanged: 0, stale: 0, rejected: [] });
  }

  /** Ids of the records in a batch. */
  recordsOf(request: CalloutRequest): string[] {
    if (!request.endpoint.endsWith('/batches')) return [];
    const { upserts } = batchSchema.parse(JSON.parse(request.body.toString('utf8')));
    return upserts.map((values) => String(values[0]));
  }
}

function json(status: number, body: unknown): CalloutAnswer {
  return {
    status,
    statusText: String(status),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  };
}
