import { randomUUID } from 'node:crypto';
import { ApexList } from '../values/collections.ts';
import { ApexDatetime } from '../values/dates.ts';
import { asApexException, type ApexException } from '../values/exception.ts';
import type { ApexValue, TriggerInfo } from '../values/object.ts';
import type { ApexSObject } from '../values/sobject.ts';
import type { RowError, RowResult } from './dml.ts';
import { EventDelivery, isRetryable } from './event-delivery.ts';
import type { Transaction, UserContext } from './transaction.ts';
import type { LocalOrg } from '../org.ts';

/** Publishes a platform event in a transaction: now, or when it is committed, as the event's definition says. */
export function publishIn(transaction: Transaction, event: ApexSObject): RowResult {
  const { org } = transaction;
  const missing = missingFields(event);
  if (missing.length > 0) {
    const message = `Required fields are missing: [${missing.join(', ')}]`;
    return refused({ statusCode: 'REQUIRED_FIELD_MISSING', message, fields: missing });
  }
  // The bus takes so many events in an hour. (Platform Events Developer Guide, status codes of a publish.)
  if (!transaction.test) {
    if (!org.usage.hasRoom('HourlyPublishedPlatformEvents')) return refused(LIMIT_EXCEEDED);
    org.usage.count('HourlyPublishedPlatformEvents');
  }
  // The event that the publisher holds knows its name from now on.
  if (!event.values.has('eventuuid')) event.values.set('eventuuid', randomUUID());
  const send = (): void => {
    publish(org, transaction.user, event.copy());
  };
  if (event.schema.publishBehavior === 'PublishAfterCommit') {
    // What the publisher changes afterwards is not in it any more.
    const copy = event.copy();
    transaction.afterCommit.push(() => {
      publish(org, transaction.user, copy);
    });
  } else send();
  return { id: `e0${String(org.store.next('event')).padStart(13, '0')}AAA`, created: true, errors: [] };
}

const LIMIT_EXCEEDED: RowError = {
  statusCode: 'LIMIT_EXCEEDED',
  message: 'The number of published platform events exceeded the hourly publishing limit.',
  fields: [],
};

function refused(error: RowError): RowResult {
  return { id: null, created: false, errors: [error] };
}

function missingFields(event: ApexSObject): string[] {
  return [...event.schema.fields.values()]
    .filter(
      (field) => field.custom && !field.nillable && field.type !== 'boolean' && field.defaultValue === null,
    )
    .filter((field) => (event.values.get(field.name.toLowerCase()) ?? null) === null)
    .map((field) => field.name);
}

/** Puts an event on the bus, whatever becomes of the transaction that runs. */
export function publish(org: LocalOrg, user: UserContext, event: ApexSObject): void {
  for (const field of event.schema.fields.values()) {
    const key = field.name.toLowerCase();
    const value = org.defaultOf(field);
    if (value !== null && !event.values.has(key)) event.values.set(key, value);
  }
  if (!event.values.has('eventuuid')) event.values.set('eventuuid', randomUUID());
  event.values.set('createddate', new ApexDatetime(org.now()));
  event.values.set('createdbyid', user.id);
  event.values.set('replayid', String(org.store.next('replay')));
  event.isReadOnly = true;
  org.bus.add(event);
}

/** Events a trigger is given at once, and how often they have been given to it before. */
interface Subscription {
  readonly trigger: TriggerInfo;
  events: ApexSObject[];
  retries: number;
  lastError: string | null;
}

/** The most events of a kind that a trigger is given at once. */
const BATCH = 2000;
/** How often a trigger gets events again that it has thrown a RetryableException for. */
const MAX_RETRIES = 9;

/** Events on their way to the triggers that subscribe to them, each of which runs by itself. */
export class EventBus {
  readonly #org: LocalOrg;
  #waiting: Subscription[] = [];

