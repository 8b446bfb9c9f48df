import { say } from '../messages/message.ts';
import { unprocessable } from '../http/problem.ts';
import { isObjectName, SHIPPED_OBJECTS } from '../salesforce/generated-trigger.ts';

/** Throws a 422 problem for an object that needs no generated trigger, or can have none. */
export function refuseTrigger(object: string): void {
  if (SHIPPED_OBJECTS.some((each) => each.toLowerCase() === object.toLowerCase()))
    throw unprocessable('trigger-shipped', say('transfers.trigger-shipped', { object }));
  if (!isObjectName(object)) throw unprocessable('no-trigger', say('transfers.no-trigger', { object }));
}
