import { COLLECTION } from '../../salesforce/collections.ts';
import {
  SalesforceFault,
  type OrgRecord,
  type SalesforceOrg,
  type SaveResult,
  type WriteOperation,
  type WriteOptions,
} from '../../salesforce/org.ts';
import { commonRefusal, refusalByCall, refusalOf, type RecordRefusal } from '../../salesforce/refusals.ts';

/** What became of one record. A refusal that is answered here never stops a producer: it is the record's own. */
export type RecordAnswer =
  | { readonly isSaved: true; readonly id: string | null; readonly isCreated: boolean }
  | { readonly isSaved: false; readonly refusal: RecordRefusal };

/** How writes of one operation go to one object. */
export interface RecordSending<W> {
  readonly org: SalesforceOrg;
  readonly operation: WriteOperation;
  readonly object: string;
  readonly options: WriteOptions;
  /** Records of the same fields from which on they are written by a job of Bulk API 2.0. */
  readonly bulkFrom: number;
  readonly recordOf: (write: W) => OrgRecord;
  /** Called before each call, of a job or not; what it throws ends the sending. */
  readonly beforeCall: (writes: readonly W[], isBulk: boolean) => Promise<void>;
  /** Called after each call with what became of its records, in their order. */
  readonly onAnswers: (writes: readonly W[], answers: readonly RecordAnswer[]) => Promise<void>;
  /**
   * Called where a call, or every record of one, was refused for something that may concern all records. What it throws ends
   * the sending, and the records wait; where it returns, the records are refused each for itself.
   */
  readonly onCommonRefusal: (refusal: RecordRefusal) => Promise<void>;
}

/** Records of a job: many, since an org counts jobs; few enough that what is known of them stays small. */
const MAX_JOB = 10_000;
/** Records that are tried alone before all of a call are refused for what both of its halves were refused for. */
const SAMPLES = 3;

/** Sends writes in as few calls as there are. Throws SalesforceFault where the calls themselves fail. */
export async function sendRecords<W>(sending: RecordSending<W>, writes: readonly W[]): Promise<void> {
  const sender = new Sender(sending);
  const { many, few } = groupsOf(sending, writes);
  for (const group of many) for (const job of slices(group, MAX_JOB)) await sender.sendJob(job);
  for (const chunk of chunksOf(sending, few)) await sender.sendChunk(chunk);
}

/** A job's records have the same fields, since an empty cell leaves its field alone. */
function groupsOf<W>(
  { bulkFrom, recordOf }: RecordSending<W>,
  writes: readonly W[],
): { many: W[][]; few: readonly W[] } {
  if (writes.length < bulkFrom) return { many: [], few: writes };
  const groups = new Map<string, W[]>();
  const few: W[] = [];
  for (const write of writes) {
    const record = recordOf(write);
    if (!isWritableInBulk(record)) {
      few.push(write);
      continue;
    }
    const fields = Object.keys(record).sort().join(' ');
    const group = groups.get(fields);
    if (group) group.push(write);
    else groups.set(fields, [write]);
  }
  const all = [...groups.values()];
  return {
    many: all.filter((group) => group.length >= bulkFrom),
    few: [...all.filter((group) => group.length < bulkFrom).flat(), ...few],
  };
}

