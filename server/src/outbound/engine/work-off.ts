import type { Logger } from 'pino';
import { databaseFailure } from '../../database/failures.ts';
import { persistently } from '../../database/persistently.ts';
import { backOff } from '../../jobs/back-off.ts';
import { LeaseLost } from '../../jobs/interrupted.ts';
import { LIMIT_REST_SECONDS } from '../../salesforce/api-budget.ts';
import type { DescribeCache } from '../../salesforce/describe-cache.ts';
import {
  SalesforceFault,
  type FaultKind,
  type OrgObject,
  type Producer,
  type SalesforceOrg,
  type SalesforceOrgs,
} from '../../salesforce/org.ts';
import { performWrites } from './perform-writes.ts';
import type { QueueIncidents } from './queue-incidents.ts';
import { WAITS, type Outcome, type RecordWrite, type Result } from './record-write.ts';
import {
  type Claim,
  type Item,
  type QueueKind,
  type Settlement,
  type StoredOutcome,
  type WriteQueue,
} from './write-queue.ts';

/** What an item asks of an org: writes, or an outcome that needs no org. */
export type Request = readonly (RecordWrite | { readonly outcome: Outcome })[];

/** Turns items of a kind of queue into writes. */
export interface QueueReader {
  /** Items that one turn takes; more of them share calls, fewer are sooner known. */
  readonly portion: number;
  /** Answers a request for each item. Throws a SalesforceFault that concerns all of them. */
  read(queueId: string, items: readonly Item[], org: SalesforceOrg): Promise<Work>;
}

export interface Work {
  readonly requests: readonly Request[];
  readonly allowDuplicates: boolean;
  /** Why none of the requests can be written, to an object or where there is none; null where that depends on each. */
  readonly obstacle: (object: OrgObject | null) => string | null;
}

/** What work on the queues needs. */
export interface WorkOff {
  readonly queue: WriteQueue;
  readonly orgs: SalesforceOrgs;
  readonly descriptions: DescribeCache;
  readonly readers: Readonly<Record<QueueKind, QueueReader>>;
  readonly incidents: QueueIncidents;
  readonly logger: Logger;
}

/** Seconds that a queue rests by what ended its turn; a fault that passes by itself has a back-off instead. */
const REST: Readonly<Partial<Record<FaultKind, number>>> = {
  stop: 300,
  hold: 300,
  limit: LIMIT_REST_SECONDS,
  // Nothing of it can be written until a person changes something.
  'give-up': 900,
};
/** Seconds after faults that pass by themselves: of the org as a whole, and of one item. */
const RESTS = { first: 30, longest: 600 };
const WAITS_OF_ITEM = { first: 30, longest: 3600 };
/** Attempts after which an item is set aside: about eight hours. */
const ATTEMPTS = 15;
/** Seconds that a queue rests whose due items all wait for older ones of the same people. */
const BLOCKED_REST = 5;

/** The code of what was not sent since the server stops: nothing is wrong with it, nor with the org. */
const STOPPING = 'server-stops';

/** Takes one queue's turn; answers whether there may be more to do. */
export async function workOff(work: WorkOff, stopping: AbortSignal): Promise<boolean> {
  const claim = await work.queue.claim();
  if (!claim) return false;
  try {
    await claim.lease.whileHeld(stopping, async (ending) => {
      try {
        await takeTurn(work, claim, ending);
      } catch (error) {
        if (!(error instanceof SalesforceFault)) throw error;
        await rest(work, claim, error);
      }
    });
  } catch (error) {
    if (!(error instanceof LeaseLost)) {
      await persistently(() => work.queue.release(claim, restAfter(error)));
      throw error;
    }
    work.logger.warn({ queue: claim.queueId }, 'another copy took the queue over');
  }
  return true;
}

/** A database that was away is no reason to let a queue rest that is all right. */
function restAfter(error: unknown): { seconds: number; reason: string } | null {
  return databaseFailure(error) === null ? { seconds: backOff(RESTS, 1), reason: 'internal-error' } : null;
}

async function takeTurn(work: WorkOff, claim: Claim, ending: AbortSignal): Promise<void> {
  const { queue, orgs, descriptions, readers } = work;
  const reader = readers[claim.kind];
  // After faults in a row a turn is smaller: what brings the org down is found in time, and set aside.
  const items = await queue.items(claim, Math.max(1, Math.floor(reader.portion / 2 ** claim.failures)));
  if (items.length === 0) return queue.release(claim, { seconds: BLOCKED_REST, reason: null });
  const org = await orgs.open(claim.connectionId, producerOf(claim, items));
  const { requests, allowDuplicates, obstacle } = await reader.read(claim.queueId, items, org);
  const open = new OpenWrites(items, requests);
  const beforeSending = (unfindable: readonly number[], isBulk: boolean): Promise<void> => {
    if (ending.aborted) return Promise.reject(unsent(ending));
    return queue.keep(claim, open.itemsOf(unfindable), isBulk);
  };
  await queue.keep(claim);
  const desk = { org, descriptions, allowDuplicates, obstacle, beforeSending };
  const results = await performWrites(desk, open.writes);
  const settlements = items.map((item, place) => settlementOf(item, open.outcomes(place, results)));
  // The calls are made: what became of them outlasts a database that is away.
  await persistently(() => queue.settle(claim, settlements));
  const fault = results.map((result) => (result.kind === 'retry' ? result.fault : undefined)).find(Boolean);
  work.logger.info(
    { queue: claim.queueId, items: items.length, writes: open.writes.length, fault: fault?.code },
    'queue worked off',
  );
  if (fault && fault.code !== STOPPING) await rest(work, claim, fault);
  else {
    await queue.release(claim, null);
    // Where nothing was to be written, or the server stopped before, nobody asked the org.
    if (open.writes.length > 0 && !fault) await work.incidents.wentThrough(claim, settlements);
  }
}

