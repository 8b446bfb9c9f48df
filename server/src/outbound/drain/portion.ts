import { say } from '../../messages/message.ts';
import { traced } from '../../process/tracing.ts';
import type { FollowedColumn } from '../../consent/followed-columns.ts';
import { CommonRefusalJudge, ProducerStopped } from '../engine/common-refusals.ts';
import { SalesforceFault, type OrgRecord } from '../../salesforce/org.ts';
import type { RecordAnswer } from '../engine/send-records.ts';
import type { Claim } from '../deliveries/claims.ts';
import { idsOfRows, type CurrentState } from './current-state.ts';
import type { IntegrationDrain } from './drain-services.ts';
import type { Retried, Settled } from '../deliveries/outcomes.ts';
import { findRecords } from './records-by-value.ts';
import { leaveFilled } from './leave-filled.ts';
import { lookAgain, type SecondLook } from './gone-records.ts';
import { noteTried, noteWritten } from './note-sending.ts';
import { OpenDeliveries } from './open-deliveries.ts';
import { heldForAnotherObject, waitingElsewhere } from './own-org.ts';
import { recordOf, wishOf, type PlanContext, type Wish } from './plan.ts';
import { readBack, type Unread } from './read-back.ts';
import { recordResults } from './record-results.ts';
import { Recorder, type Outcomes } from './recorder.ts';
import { resolve, type RowOfRecord, type Write } from './resolve.ts';
import { send } from './send.ts';
import { keepSent } from './sent-deliveries.ts';
import { successorsOf } from './successor-records.ts';
import { noteDelivered, sendingOf } from './traces.ts';
import { takeRead, type TwoWay } from './two-way.ts';

/** How deliveries of one integration are sent. */
interface Sender {
  /** Whether the ids in the table's rows are this org's. */
  readonly ownsRows: boolean;
  readonly followed: readonly FollowedColumn[];
  readonly twoWay: TwoWay | null;
  readonly judge: CommonRefusalJudge;
}

/** Some deliveries on their way, and what has become of them. */
export class Portion {
  readonly #drain: IntegrationDrain;
  readonly #ownsRows: boolean;
  readonly #followed: readonly FollowedColumn[];
  readonly #twoWay: TwoWay | null;
  readonly #judge: CommonRefusalJudge;
  readonly #recorder = new Recorder((outcomes) => this.#keep(outcomes));
  readonly #open = new OpenDeliveries();
  /** Checkboxes that columns follow, as they were saved, by the delivery and the record. */
  readonly #written = new Map<Claim, Map<string, OrgRecord>>();
  /** What is written of each delivery. */
  readonly #sent = new Map<number, OrgRecord>();
  /** Deliveries of consent that are done in the org, and whose columns do not know it yet. */
  readonly #unread: Settled[] = [];
  #rows: CurrentState['rows'] = new Map();
  #callsKept: number;
  readonly #startedAt = Date.now();

  constructor(drain: IntegrationDrain, { ownsRows, followed, twoWay, judge }: Sender) {
    this.#drain = drain;
    this.#ownsRows = ownsRows;
    this.#followed = followed;
    this.#twoWay = twoWay;
    this.#judge = judge;
    this.#callsKept = drain.org.callsMade;
  }

