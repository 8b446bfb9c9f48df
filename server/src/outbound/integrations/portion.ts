import type { FollowedColumn } from '../../consent/followed-columns.ts';
import { CommonRefusalJudge, ProducerStopped } from '../engine/common-refusals.ts';
import { SalesforceFault, type OrgRecord } from '../../salesforce/org.ts';
import type { Refusal } from '../../salesforce/refusals.ts';
import type { RecordAnswer } from '../engine/send-records.ts';
import type { Claim } from './claims.ts';
import type { IntegrationDrain } from './drain-services.ts';
import type { Refused, Retried, Settled } from './outcomes.ts';
import { knownId, wishOf, type PlanContext, type Wish } from './plan.ts';
import { readBack, type Unread } from './read-back.ts';
import { afterSecondLook, lookAgain, type Lost, type SecondLook } from './look-again.ts';
import { noteTried, recordResults } from './record-results.ts';
import { Recorder, type Outcomes } from './recorder.ts';
import { resolve, type Write } from './resolve.ts';
import { send } from './send.ts';
import { successorsOf } from './successors.ts';
import { withoutRecord } from './without-record.ts';

/** Writes of a delivery that have no result yet, and what those came to that have. */
interface Open {
  left: number;
  done: Settled | null;
  readonly refusals: Refusal[];
  /** Where a part of it could not be placed, whatever becomes of its writes. */
  unplaced: Settled | null;
  /** A write whose record is gone, the row's own before others of the person. */
  gone: Write | null;
}

/** How deliveries of one integration are sent. */
interface Sender {
  /** Whether the ids in the table's rows are this org's. */
  readonly ownsRows: boolean;
  readonly followed: readonly FollowedColumn[];
  readonly judge: CommonRefusalJudge;
}

/** Some deliveries on their way, and what has become of them. */
export class Portion {
  readonly #drain: IntegrationDrain;
  readonly #ownsRows: boolean;
  readonly #followed: readonly FollowedColumn[];
  readonly #judge: CommonRefusalJudge;
  readonly #recorder = new Recorder((outcomes) => this.#keep(outcomes));
  readonly #open = new Map<Claim, Open>();
  /** Deliveries whose records turned out to be gone, by their ids: they are looked for once more. */
  readonly #lost = new Map<number, Lost>();
  /** Checkboxes that columns follow, as they were saved, by the delivery and the record. */
  readonly #written = new Map<Claim, Map<string, OrgRecord>>();
  /** Deliveries of consent that are done in the org, and whose columns do not know it yet. */
  readonly #unread: Settled[] = [];
  #callsKept: number;

  constructor(drain: IntegrationDrain, { ownsRows, followed, judge }: Sender) {
    this.#drain = drain;
    this.#ownsRows = ownsRows;
    this.#followed = followed;
    this.#judge = judge;
    this.#callsKept = drain.org.callsMade;
  }

  /** Throws what ends the sending; what was answered before that is kept. */
  async deliver(claims: readonly Claim[], context: PlanContext): Promise<void> {
    const wishes: Wish[] = [];
    const settled: Settled[] = [];
    for (const claim of claims) {
      const wish = wishOf(claim, context);
      if ('outcome' in wish) settled.push(wish);
      else wishes.push(wish);
    }
    try {
      await this.#place({ wishes, settled, refused: [] });
      await this.#lookAgain(context);
      await this.#readBack(context);
    } finally {
      await this.#recorder.end();
    }
  }

