import type { LocalOrg } from './org.ts';
import type { ApexValue, TriggerInfo } from './values/object.ts';

const BEFORE_EVENTS = ['before insert', 'before update', 'before delete'];
const AFTER_EVENTS = ['after insert', 'after update', 'after delete', 'after undelete'];
const CUSTOM_OBJECT_PREFIX = '01I';
const SHORT_ID_LENGTH = 15;

/**
 * An object's id in the set-up, as EntityDefinition.DurableId and ApexTrigger.TableEnumOrId have it: a standard object's name,
 * a custom object's id of 15 characters (Object Reference, ApexTrigger and EntityDefinition).
 */
export function durableId(org: LocalOrg, name: string): string {
  const object = org.schema.object(name);
  return object?.name.includes('__')
    ? CUSTOM_OBJECT_PREFIX +
        (object.keyPrefix ?? '').padStart(SHORT_ID_LENGTH - CUSTOM_OBJECT_PREFIX.length, '0')
    : (object?.name ?? name);
}

/** What ApexTrigger says of a trigger, its code included. */
export function triggerRecord(org: LocalOrg, trigger: TriggerInfo): Readonly<Record<string, ApexValue>> {
  const source = [...org.sources.values()].find(({ path }) => path === trigger.file);
  const usage = (event: string): [string, boolean] => [
    `usage${event.replace(' ', '')}`,
    trigger.events.has(event),
  ];
  return {
    name: trigger.name,
    tableenumorid: durableId(org, trigger.object),
    status: 'Active',
    body: source?.text ?? null,
    ...Object.fromEntries([...BEFORE_EVENTS, ...AFTER_EVENTS].map(usage)),
  };
}