  /**
   * Merges what the records of deliveries say now with what waits, before it is written over; answers whether there was
   * anything to read.
   */
  async merge(claims: readonly Claim[], context: PlanContext): Promise<boolean> {
    const twoWay = this.#twoWay;
    if (twoWay === null) return false;
    const ids = claims.flatMap((claim) => {
      const edited = context.state.rows.get(claim.identityId)?.edited ?? null;
      const isMet =
        edited !== null &&
        (edited.columns.size === 0 || [...edited.columns].some((column) => twoWay.columns.has(column)));
      return isMet && claim.rowChange !== null ? (ownIdOf(claim, context) ?? []) : [];
    });
    if (ids.length === 0) return false;
    const { org, ending, integration } = this.#drain;
    const selected = ['SystemModstamp', ...twoWay.fields];
    const found = await this.#asking(() => findRecords(org, ending, integration.object, 'Id', ids, selected));
    await this.#drain.onAnswer();
    await takeRead(this.#drain, twoWay, [...found.values()].flat(), () => false);
    return true;
  }

  /** Throws what ends the sending; what was answered before that is kept. */
  deliver(claims: readonly Claim[], context: PlanContext): Promise<void> {
    return traced(
      () => sendingOf(this.#drain.integration, claims),
      () => this.#deliver(claims, context),
    );
  }

  async #deliver(claims: readonly Claim[], context: PlanContext): Promise<void> {
    this.#rows = context.state.rows;
    const wishes: Wish[] = [];
    const settled: Settled[] = [];
    const { database, integration } = this.#drain;
    const held = await waitingElsewhere(database.pool, context, claims);
    const retried: Retried[] = [];
    for (const claim of claims) {
      if (held.has(claim.identityId)) {
        retried.push(heldForAnotherObject(claim, integration));
        continue;
      }
      const wish = wishOf(claim, context);
      if ('outcome' in wish) settled.push(wish);
      else wishes.push(wish);
    }
    try {
      await this.#recorder.add({ settled: [], retried });
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
    const resolved = await this.#asking(async () =>
      leaveFilled(
        ...([org, ending, integration] as const),
        await resolve(org, ending, integration, wishes, (ids) => this.#rowsOf(ids)),
      ),
    );
    if (resolved.hasAsked) await this.#drain.onAnswer();
    this.#open.begin(resolved.writes, [...resolved.refused, ...refused]);
    await this.#settle([...settled, ...resolved.settled], resolved.retried);
    await noteTried(database.pool, resolved.tried);
    for (const { claim, record, isOwn } of resolved.writes)
      if (isOwn || !this.#sent.has(claim.id)) this.#sent.set(claim.id, record);
    const onAnswers = (writes: readonly Write[], answers: readonly RecordAnswer[]): Promise<void> =>
      this.#take(writes, answers);
    await send({ org, integration, ending, lease, judge: this.#judge, onAnswers }, resolved.writes);
  }

  async #rowsOf(recordIds: readonly string[]): Promise<RowOfRecord> {
    const { database, integration } = this.#drain;
    const taken = this.#ownsRows ? await idsOfRows(database.pool, integration, recordIds) : new Set<string>();
    return (claim, id) => {
      if (!taken.has(id)) return 'none';
      return this.#rows.get(claim.identityId)?.salesforceId === id ? 'own' : 'other';
    };
  }

  /** Where a record is gone, the person or row may have another one by now. Once: what is gone again is gone. */
  async #lookAgain(context: PlanContext): Promise<void> {
    const { lost } = this.#open;
    if (lost.length === 0) return;
    const { org, ending, database } = this.#drain;
    const ids = lost.map(({ id }) => id);
    const successors = await this.#asking(() => successorsOf(org, ending, context.described, ids));
    // What was written just now, to be read back, is linked to nobody yet.
    const written = this.#unread.flatMap(({ salesforceId }) => salesforceId ?? []);
    await this.#place(await lookAgain(database.pool, context, lost, successors, written));
  }

  /** A refused query concerns all of the integration, and no other one. */
  async #asking<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof SalesforceFault) || error.kind !== 'give-up') throw error;
      await this.#judge.judgeCall(error);
      throw new ProducerStopped(error.code, say('work.not-found', { said: error.message }));
    }
  }

  /** Keeps what deliveries came to; those that columns follow are looked at in the org first. */
  async #settle(ended: readonly Settled[], retried: readonly Retried[]): Promise<void> {
    const settled: Settled[] = [];
    for (const each of ended.map((end) => this.#open.afterSecondLook(end)))
      (this.#isFollowed(each) || this.#comesBack(each) ? this.#unread : settled).push(each);
    await this.#recorder.add({ settled, retried });
  }

  #isFollowed({ claim, outcome }: Settled): boolean {
    return (
      this.#followed.length > 0 &&
      READ_BACK.has(outcome) &&
      (claim.isConsentChanged || this.#written.has(claim))
    );
  }

  #comesBack({ claim, outcome, salesforceId }: Settled): boolean {
    if (this.#twoWay === null || claim.rowChange === null || salesforceId === undefined) return false;
    return outcome === 'created' || outcome === 'updated';
  }

  async #readBack(context: PlanContext): Promise<void> {
    const unread = this.#unread.map((settled): Unread => {
      const { claim } = settled;
      const ownId = ownIdOf(claim, context);
      return { settled, written: this.#written.get(claim) ?? new Map(), ownId };
    });
    const { org, ending, integration, database } = this.#drain;
    const others = this.#twoWay?.fields ?? [];
    const { settled, records } = await this.#asking(() =>
      readBack(org, ending, integration, this.#followed, unread, others),
    );
    if (this.#twoWay === null || records.length === 0) return this.#recorder.add({ settled, retried: [] });
    await keepSent(database.pool, integration, settled, this.#sent);
    await noteWritten(database.pool, integration, settled);
    await takeRead(this.#drain, this.#twoWay, records, this.#ownWrites(settled));
    // What was sent is noted by now, and what the org has made of it.
    const noted = settled.map(({ sent: _sent, ...each }): Settled => ({ ...each, isNoted: true }));
    await this.#recorder.add({ settled: noted, retried: [] });
  }

  /** Which columns of which records have been written: of a new one all. */
  #ownWrites(settled: readonly Settled[]): (recordId: string, column: string) => boolean {
    const written = new Map(
      settled.map(({ salesforceId, outcome, claim }) => {
        const edited = this.#rows.get(claim.identityId)?.edited ?? null;
        return [salesforceId, outcome === 'created' ? null : (edited?.columns ?? null)] as const;
      }),
    );
    return (recordId, column) => {
      const columns = written.get(recordId);
      return columns === null || columns?.has(column) === true;
    };
  }

  #noteWritten({ claim, record }: Write, id: string | null): void {
    if (id === null || this.#followed.length === 0) return;
    const fields = Object.entries(record).filter(([name]) =>
      this.#followed.some(({ target }) => target.field.toLowerCase() === name.toLowerCase()),
    );
    if (fields.length === 0) return;
    const written = this.#written.get(claim) ?? new Map<string, OrgRecord>();
    this.#written.set(claim, written.set(id, Object.fromEntries(fields)));
  }

  /** Notes what became of the deliveries that all results of are there. */
  async #take(writes: readonly Write[], answers: readonly RecordAnswer[]): Promise<void> {
    await this.#drain.onAnswer();
    const settled: Settled[] = [];
    const retried: Retried[] = [];
    writes.forEach((write, index) => {
      const answer = answers[index];
      if (!answer) return;
      const end = this.#open.answered(write, answer, answer.isSaved ? this.#saved(write, answer) : null);
      if (end === null) return;
      if (end.outcome === 'retry') retried.push(end);
      else settled.push(end);
    });
    await this.#settle(settled, retried);
  }

  /** Of several records of an address that are written only the row's own is linked to it, and has what the row says. */
  #saved(write: Write, answer: SavedAnswer): Settled {
    const { claim, operation, isOwn } = write;
    const id = idOf(write, answer);
    this.#noteWritten(write, id);
    if (operation === 'delete')
      return { claim, outcome: 'deleted', ...(isOwn && id !== null ? { salesforceId: id } : {}) };
    const outcome = answer.isCreated ? 'created' : 'updated';
    if (!isOwn || id === null) return { claim, outcome };
    const sent = this.#rows.get(claim.identityId)?.edited?.values;
    return { claim, outcome, salesforceId: id, ...(sent === undefined ? {} : { sent }) };
  }

  async #keep({ settled, retried }: Outcomes): Promise<void> {
    const { org, integration, lease, database, metrics } = this.#drain;
    const apiCalls = org.callsMade - this.#callsKept;
    this.#callsKept += apiCalls;
    const results = { settled, retried, apiCalls, written: this.#sent };
    await recordResults(database.pool, lease, integration, results, this.#ownsRows);
    metrics.count([...settled, ...retried]);
    noteDelivered(integration, [...settled, ...retried], this.#startedAt);
  }
}

/** The record that a delivery's row is known by. */
const ownIdOf = (claim: Claim, context: PlanContext): string | null =>
  recordOf(claim, context.state.rows.get(claim.identityId), context);

type SavedAnswer = Extract<RecordAnswer, { isSaved: true }>;

/** Ends after which the org says what a person's checkboxes are. */
const READ_BACK: ReadonlySet<Settled['outcome']> = new Set(['created', 'updated', 'unneeded']);

const idOf = ({ record }: Write, answer: SavedAnswer): string | null =>
  answer.id ?? (typeof record.Id === 'string' ? record.Id : null);
