import type { Knex } from 'knex';
import { refused, type Outcome } from '../actions/record-write.ts';
import type { QueueReader, Request } from '../actions/work-off.ts';
import { findPeople, type Person } from './find-people.ts';
import { settingsSchema, type SourceSettings } from './source-settings.ts';
import { compileTransformation, personWrite, type Intent } from './transform.ts';

/** Events that one turn takes: a handful of queries, and five calls that write. */
const PORTION = 1000;

/** Turns stored identify events into writes. */
export function eventReader(knex: Knex): QueueReader {
  return {
    portion: PORTION,
    read: async (queueId, items, org) => {
      const row = await knex('di.event_source')
        .where({ id: queueId })
        .first<{ settings: unknown } | undefined>();
      const settings = settingsSchema.parse(row?.settings);
      const transform = compileTransformation(settings);
      const intents = items.map((item) => transform(item.body));
      const emails = intents.flat().flatMap((intent) => (intent.kind === 'person' ? [intent.email] : []));
      const people = await findPeople(org, settings, emails);
      return {
        requests: intents.map((own, place) =>
          requestOf(settings, own, people, items[place]?.isInDoubt === true),
        ),
        allowDuplicates: settings.allowDuplicates,
        // Events bring what they bring: what one of them cannot be written for says nothing about the others.
        obstacle: () => null,
      };
    },
  };
}

function requestOf(
  settings: SourceSettings,
  intents: readonly Intent[],
  people: ReadonlyMap<string, Person>,
  isInDoubt: boolean,
): Request {
  return intents.map((intent) => {
    if (intent.kind === 'refused') return { outcome: outcomeOf(settings, intent) };
    if (intent.kind === 'write') return { ...intent.write, isInDoubt };
    const person = people.get(intent.email) ?? { kind: 'unknown' };
    if (person.kind === 'refused') return { outcome: person.outcome };
    return personWrite(settings, intent, person.kind === 'known' ? person : null);
  });
}

function outcomeOf(
  { object }: SourceSettings,
  { code, message }: Extract<Intent, { kind: 'refused' }>,
): Outcome {
  return refused({ object }, 400, code, message).outcome;
}