  constructor(org: LocalOrg) {
    this.#org = org;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(event: ApexSObject): void {
    for (const trigger of this.#org.triggersOf(event.schema.name, 'after insert')) {
      const waiting = this.#waiting.find(
        (each) => each.trigger === trigger && each.retries === 0 && each.events.length < BATCH,
      );
      if (waiting) waiting.events.push(event);
      else this.#waiting.push({ trigger, events: [event], retries: 0, lastError: null });
    }
    this.#org.wake();
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Lets nothing wait for a while; the answer puts back what waited before, as often as it is called. */
  setAside(): () => void {
    const waiting = this.#waiting;
    this.#waiting = [];
    return () => {
      this.#waiting = [...waiting];
    };
  }

  /**
   * Runs the subscribers, as Automated Process. Those that ask for their events again get them with the next delivery.
   * Where one fails, the others run still; then the first failure is thrown.
   */
  deliver(test: Transaction['test'] = null): void {
    const now = this.#waiting;
    this.#waiting = [];
    const failures = now.flatMap((subscription) => this.#deliverTo(subscription, test) ?? []);
    const [first] = failures;
    if (first) throw first;
  }

  #deliverTo(subscription: Subscription, test: Transaction['test']): ApexException | null {
    const { trigger, events } = subscription;
    const delivery = new EventDelivery(subscription.retries, subscription.lastError);
    const [first] = events;
    if (!first) return null;
    try {
      this.#org.run('event', this.#org.automatedProcess, (transaction) => {
        transaction.test = test;
        transaction.delivery = delivery;
        transaction.trigger = {
          isBefore: false,
          operation: 'insert',
          object: first.schema.name,
          oldList: null,
          newMap: null,
          oldMap: null,
          size: events.length,
          newList: new ApexList({ kind: 'sobject', name: first.schema.name }, events),
        };
        trigger.run();
      });
    } catch (error) {
      const exception = asApexException(error);
      if (!exception) throw error;
      return this.#failed(subscription, delivery, exception);
    }
    this.#note(subscription, null);
    this.#again(subscription, delivery.eventsAfterCheckpoint(events), 0, null);
    return null;
  }

  #failed(
    subscription: Subscription,
    delivery: EventDelivery,
    exception: ApexException,
  ): ApexException | null {
    this.#note(subscription, exception.text);
    if (isRetryable(exception) && subscription.retries < MAX_RETRIES) {
      this.#again(subscription, subscription.events, subscription.retries + 1, exception.text);
      return null;
    }
    // What stands before the checkpoint is done; the rest is tried again once the trigger has moved on.
    const rest = delivery.eventsAfterCheckpoint(subscription.events);
    if (rest.length > 0 && rest.length < subscription.events.length) this.#again(subscription, rest, 0, null);
    return exception;
  }

  #again(subscription: Subscription, events: ApexSObject[], retries: number, lastError: string | null): void {
    if (events.length === 0) return;
    this.#waiting.push({ trigger: subscription.trigger, events, retries, lastError });
    this.#org.wake();
  }

  /** The subscriber's row in EventBusSubscriber. */
  #note(subscription: Subscription, error: string | null): void {
    const { store, schema } = this.#org;
    const object = schema.object('EventBusSubscriber');
    const last = subscription.events.at(-1);
    if (!object || !last) return;
    const known = store
      .findBy(object.name, 'Name', subscription.trigger.name)
      .find((row) => row.get('topic') === last.schema.name);
    const id = typeof known?.get('id') === 'string' ? String(known.get('id')) : store.newId(object);
    const values: Readonly<Record<string, ApexValue>> = {
      id,
      isdeleted: false,
      name: subscription.trigger.name,
      topic: last.schema.name,
      type: 'ApexTrigger',
      status: 'Running',
      position: Number(last.values.get('replayid') ?? 0),
      tip: -1,
      retries: error === null ? 0 : subscription.retries + 1,
      lasterror: error,
    };
    store.put(object.name, id, new Map(Object.entries(values)));
  }
}
