import { z } from 'zod';
import type { RowError } from '../execution/dml.ts';
import { RestError } from './json-records.ts';
import type { RestAnswer } from './resource.ts';

/** What a fault does to the calls that it meets. */
const KINDS = [
  /** 503 SERVER_UNAVAILABLE; nothing was done. */
  'unavailable',
  /** 403 REQUEST_LIMIT_EXCEEDED, whatever the count says. */
  'request-limit',
  /** 401 INVALID_SESSION_ID, and the session is ended. */
  'session',
  /** The call waits `milliseconds` and then goes on. */
  'slow',
  /** The connection breaks before anything was done. */
  'reset-before',
  /** The work is done, and the connection breaks before the answer. */
  'reset-after',
  /** UNABLE_TO_LOCK_ROW for the records in `rows`; the others go on. */
  'lock',
  /** `status`, `code` and `message` as given; nothing was done. */
  'error',
  /** A redirect to `location`; nothing was done. */
  'redirect',
  /** A page for people with `message`, under `status`; nothing was done. */
  'html',
  /** `code` and `message` for the records in `rows`; the others go on. */
  'row-error',
] as const;

export const faultOrder = z.strictObject({
  kind: z.enum(KINDS),
  /** Only calls that agree with all that is given; text is compared without case. */
  match: z
    .strictObject({
      method: z.string().optional(),
      /** Stands somewhere in the path. */
      path: z.string().optional(),
      object: z.string().optional(),
      /** `query`, `describe`, `insert`, `update`, `upsert`, `delete`, `login`, `token`, `deploy`, `status` … */
      operation: z.string().optional(),
    })
    .default({}),
  /** How many calls it meets; null: every one until it is cleared. */
  times: z.int().positive().nullable().default(1),
  /** How many calls that agree go by before it begins. */
  skip: z.int().min(0).default(0),
  /** Places of records in the call, from 0; all of them where none are named. */
  rows: z.array(z.int().min(0)).optional(),
  milliseconds: z.int().min(0).default(1000),
  /** 302 for a redirect, 500 for whatever else, where none is given. */
  status: z.int().min(200).max(599).optional(),
  /** Where a redirect leads. */
  location: z.string().optional(),
  code: z.string().default('UNKNOWN_EXCEPTION'),
  message: z.string().default('An unexpected error occurred. Please include this ErrorId.'),
});

export type FaultOrder = z.infer<typeof faultOrder>;

/** A fault that is waiting, or has met calls. */
export interface Fault extends FaultOrder {
  readonly id: number;
  skipped: number;
  met: number;
}

/** What a call is, for a fault to be compared with. */
export interface CallNature {
  readonly method: string;
  readonly path: string;
  readonly object: string | null;
  readonly operation: string;
}

/** Faults that were ordered, in their order. One call meets at most one that stops it and one of its rows. */
export class Faults {
  #next = 1;
  #faults: Fault[] = [];

  add(order: FaultOrder): Fault {
    const fault: Fault = { ...order, id: this.#next++, skipped: 0, met: 0 };
    this.#faults.push(fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(id?: number): void {
    this.#faults = id === undefined ? [] : this.#faults.filter((fault) => fault.id !== id);
  }

  /** The fault that the whole call meets, counted as met. */
  forCall(call: CallNature): Fault | undefined {
    return this.#take(call, (fault) => fault.kind !== 'lock' && fault.kind !== 'row-error');
  }

  /** The fault that a part of a composite call meets: one that is an answer, since only the whole has a connection. */
  forPart(call: CallNature): Fault | undefined {
    return this.#take(call, (fault) => refusalOf(fault) !== null);
  }

  /** What single records of the call are refused for, by their place. */
  forRows(call: CallNature, count: number): ReadonlyMap<number, RowError> {
    const fault = this.#take(call, ({ kind }) => kind === 'lock' || kind === 'row-error');
    if (!fault) return new Map();
    const error: RowError =
      fault.kind === 'lock'
        ? {
            statusCode: 'UNABLE_TO_LOCK_ROW',
            message: 'unable to obtain exclusive access to this record',
            fields: [],
          }
        : { statusCode: fault.code, message: fault.message, fields: [] };
    const places = fault.rows ?? Array.from({ length: count }, (_, place) => place);
    return new Map(places.map((place) => [place, error]));
  }

  #take(call: CallNature, isOfKind: (fault: Fault) => boolean): Fault | undefined {
    for (const fault of this.#faults) {
      if (!isOfKind(fault) || !agrees(fault, call)) continue;
      if (fault.times !== null && fault.met >= fault.times) continue;
      if (fault.skipped < fault.skip) {
        fault.skipped += 1;
        continue;
      }
      fault.met += 1;
      return fault;
    }
    return undefined;
  }
}

/** What a fault answers in place of a call's own answer, if it is of such a kind. */
export function refusalOf(fault: FaultOrder | undefined): RestError | null {
  switch (fault?.kind) {
    case 'unavailable':
      return new RestError(
        503,
        'SERVER_UNAVAILABLE',
        'Server too busy. Please try your request again later.',
      );
    case 'request-limit':
      return new RestError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
    case 'error':
      return new RestError(fault.status ?? 500, fault.code, fault.message);
    default:
      return null;
  }
}

const MOVED = 'https://moved.my.salesforce.com/';

/** What a fault answers that is no answer of the API: a redirect, or a page. */
export function pageOf(fault: FaultOrder | undefined): RestAnswer | null {
  switch (fault?.kind) {
    case 'redirect':
      return { status: fault.status ?? 302, body: '', headers: { location: fault.location ?? MOVED } };
    case 'html':
      return {
        status: fault.status ?? 500,
        type: 'text/html;charset=UTF-8',
        body: `<!DOCTYPE html><html><head><title>Salesforce</title></head><body><p>${fault.message}</p></body></html>`,
      };
    default:
      return null;
  }
}

function agrees({ match }: Fault, call: CallNature): boolean {
  const same = (wanted: string | undefined, is: string | null): boolean =>
    wanted === undefined || wanted.toLowerCase() === is?.toLowerCase();
  return (
    same(match.method, call.method) &&
    same(match.object, call.object) &&
    same(match.operation, call.operation) &&
    (match.path === undefined || call.path.toLowerCase().includes(match.path.toLowerCase()))
  );
}
