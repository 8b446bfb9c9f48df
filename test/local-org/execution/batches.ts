import { randomUUID } from 'node:crypto';
import { ApexList } from '../values/collections.ts';
import { platformException, throwNull, type ApexException } from '../values/exception.ts';
import { isSourceObject, type DispatchingObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { apexToString } from '../values/text.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { QueryLocator } from './query-locators.ts';
import { publish } from './events.ts';
import { storedCopy } from './job-state.ts';
import { JobContext, markJob, methodOf, newJobRow, runningJobs, updateJob, type BatchPhase } from './jobs.ts';
import { current, type Transaction, type UserContext } from './transaction.ts';
import type { LocalOrg } from '../org.ts';

/** Database.executeBatch: start, one job a chunk, finish, each in its own transaction. Answers the job's Id. */
export function executeBatch(batch: ApexValue, size: number): string {
  if (!isSourceObject(batch)) return throwNull();
  if (size < 1)
    throw platformException('System.InvalidParameterValueException', 'Batch size must be greater than zero');
  const transaction = current();
  const running = runningJobs.get(transaction);
  if (transaction.kind === 'future' || (transaction.kind === 'batch' && running?.phase !== 'FINISH')) {
    throw platformException(
      'System.AsyncException',
      'Database.executeBatch cannot be called from a batch start, batch execute, or future method.',
    );
  }
  if (!transaction.test) transaction.org.usage.checkAsync();
  const id = newJobRow(transaction.org, 'BatchApex', batch.$class.name);
  const job = new BatchJob(transaction.org, transaction.user, id, batch, size);
  job.begin();
  transaction.org.onRollback(transaction, () => {
    transaction.org.jobs.remove(id);
  });
  return id;
}

function implementsMarker(batch: DispatchingObject, name: string): boolean {
  return batch.$class.interfaces.some((each) => each.kind === 'platform' && each.name === name);
}

/** One batch on its way through its phases. */
class BatchJob {
  readonly #org: LocalOrg;
  readonly #user: UserContext;
  readonly #id: string;
  readonly #size: number;
  readonly #context: JobContext;
  /** As it was given. Without Database.Stateful every phase works on a copy of it. */
  readonly #instance: DispatchingObject;
  readonly #isStateful: boolean;
  #errors = 0;
  /** The row that the platform keeps for its own use of a batch that has chunks. (Object Reference, AsyncApexJob.) */
  #worker: string | null = null;
  #processed = 0;

  constructor(org: LocalOrg, user: UserContext, id: string, batch: DispatchingObject, size: number) {
    this.#org = org;
    this.#user = user;
    this.#id = id;
    this.#size = size;
    this.#context = new JobContext('Database.BatchableContext', id);
    this.#instance = storedCopy(batch);
    this.#isStateful = implementsMarker(batch, 'Database.Stateful');
  }

  begin(): void {
    this.#add('START', [], (transaction) => {
      this.#update({ status: 'Preparing' });
      const chunks = this.#chunks(methodOf(this.#phaseInstance(), 'start/1')(this.#context));
      if (transaction.test && chunks.length > 1) {
        throw platformException(
          'System.UnexpectedException',
          'No more than one executeBatch can be called from within a test method. Please make sure the iterable returned from your start method matches the batch size, resulting in one executeBatch invocation.',
        );
      }
      this.#update({ status: 'Processing', totaljobitems: chunks.length });
      for (const chunk of chunks) {
        this.#add('EXECUTE', chunk.items, () => {
          this.#worker ??= newJobRow(this.#org, 'BatchApexWorker', this.#instance.$class.name);
          methodOf(this.#phaseInstance(), 'execute/2')(this.#context, chunk);
        });
      }
      this.#add('FINISH', [], () => {
        methodOf(this.#phaseInstance(), 'finish/1')(this.#context);
      });
    });
  }

  #phaseInstance(): DispatchingObject {
    return this.#isStateful ? this.#instance : storedCopy(this.#instance);
  }

  #chunks(started: ApexValue): ApexList[] {
    const list = started instanceof QueryLocator ? started.records : started;
    const rows = list instanceof ApexList ? list.items : [...this.#org.program.runtime.iterate(list)];
    const element: TypeRef =
      list instanceof ApexList
        ? list.elementType
        : rows.every((row) => row instanceof ApexSObject)
          ? { kind: 'sobject', name: null }
          : { kind: 'primitive', name: 'Object' };
    const chunks: ApexList[] = [];
    for (let at = 0; at < rows.length; at += this.#size)
      chunks.push(new ApexList(element, rows.slice(at, at + this.#size)));
    return chunks;
  }

  #add(phase: BatchPhase, scope: readonly ApexValue[], run: (transaction: Transaction) => void): void {
    this.#org.jobs.add({
      id: this.#id,
      kind: 'batch',
      dueAt: this.#org.now(),
      user: this.#user,
      signature: null,
      depth: 1,
      failures: 0,
      phase,
      run,
      finished: (failure) => {
        this.#finished(phase, scope, failure);
      },
    });
  }

  /** A chunk that fails is counted and the next one runs; a failed start or finish ends the job. */
  #finished(phase: BatchPhase, scope: readonly ApexValue[], failure: ApexException | null): void {
    if (phase === 'EXECUTE') this.#processed += 1;
    if (failure) {
      this.#errors += 1;
      this.#update({
        extendedstatus: `First error: ${failure.text}`,
        numberoferrors: this.#errors,
      });
      if (implementsMarker(this.#instance, 'Database.RaisesPlatformEvents'))
        this.#raise(phase, scope, failure);
    }
    this.#update({ jobitemsprocessed: this.#processed });
    const isFailed = failure !== null && phase !== 'EXECUTE';
    if (phase === 'FINISH' && this.#worker !== null) markJob(this.#org, this.#worker, 'Completed', null);
    if (isFailed || phase === 'FINISH') this.#update({ status: isFailed ? 'Failed' : 'Completed' });
  }

  /** A batch marked Database.RaisesPlatformEvents tells of each failure by a BatchApexErrorEvent. */
  #raise(phase: BatchPhase, scope: readonly ApexValue[], failure: ApexException): void {
    const object = this.#org.schema.object('BatchApexErrorEvent');
    if (!object) throw new Error('BatchApexErrorEvent is missing from the schema.');
    const event = new ApexSObject(object);
    const values: Readonly<Record<string, ApexValue>> = {
      AsyncApexJobId: this.#id,
      DoesExceedJobScopeMaxLength: false,
      ExceptionType: failure.typeName,
      JobScope: scope.map((each) => (each instanceof ApexSObject ? each.id : apexToString(each))).join(','),
      Message: failure.text,
      Phase: phase,
      RequestId: randomUUID(),
      StackTrace: failure.stackTrace(),
    };
    for (const [field, value] of Object.entries(values)) event.put(field, value);
    publish(this.#org, this.#user, event);
  }

  #update(changes: Readonly<Record<string, ApexValue>>): void {
    updateJob(this.#org, this.#id, new Map(Object.entries(changes)));
  }
}
