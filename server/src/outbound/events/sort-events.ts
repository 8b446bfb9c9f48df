import { randomUUID } from 'node:crypto';
import { definitionSchema } from '../actions/action-definition.ts';
import { isStorableJson } from '../../values/storable.ts';
import { normalizedAddress } from '../../values/email-address.ts';
import type { OpenedSource } from './sources.ts';
import type { QueuedEvent } from './store-events.ts';
import { isObject, textOf, traitsOf, type Values } from './traits.ts';

/** Characters of an event, as RudderStack allows them. */
export const EVENT_LIMIT = 32_768;
/** Characters of ids that are kept. */
const ID_LIMIT = 400;

/** An event that is not taken. */
export interface RefusedEvent {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** Events by what becomes of them. */
export interface SortedEvents {
  readonly queued: readonly QueuedEvent[];
  /** Counts by reason. */
  readonly ignored: ReadonlyMap<string, number>;
  /** Of the same message in one call. */
  readonly duplicates: number;
  readonly refused: readonly RefusedEvent[];
}

/** What a source does with events: its own queue, and actions bound to events. */
export type EventSorter = (events: readonly unknown[]) => SortedEvents;

/** Compiles what a source does with events. */
export function compileSorter(source: OpenedSource): EventSorter {
  const bindings = bindingsOf(source);

  return (events) => {
    const queued: QueuedEvent[] = [];
    const ignored = new Map<string, number>();
    const refused: RefusedEvent[] = [];
    const seen = new Set<string>();
    let duplicates = 0;
    for (const [index, event] of events.entries()) {
      const checked = check(event);
      if ('code' in checked) {
        refused.push({ index, ...checked });
        continue;
      }
      const reason = whyIgnored(checked.event);
      const actions = bindings.filter((binding) => isBound(binding, checked.event));
      if (reason !== null && actions.length === 0) {
        ignored.set(reason, (ignored.get(reason) ?? 0) + 1);
        continue;
      }
      const message = textOf(checked.event.messageId)?.slice(0, ID_LIMIT) ?? randomUUID();
      if (seen.has(message)) {
        duplicates += 1;
        continue;
      }
      seen.add(message);
      const { type } = checked.event;
      const shared = {
        event: index,
        person: personOf(checked.event),
        occasion: String(type),
        body: checked.json,
      };
      if (reason === null) queued.push({ ...shared, queueId: source.id, key: message });
      for (const { id } of actions) queued.push({ ...shared, queueId: id, key: `${source.id}:${message}` });
    }
    return { queued, ignored, duplicates, refused };
  };
}

/** Checks what every event has. */
function check(event: unknown): { event: Values; json: string } | { code: string; message: string } {
  if (!isObject(event)) return { code: 'invalid-event', message: 'An event is an object.' };
  if (textOf(event.type) === null) return { code: 'no-type', message: 'An event has a type, as identify.' };
  if (idOf(event.userId) === null && idOf(event.anonymousId) === null)
    return { code: 'no-user', message: 'An event has a userId or an anonymousId.' };
  // Segment's libraries write it into each event: it is a key, and is not kept.
  const { writeKey: _key, ...kept } = event;
  const json = JSON.stringify(kept);
  if (json.length > EVENT_LIMIT)
    return { code: 'event-too-large', message: `An event has at most ${EVENT_LIMIT} characters.` };
  if (!isStorableJson(json))
    return { code: 'unstorable-text', message: 'A text holds a NUL character, or half of a character.' };
  return { event, json };
}

/**
 * Why an event is not for the org; null for one that is. Salesforce has to be asked for by name: `All` asks for every
 * destination that does not have to be, which Salesforce, with its limits, has.
 */
function whyIgnored(event: Values): string | null {
  if (event.type !== 'identify') return event.type === 'track' ? 'no-action' : 'unsupported-type';
  const context = isObject(event.context) ? event.context : {};
  const integrations = isObject(event.integrations) ? event.integrations : context.integrations;
  return isObject(integrations) && integrations.Salesforce === true ? null : 'not-for-salesforce';
}

interface Binding {
  readonly id: string;
  readonly type: string;
  readonly name: string | null;
}

function bindingsOf(source: OpenedSource): Binding[] {
  return source.actions.flatMap(({ id, definition }) => {
    const parsed = definitionSchema.safeParse(definition);
    if (!parsed.success || parsed.data.trigger.on !== 'event') return [];
    const { type, event, source: only } = parsed.data.trigger;
    return only === undefined || only === source.id ? [{ id, type, name: event ?? null }] : [];
  });
}

function isBound({ type, name }: Binding, event: Values): boolean {
  return event.type === type && (name === null || event.event === name);
}

/** Whom an event concerns: what the org knows people by goes first; of a company, the company. */
function personOf(event: Values): string {
  const group = event.type === 'group' ? idOf(event.groupId) : null;
  if (group !== null) return `group ${group}`.slice(0, ID_LIMIT).toWellFormed();
  const context = isObject(event.context) ? event.context : {};
  const traits = traitsOf(event, context) ?? {};
  const email = textOf(traits.email) ?? textOf(traits.Email);
  const person =
    (email === null ? null : normalizedAddress(email)) ?? idOf(event.userId) ?? idOf(event.anonymousId) ?? '';
  return person.slice(0, ID_LIMIT).toWellFormed();
}

function idOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : textOf(value);
}
