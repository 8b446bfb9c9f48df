import { randomUUID } from 'node:crypto';
import { ApexList } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RowResult } from './dml.ts';
import type { Transaction } from './transaction.ts';
import type { LocalOrg } from '../org.ts';

/** Publishes a platform event: now, or when the transaction is committed, as the event's definition says. */
export function publish(transaction: Transaction, event: ApexSObject): RowResult {
  const { org } = transaction;
  const copy = event.copy();
  copy.values.set('eventuuid', randomUUID());
  copy.values.set('createddate', new ApexDatetime(transaction.now()));
  copy.values.set('createdbyid', transaction.user.id);
  copy.values.set('replayid', String(org.store.next('replay')));
  const deliver = (): void => {
    org.bus.add(copy);
  };
  if (event.schema.publishBehavior === 'PublishAfterCommit') transaction.afterCommit.push(deliver);
  else deliver();
  return { id: `e0${String(org.store.next('event')).padStart(13, '0')}AAA`, created: true, errors: [] };
}

/** Events on their way to the triggers that subscribe to them. */
export class EventBus {
  readonly #org: LocalOrg;
  #waiting: ApexSObject[] = [];

  constructor(org: LocalOrg) {
    this.#org = org;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(event: ApexSObject): void {
    this.#waiting.push(event);
    this.#org.wake();
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Runs the subscribers, as Automated Process, up to 2,000 events of a kind a transaction. */
  deliver(test: Transaction['test'] = null): void {
    const events = this.#waiting;
    this.#waiting = [];
    for (const object of new Set(events.map((event) => event.schema))) {
      const triggers = this.#org.triggersOf(object.name, 'after insert');
      const batch = events.filter((event) => event.schema === object);
      for (let start = 0; start < batch.length; start += 2000) {
        const chunk = batch.slice(start, start + 2000);
        if (triggers.length === 0) continue;
        this.#org.run('event', this.#org.automatedProcess, (transaction) => {
          transaction.test = test;
          for (const event of chunk) event.isReadOnly = true;
          transaction.trigger = {
            isBefore: false,
            operation: 'insert',
            object: object.name,
            oldList: null,
            newMap: null,
            oldMap: null,
            size: chunk.length,
            newList: new ApexList({ kind: 'sobject', name: object.name }, chunk),
          };
          for (const trigger of triggers) trigger.run();
        });
      }
    }
  }
}
