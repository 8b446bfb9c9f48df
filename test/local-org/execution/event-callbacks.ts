import { addStatics, platformClass } from '../library/registry.ts';
import { ApexList } from '../values/collections.ts';
import { isSourceObject, PlatformObject } from '../values/instance.ts';
import type { ApexReference, ApexValue } from '../values/object.ts';
import { ApexSObject } from '../values/sobject.ts';
import { publishRecords } from './database-class.ts';
import { current, type Transaction } from './transaction.ts';

/** What a callback of EventBus.publish is told: which events it is about. */
class PublishResult extends PlatformObject {
  readonly uuids: readonly string[];
  constructor(kind: 'SuccessResult' | 'FailureResult', uuids: readonly string[]) {
    super(`eventbus.${kind}`);
    this.uuids = uuids;
  }
}
for (const name of ['eventbus.SuccessResult', 'eventbus.FailureResult'])
  platformClass({
    name,
    methods: {
      'getEventUuids/0': (result: PublishResult) =>
        new ApexList({ kind: 'primitive', name: 'String' }, [...result.uuids]),
    },
  });

const waiting = new WeakMap<
  Transaction,
  { readonly callback: ApexReference; readonly uuids: readonly string[] }[]
>();

function publish(events: ApexValue, callback: ApexValue): ApexReference {
  const records = events instanceof ApexList ? events.items : [events];
  const answer = publishRecords(events);
  const uuids = records.flatMap((each) =>
    each instanceof ApexSObject ? [String(each.values.get('eventuuid') ?? '')] : [],
  );
  if (isSourceObject(callback))
    waiting.set(current(), [...(waiting.get(current()) ?? []), { callback, uuids }]);
  return answer;
}

/** Tells the callbacks of a transaction what became of their events. */
export function callBack(transaction: Transaction, isFailure: boolean): void {
  const callbacks = waiting.get(transaction) ?? [];
  waiting.delete(transaction);
  for (const { callback, uuids } of callbacks) {
    if (!isSourceObject(callback)) continue;
    const method = callback.$methods[isFailure ? 'onfailure/1' : 'onsuccess/1'];
    method?.call(callback, new PublishResult(isFailure ? 'FailureResult' : 'SuccessResult', uuids));
  }
}

addStatics('System.EventBus', { 'publish/2': publish });