  /** Looks for the records of wishes, and writes them. */
  async #place({ wishes, settled, refused }: SecondLook): Promise<void> {
    const { org, integration, ending, lease, database } = this.#drain;
    const resolved = await this.#asking(() => resolve(org, ending, integration, wishes));
    if (resolved.hasAsked) await this.#drain.onAnswer();
    this.#begin(resolved.writes, [...resolved.refused, ...refused]);
    await this.#settle([...settled, ...resolved.settled], []);
    await noteTried(database.pool, resolved.tried);
    const onAnswers = (writes: readonly Write[], answers: readonly RecordAnswer[]): Promise<void> =>
      this.#take(writes, answers);
    await send({ org, integration, ending, lease, judge: this.#judge, onAnswers }, resolved.writes);
  }

  /** Where a record is gone, the person or row may have another one by now. Once: what is gone again is gone. */
  async #lookAgain(context: PlanContext): Promise<void> {
    const lost = [...this.#lost.values()];
    if (lost.length === 0) return;
    const { org, ending, database } = this.#drain;
    const ids = lost.map(({ id }) => id);
    const successors = await this.#asking(() => successorsOf(org, ending, context.described, ids));
    await this.#place(await lookAgain(database.pool, context, lost, successors));
  }

  /** A refused query concerns all of the integration, and no other one. */
  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SalesforceFault) || error.kind !== 'give-up') throw error;
      await this.#judge.judgeCall(error);
      throw new ProducerStopped(
        error.code,
        `The records could not be looked for. Salesforce: ${error.message}`,
      );
    }
  }

  #begin(writes: readonly Write[], refused: readonly Refused[]): void {
    for (const { claim } of writes) {
      const open = this.#open.get(claim);
      if (open) open.left += 1;
      else this.#open.set(claim, { left: 1, done: null, refusals: [], unplaced: null, gone: null });
    }
    for (const { claim, code, message } of refused) {
      const open = this.#open.get(claim);
      if (open) open.unplaced = { claim, outcome: 'dead', code, message };
    }
  }

  /** Keeps what deliveries came to; those that columns follow are looked at in the org first. */
  async #settle(ended: readonly Settled[], retried: readonly Retried[]): Promise<void> {
    const settled = ended.map((each) => {
      const lost = this.#lost.get(each.claim.id);
      return lost ? afterSecondLook(each, lost) : each;
    });
    const unread = settled.filter((each) => this.#isFollowed(each));
    this.#unread.push(...unread);
    await this.#recorder.add({ settled: settled.filter((each) => !unread.includes(each)), retried });
  }

  #isFollowed({ claim, outcome }: Settled): boolean {
    return (
      this.#followed.length > 0 &&
      READ_BACK.has(outcome) &&
      (claim.isConsentChanged || this.#written.has(claim))
    );
  }

  async #readBack(context: PlanContext): Promise<void> {
    const unread = this.#unread.map((settled): Unread => {
      const { claim } = settled;
      const ownId = claim.linkedId ?? knownId(context.state.rows.get(claim.identityId), context);
      return { settled, written: this.#written.get(claim) ?? new Map(), ownId };
    });
    const { org, ending, integration } = this.#drain;
    const settled = await this.#asking(() => readBack(org, ending, integration, this.#followed, unread));
    await this.#recorder.add({ settled, retried: [] });
  }

  #noteWritten({ claim, record }: Write, id: string | null): void {
    const fields = Object.entries(record).filter(([name]) =>
      this.#followed.some(({ target }) => target.field.toLowerCase() === name.toLowerCase()),
    );
    if (id === null || fields.length === 0) return;
    const written = this.#written.get(claim) ?? new Map<string, OrgRecord>();
    this.#written.set(claim, written.set(id, Object.fromEntries(fields)));
  }

  /** Notes what became of the deliveries that all results of are there. */
  async #take(writes: readonly Write[], answers: readonly RecordAnswer[]): Promise<void> {
    await this.#drain.onAnswer();
    const settled: Settled[] = [];
    const retried: Retried[] = [];
    writes.forEach((write, index) => {
      const open = this.#open.get(write.claim);
      const answer = answers[index];
      if (!open || !answer) return;
      open.left -= 1;
      if (answer.isSaved) {
        const id = idOf(write, answer);
        if (open.done === null || write.isOwn) open.done = savedAs(write, answer, id);
        this.#noteWritten(write, id);
      } else {
        open.refusals.push(answer.refusal);
        if (answer.refusal.follows === 'gone' && (open.gone === null || write.isOwn)) open.gone = write;
      }
      if (open.left > 0) return;
      this.#open.delete(write.claim);
      const end = open.unplaced ?? this.#endOf(write, open);
      if (end === null) return;
      if (end.outcome === 'retry') retried.push(end);
      else settled.push(end);
    });
    await this.#settle(settled, retried);
  }

  /** What a delivery comes to that may have been written to several records; null where it is looked at again. */
  #endOf({ claim, operation }: Write, { done, refusals, gone }: Open): Settled | Retried | null {
    const failed = refusals.find(({ follows }) => follows === 'give-up' || follows === 'stop');
    if (failed) return { claim, outcome: 'dead', code: failed.code, message: failed.message };
    const retry = refusals.find(({ follows }) => follows === 'retry');
    if (retry) return { claim, outcome: 'retry', code: retry.code, message: retry.message };
    const refusal = refusals.find(({ follows }) => follows === 'gone');
    if (refusal === undefined || gone === null) return done ?? { claim, outcome: 'unneeded' };
    const id = gone.record.Id;
    // A creation met a record that went away meanwhile.
    if (typeof id !== 'string')
      return { claim, outcome: 'retry', code: refusal.code, message: refusal.message };
    // So much the better for a deletion.
    if (operation === 'delete') return { claim, outcome: 'deleted' };
    const known = this.#lost.get(claim.id);
    if (known)
      return withoutRecord({ claim: { ...claim, isLinkGone: true }, isOptOut: known.isOptOut }, refusal);
    const { isOwn, isOptOut } = gone;
    this.#lost.set(claim.id, { claim, id, isOwn, isOptOut, refusal, done });
    return null;
  }

  async #keep({ settled, retried }: Outcomes): Promise<void> {
    const { org, integration, lease, database, metrics } = this.#drain;
    const apiCalls = org.callsMade - this.#callsKept;
    this.#callsKept += apiCalls;
    await recordResults(database.pool, lease, integration, { settled, retried, apiCalls }, this.#ownsRows);
    metrics.count([...settled, ...retried]);
  }
}

type SavedAnswer = Extract<RecordAnswer, { isSaved: true }>;

/** Ends after which the org says what a person's checkboxes are. */
const READ_BACK: ReadonlySet<Settled['outcome']> = new Set(['created', 'updated', 'unneeded']);

const idOf = ({ record }: Write, answer: SavedAnswer): string | null =>
  answer.id ?? (typeof record.Id === 'string' ? record.Id : null);

/** Of several records of an address that are written only the row's own is linked to it. */
function savedAs({ claim, operation, isOwn }: Write, answer: SavedAnswer, id: string | null): Settled {
  const outcome = operation === 'delete' ? 'deleted' : answer.isCreated ? 'created' : 'updated';
  return { claim, outcome, ...(isOwn && id !== null ? { salesforceId: id } : {}) };
}
