import type { Knex } from 'knex';
import {
  definitionSchema,
  EVERY_MEMBER,
  fieldsOf,
  obstacleOf,
  valueOf,
  type ActionDefinition,
  type Sourced,
} from './action-definition.ts';
import { membersAt, type Members } from './item-values.ts';
import type { Match, RecordWrite } from '../engine/record-write.ts';
import type { Item } from '../engine/write-queue.ts';
import type { QueueReader } from '../engine/work-off.ts';

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
  const { object, operation, mapping } = definition;
  const fields = fieldsOf(mapping);
  const values: Record<string, unknown> = {};
  for (const sourced of fields) {
    const value = valueOf(item.body, sourced);
    if (value !== undefined) values[sourced.field] = value;
  }
  const write = { object, operation, match: matchOf(definition, item.body), isInDoubt: item.isInDoubt };
  if (fields.length === mapping.length) return { ...write, values };
  const members = everyMember(mapping, item.body);
  return {
    ...write,
    values: { ...withoutFields(members.values, fields), ...values },
    leftOut: members.leftOut,
    findsCustomFields: true,
    unknownFields: 'leave-out',
  };
}

/** Members of all objects that are mapped whole; a later one goes before. */
function everyMember(mapping: ActionDefinition['mapping'], body: unknown): Members {
  const values: Record<string, unknown> = {};
  const leftOut: Record<string, string> = {};
  for (const entry of mapping) {
    if (entry.field !== EVERY_MEMBER || !('path' in entry)) continue;
    const members = membersAt(body, entry.path);
    Object.assign(values, members.values);
    Object.assign(leftOut, members.leftOut);
  }
  return { values, leftOut };
}

/** Members but for those that mean a field which is mapped by itself, whether with `__c` or without. */
function withoutFields(members: Members['values'], fields: readonly Sourced[]): Members['values'] {
  const nameOf = (field: string): string => field.toLowerCase().replace(/__c$/, '');
  const mapped = new Set(fields.map(({ field }) => nameOf(field)));
  return Object.fromEntries(Object.entries(members).filter(([name]) => !mapped.has(nameOf(name))));
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
