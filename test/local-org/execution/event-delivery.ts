import { throwPlatform, type ApexException } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import type { ApexSObject } from '../values/sobject.ts';
import { platformClass } from '../library/registry.ts';
import { current } from './transaction.ts';

/** What an event trigger is told of the delivery it is in, and the checkpoint it has set. */
export class EventDelivery extends PlatformObject {
  readonly retries: number;
  readonly lastError: string | null;
  checkpoint: string | null = null;
  constructor(retries: number, lastError: string | null) {
    super('eventbus.TriggerContext');
    this.retries = retries;
    this.lastError = lastError;
  }

  /** The events that come after the one the trigger has named as done; none where it has named none. */
  eventsAfterCheckpoint(events: readonly ApexSObject[]): ApexSObject[] {
    const at = events.findIndex((event) => event.values.get('replayid') === this.checkpoint);
    return this.checkpoint === null || at < 0 ? [] : events.slice(at + 1);
  }
}

/** EventBus.RetryableException asks for the same events again. */
export function isRetryable(exception: ApexException): boolean {
  return exception.typeName.toLowerCase() === 'eventbus.retryableexception';
}

platformClass({
  name: 'eventbus.TriggerContext',
  statics: {
    'currentContext/0': () =>
      current().delivery ??
      throwPlatform('System.TypeException', 'TriggerContext is only there in an event trigger'),
  },
  properties: {
    retries: (delivery: EventDelivery) => delivery.retries,
    lastError: (delivery: EventDelivery) => delivery.lastError,
  },
  methods: {
    'getResumeCheckpoint/0': (delivery: EventDelivery) => delivery.checkpoint,
    'setResumeCheckpoint/1': (delivery: EventDelivery, replayId: ApexValue) => {
      delivery.checkpoint = typeof replayId === 'string' ? replayId : null;
    },
  },
});
