import type { RecordRefusal } from '../../salesforce/refusals.ts';
import type { RecordAnswer } from '../engine/send-records.ts';
import type { Claim } from '../deliveries/claims.ts';
import { afterSecondLook, type Lost } from './gone-records.ts';
import type { Refused, Retried, Settled } from '../deliveries/outcomes.ts';
import type { Write } from './resolve.ts';
import { withoutRecord } from './without-record.ts';

/** Writes of a delivery that have no result yet, and what those came to that have. */
interface Open {
  left: number;
  done: Settled | null;
  readonly refusals: RecordRefusal[];
  /** Where a part of it could not be placed, whatever becomes of its writes. */
  unplaced: Settled | null;
  /** A write whose record is gone, the row's own before others of the person. */
  gone: Write | null;
}

/** Deliveries that are written, each to one record or several: what they come to when all answers are there. */
export class OpenDeliveries {
  readonly #open = new Map<Claim, Open>();
  readonly #lost = new Map<number, Lost>();

  /** Those whose records turned out to be gone: they are looked for once more. */
  get lost(): readonly Lost[] {
    return [...this.#lost.values()];
  }

  /** @param refused parts that nobody could place, whatever becomes of the writes */
  begin(writes: readonly Write[], refused: readonly Refused[]): void {
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

  /**
   * Notes the answer to a write.
   *
   * @param saved what the delivery comes to by it; null where it was refused
   * @returns what the delivery comes to as a whole; null where answers are missing, and where its record is lost
   */
  answered(write: Write, answer: RecordAnswer, saved: Settled | null): Settled | Retried | null {
    const open = this.#open.get(write.claim);
    if (!open) return null;
    open.left -= 1;
    if (saved !== null && (open.done === null || write.isOwn)) open.done = saved;
    if (!answer.isSaved) {
      open.refusals.push(answer.refusal);
      if (answer.refusal.follows === 'gone' && (open.gone === null || write.isOwn)) open.gone = write;
    }
    if (open.left > 0) return null;
    this.#open.delete(write.claim);
    return open.unplaced ?? this.#endOf(write, open);
  }

  /** What a delivery comes to, where it may have been looked at twice. */
  afterSecondLook(settled: Settled): Settled {
    const lost = this.#lost.get(settled.claim.id);
    return lost ? afterSecondLook(settled, lost) : settled;
  }

  /** Null where it is looked at again. */
  #endOf({ claim, operation }: Write, { done, refusals, gone }: Open): Settled | Retried | null {
    const failed = refusals.find(({ follows }) => follows === 'give-up' || follows === 'stop');
    const ending = operation === 'insert' || operation === 'upsert' ? ({ isNotMade: true } as const) : {};
    if (failed) return { claim, outcome: 'dead', code: failed.code, message: failed.message, ...ending };
    const retry = refusals.find(({ follows }) => follows === 'retry');
    if (retry) return { claim, outcome: 'retry', code: retry.code, message: retry.message, ...ending };
    const refusal = refusals.find(({ follows }) => follows === 'gone');
    if (refusal === undefined || gone === null) return done ?? { claim, outcome: 'unneeded' };
    const id = gone.record.Id;
    // A creation met a record that went away meanwhile.
    if (typeof id !== 'string')
      return { claim, outcome: 'retry', code: refusal.code, message: refusal.message };
    // So much the better for a deletion.
    if (operation === 'delete') return { claim, outcome: 'deleted' };
    const known = this.#lost.get(claim.id);
    if (known) return withoutRecord({ ...known, claim: { ...claim, isLinkGone: true } }, refusal);
    const { isOwn, isOptOut, hasRow } = gone;
    this.#lost.set(claim.id, { claim, id, isOwn, isOptOut, hasRow, refusal, done });
    return null;
  }
}
