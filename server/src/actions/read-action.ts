import type { Knex } from 'knex';
import { definitionSchema, obstacleOf, valueOf, type ActionDefinition } from './action-definition.ts';
import type { Match, RecordWrite } from './record-write.ts';
import type { Item } from './write-queue.ts';
import type { QueueReader } from './work-off.ts';

/** Items of an action that one turn takes: five jobs of the Bulk API, or fifty calls. */
const PORTION = 10_000;

/** Turns items of an action into writes. */
export function actionReader(knex: Knex): QueueReader {
  return {
    portion: PORTION,
    read: async (queueId, items) => {
      const row = await knex('di.action').where({ id: queueId }).first<{ definition: unknown } | undefined>();
      const definition = definitionSchema.parse(row?.definition);
      return {
        requests: items.map((item) => [writeOf(definition, item)]),
        allowDuplicates: definition.allowDuplicates,
        obstacle: (object) => obstacleOf(definition, object),
      };
    },
  };
}

/** The write that an action makes of an item. A value that the item does not have leaves its field alone. */
export function writeOf(definition: ActionDefinition, item: Pick<Item, 'body' | 'isInDoubt'>): RecordWrite {
  const values: Record<string, unknown> = {};
  for (const sourced of definition.mapping) {
    const value = valueOf(item.body, sourced);
    if (value !== undefined) values[sourced.field] = value;
  }
  const { object, operation } = definition;
  return { object, operation, match: matchOf(definition, item.body), values, isInDoubt: item.isInDoubt };
}

/** A record whose id is known, and by nothing else, needs no search. */
function matchOf({ operation, matchers, matcherOperator }: ActionDefinition, body: unknown): Match {
  if (operation === 'create') return { by: 'nothing' };
  const found = matchers.map((matcher) => ({ field: matcher.field, value: valueOf(body, matcher) }));
  const given = matcherOperator === 'OR' ? found.filter(({ value }) => value !== undefined) : found;
  const [only, ...others] = given;
  if (only?.field.toLowerCase() === 'id' && others.length === 0 && typeof only.value === 'string')
    return { by: 'id', id: only.value };
  return { by: 'fields', operator: matcherOperator, matchers: found };
}