/** To the Bulk API the text `#N/A` means that a field is emptied, and nothing escapes it. */
const isWritableInBulk = (record: OrgRecord): boolean =>
  !Object.values(record).some((value) => typeof value === 'string' && /^\s*#N\/A\s*$/i.test(value));

/** Up to 200 records, none of them twice: Salesforce refuses a call that names a record twice. */
function chunksOf<W>({ recordOf }: RecordSending<W>, writes: readonly W[]): W[][] {
  const made: { writes: W[]; ids: Set<unknown> }[] = [];
  let firstOpen = 0;
  for (const write of writes) {
    const id = recordOf(write).Id;
    while (firstOpen < made.length && (made[firstOpen]?.writes.length ?? 0) >= COLLECTION) firstOpen += 1;
    let chunk = made
      .slice(firstOpen)
      .find((each) => each.writes.length < COLLECTION && (id === undefined || !each.ids.has(id)));
    if (!chunk) {
      chunk = { writes: [], ids: new Set() };
      made.push(chunk);
    }
    chunk.writes.push(write);
    chunk.ids.add(id);
  }
  return made.map((chunk) => chunk.writes);
}

class Sender<W> {
  readonly #sending: RecordSending<W>;
  /** What calls were refused for that had nothing to do with their records. */
  readonly #refusedForAll = new Set<string>();

  constructor(sending: RecordSending<W>) {
    this.#sending = sending;
  }

  /** A job says only that something is wrong with it: collections say what. */
  async sendJob(writes: readonly W[]): Promise<void> {
    const { org, operation, object, options } = this.#sending;
    const fault = await this.#attempt(writes, true, (records) =>
      org.writeBulk(operation, object, records, options),
    );
    if (fault) for (const chunk of chunksOf(this.#sending, writes)) await this.sendChunk(chunk);
  }

  async sendChunk(writes: readonly W[]): Promise<void> {
    const fault = await this.#attemptChunk(writes);
    if (!fault) return;
    const refusal = refusalByCall(fault);
    if (refusal.follows === 'stop') await this.#sending.onCommonRefusal(refusal);
    await this.#isolate(writes, fault);
  }

  #attemptChunk(writes: readonly W[]): Promise<SalesforceFault | null> {
    const { org, operation, object, options } = this.#sending;
    return this.#attempt(writes, false, (records) => org.write(operation, object, records, options));
  }

  /** Makes a call; answers why it was refused as a whole, where it was. Such a call changed nothing. */
  async #attempt(
    writes: readonly W[],
    isBulk: boolean,
    call: (records: readonly OrgRecord[]) => Promise<readonly SaveResult[]>,
  ): Promise<SalesforceFault | null> {
    await this.#sending.beforeCall(writes, isBulk);
    let results: readonly SaveResult[];
    try {
      results = await call(writes.map((write) => this.#sending.recordOf(write)));
    } catch (error) {
      if (error instanceof SalesforceFault && error.kind === 'give-up') return error;
      throw error;
    }
    if (results.length !== writes.length)
      throw new SalesforceFault('retry', 'unexpected-answer', 'Salesforce answered for other records.');
    await this.#take(writes, results.map(answerOf));
    return null;
  }

  async #take(writes: readonly W[], answers: readonly RecordAnswer[]): Promise<void> {
    const common = commonRefusal(answers.map((answer) => (answer.isSaved ? null : answer.refusal)));
    if (common) await this.#sending.onCommonRefusal(common);
    const records = writes.map(this.#sending.recordOf);
    await this.#sending.onAnswers(
      writes,
      answers.map((answer, place) => ofRecordAlone(answer, records[place])),
    );
  }

  /**
   * Finds the records that a call was refused for, by halves. Where both halves are refused alike, and so are some records
   * that are tried alone, the reason is not in the records: no further call is spent on it.
   */
  async #isolate(writes: readonly W[], fault: SalesforceFault): Promise<void> {
    if (writes.length === 1 || this.#refusedForAll.has(keyOf(fault))) return this.#refuse(writes, fault);
    const refused: { readonly half: readonly W[]; readonly fault: SalesforceFault }[] = [];
    for (const half of slices(writes, Math.ceil(writes.length / 2))) {
      const again = await this.#attemptChunk(half);
      if (again) refused.push({ half, fault: again });
    }
    const isAlike = refused.length === 2 && refused.every((each) => keyOf(each.fault) === keyOf(fault));
    if (isAlike && writes.length > 2 * SAMPLES) return this.#isolateRest(writes, fault);
    for (const each of refused) await this.#isolate(each.half, each.fault);
  }

  /** Tries some records alone, and goes on with the others where one of those was taken, or refused for something else. */
  async #isolateRest(writes: readonly W[], fault: SalesforceFault): Promise<void> {
    const step = (writes.length - 1) / (SAMPLES - 1);
    const places = new Set(Array.from({ length: SAMPLES }, (_none, sample) => Math.round(sample * step)));
    const rest = writes.filter((_write, place) => !places.has(place));
    let alike = 0;
    for (const place of places) {
      const sample = writes.slice(place, place + 1);
      const again = await this.#attemptChunk(sample);
      if (again && keyOf(again) === keyOf(fault)) alike += 1;
      if (again) await this.#refuse(sample, again);
    }
    if (alike === places.size) this.#refusedForAll.add(keyOf(fault));
    await this.#isolate(rest, fault);
  }

  #refuse(writes: readonly W[], fault: SalesforceFault): Promise<void> {
    const refusal = refusalByCall(fault);
    return this.#sending.onAnswers(
      writes,
      writes.map(() => ofRecordAlone({ isSaved: false, refusal })),
    );
  }
}

const keyOf = ({ code, message }: SalesforceFault): string => `${code}\n${message}`;

function answerOf(result: SaveResult): RecordAnswer {
  return result.isSaved
    ? { isSaved: true, id: result.id, isCreated: result.isCreated }
    : { isSaved: false, refusal: refusalOf(result.errors) };
}

/**
 * Nothing that concerns one record alone stops its producer: the record has failed. Of a record that is named by its id
 * *NOT_FOUND* says that it is gone.
 *
 * @param record what was answered for by itself; undefined where only a call was
 */
function ofRecordAlone(answer: RecordAnswer, record?: OrgRecord): RecordAnswer {
  if (answer.isSaved || answer.refusal.follows !== 'stop') return answer;
  const isGone = answer.refusal.code === 'NOT_FOUND' && record?.Id !== undefined;
  return { isSaved: false, refusal: { ...answer.refusal, follows: isGone ? 'gone' : 'give-up' } };
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_none, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