/** Why nothing more is sent: the lease is lost, or the server stops, which is nothing against what waits. */
function unsent({ reason }: AbortSignal): Error {
  return reason instanceof LeaseLost
    ? reason
    : new SalesforceFault('retry', STOPPING, 'The server was stopped before it was sent.');
}

/** An action that tells the org of opt-outs goes on as consent does when calls run out. */
function producerOf({ kind }: Claim, items: readonly Item[]): Producer {
  if (kind === 'source') return 'events';
  return items.every(({ occasion }) => occasion === 'opt-out') ? 'consent' : 'actions';
}

async function rest(
  { queue, incidents, logger }: WorkOff,
  claim: Claim,
  fault: SalesforceFault,
): Promise<void> {
  const seconds = REST[fault.kind] ?? backOff(RESTS, claim.failures + 1);
  logger.warn({ queue: claim.queueId, kind: fault.kind, code: fault.code, seconds }, 'queue rests');
  await queue.release(claim, { seconds, reason: `${fault.code}: ${fault.message}`.toWellFormed() });
  await incidents.stopped(claim, fault);
}

/** Writes of items that are still to be done: what was done or refused before is not done again. */
class OpenWrites {
  readonly writes: RecordWrite[] = [];
  readonly #item: number[] = [];
  /** By item and place in its request: what is known, or the number of the write. */
  readonly #slots: (StoredOutcome | number)[][];
  readonly #items: readonly Item[];

  constructor(items: readonly Item[], requests: readonly Request[]) {
    this.#items = items;
    this.#slots = items.map((item, place) =>
      (requests[place] ?? []).map((part, index) => {
        if ('outcome' in part) return { kind: 'refused', ...part.outcome };
        const before = item.outcomes[index];
        if (before && before.kind !== 'retry') return before;
        this.#item.push(place);
        return this.writes.push(part) - 1;
      }),
    );
  }

  /** Ids of the items of some writes. */
  itemsOf(writes: readonly number[]): number[] {
    return writes.flatMap((number) => this.#items[this.#item[number] ?? -1]?.id ?? []);
  }

  outcomes(place: number, results: readonly Result[]): { stored: StoredOutcome[]; results: Result[] } {
    const own: Result[] = [];
    const stored = (this.#slots[place] ?? []).map((slot): StoredOutcome => {
      if (typeof slot !== 'number') return slot;
      const result = results[slot];
      if (!result) throw new Error('A write was left without a result.');
      own.push(result);
      return { kind: result.kind, ...result.outcome };
    });
    return { stored, results: own };
  }
}

/** Decides what becomes of an item: another attempt, or its end. */
export function settlementOf(
  item: Pick<Item, 'id' | 'attempts'>,
  { stored, results }: { readonly stored: readonly StoredOutcome[]; readonly results: readonly Result[] },
): Settlement {
  const again = results.filter((result) => result.kind === 'retry');
  const attempts = item.attempts + (again.some((result) => isCounted(result)) ? 1 : 0);
  const isExhausted = attempts >= ATTEMPTS;
  const outcomes = stored.map((outcome): StoredOutcome => {
    const shown = { ...outcome, message: readable(outcome.message) };
    return outcome.kind === 'retry' && isExhausted ? { ...shown, kind: 'refused', status: 500 } : shown;
  });
  const refused = outcomes.find((outcome) => outcome.kind === 'refused');
  if (again.length > 0 && !isExhausted) {
    const wait = attempts > item.attempts ? backOff(WAITS_OF_ITEM, attempts) : 0;
    return { id: item.id, status: 'waiting', outcomes, attempts, wait, reason: '' };
  }
  return {
    id: item.id,
    status: refused ? 'failed' : 'delivered',
    outcomes,
    attempts,
    wait: 0,
    reason: refused?.code ?? '',
  };
}

/** An org that is away, without calls or without our authorization says nothing against an item. */
function isCounted(result: Extract<Result, { kind: 'retry' }>): boolean {
  if (result.outcome.code === WAITS) return false;
  const { fault } = result;
  return fault === undefined || (fault.kind === 'retry' && ![STOPPING, 'unreachable'].includes(fault.code));
}

/** What the database can keep of a message. */
function readable(message: string): string {
  return message.toWellFormed().replaceAll('\0', '').slice(0, 2000).toWellFormed();
}
