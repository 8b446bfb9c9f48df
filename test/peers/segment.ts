import {
  checkAgainstOrg,
  checkDefinition,
  definitionSchema,
  EVERY_MEMBER,
  type ActionDefinition,
} from '../../server/src/outbound/actions/action-definition.ts';
import { valueAt } from '../../server/src/outbound/actions/item-values.ts';
import { PRESETS } from '../../server/src/outbound/actions/presets.ts';
import { writeOf } from '../../server/src/outbound/actions/read-action.ts';
import { Problem } from '../../server/src/http/problem.ts';
import { salesforceId } from '../../server/src/values/salesforce-id.ts';
import { idOfRecord } from '../server/support/org-base.ts';
import type { Fetched } from './fetched.ts';
import { RecordingOrg, type Seed } from './recording-org.ts';
import { segmentCases, type Reply, type SegmentCase, type Values } from './segment-cases.ts';
import { equalities } from './soql-conditions.ts';
import { carryOut, compared, type Expected, type Verdict } from './verdicts.ts';

const OBJECTS: Readonly<Record<string, string>> = {
  ...{ lead: 'Lead', contact: 'Contact', account: 'Account', opportunity: 'Opportunity' },
  ...{ cases: 'Case', case: 'Case' },
};
const SYNC_MODES: Readonly<Record<string, string>> = { add: 'create' };

/** Replays the cases of Segment's destination: events and mappings, and the calls that come of them. */
export async function segment(fetched: Fetched): Promise<Verdict[]> {
  const fieldsOf = await shapes(fetched);
  const { cases, others } = await segmentCases(fetched);
  const verdicts: Verdict[] = [];
  for (const each of cases) verdicts.push(await replayed(each, fieldsOf));
  const why = 'about their own functions: tokens, batches by the Bulk API, lists of fields';
  return [...verdicts, ...others.map(({ name }): Verdict => ({ name, kind: 'not ours', why }))];
}

/** The field that a setting of theirs is for, by object. */
type FieldsOf = (object: string) => ReadonlyMap<string, string>;

async function shapes(fetched: Fetched): Promise<FieldsOf> {
  const [file = ''] = fetched.endingWith('destinations/salesforce/sf-object-to-shape.ts');
  const { mapObjectToShape } = await fetched.run(file, { './sf-types': {} });
  const shapeOf = mapObjectToShape as (payload: object, object: string) => Record<string, string>;
  const itself = new Proxy({}, { get: (_target, name) => name });
  return (object) => {
    if (!Object.values(OBJECTS).includes(object)) return new Map();
    return new Map(Object.entries(shapeOf(itself, object)).map(([field, setting]) => [setting, field]));
  };
}

async function replayed(given: SegmentCase, fieldsOf: FieldsOf): Promise<Verdict> {
  const { name, event, mapping, replies, error } = withIds(given);
  const made = definitionOf(given, mapping, fieldsOf);
  if ('notOurs' in made) return { name, kind: 'not ours', why: made.notOurs };
  const { definition } = made;
  const expected = expectedOf(given, replies);
  const org = new RecordingOrg(fieldsIn(definition, event, expected), seedsOf(replies));
  const said = await carriedOut(definition, event, org);
  if (error === null && definition.matchers.some(({ field }) => !/^[A-Za-z]\w*$/.test(field)))
    return org.sent.length === 0
      ? { name, kind: 'on purpose', why: 'a name that no field can have is refused, theirs is cut to one' }
      : { name, kind: 'wrong', why: 'taken' };
  if (error !== null)
    return org.sent.length === 0 && said !== null
      ? { name, kind: 'right' }
      : { name, kind: 'wrong', why: `sent ${JSON.stringify(org.sent)} instead of: ${error}` };
  const matchers = definition.matchers.map(({ field }) => field);
  const verdict = compared(name, org.sent, expected, matchers);
  return verdict.kind === 'wrong'
    ? { ...verdict, why: `${said ?? ''}\n      ${verdict.why ?? ''}` }
    : verdict;
}

/** Checks a definition, activates it and has it write an event. Answers why nothing was written, null where it was. */
async function carriedOut(
  definition: ActionDefinition,
  event: Values,
  org: RecordingOrg,
): Promise<string | null> {
  try {
    const read = definitionSchema.safeParse(definition);
    if (!read.success)
      return `refused as a definition: ${read.error.issues.map(({ message }) => message).join('; ')}`;
    const whole = read.data;
    checkDefinition(whole);
    checkAgainstOrg(whole, await org.describe(whole.object));
    const [result] = await carryOut(org, [writeOf(whole, { body: event, isInDoubt: false })]);
    return result?.kind === 'done' ? null : (result?.outcome.message ?? '');
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

/** The same with ids of Salesforce's shape: theirs stand for records, and are none. */
function withIds(given: SegmentCase): SegmentCase {
  const known = new Map<unknown, string>();
  const idFor = (id: unknown): void => {
    if (typeof id === 'string' && !known.has(id))
      known.set(id, salesforceId(id) ?? idOfRecord('a00', known.size + 1));
  };
  for (const { path, body } of given.replies) {
    const [, id] = /^\/sobjects\/[^/]+\/([^/?]+)/.exec(path) ?? [];
    idFor(id);
    for (const record of recordsIn(body)) idFor(record.Id);
  }
  const swap = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value), (_key, each: unknown) => known.get(each) ?? each) as T;
  const replies = given.replies.map((reply) => ({
    ...reply,
    path: reply.path.replace(
      /^(\/sobjects\/[^/]+\/)([^/?]+)/,
      (_path, start: string, id: string) => start + (known.get(id) ?? id),
    ),
    body: swap(reply.body ?? null),
  }));
  return { ...given, event: swap(given.event), mapping: swap(given.mapping), replies };
}

function recordsIn(body: unknown): Values[] {
  const { totalSize = 0, records } = (body ?? {}) as {
    readonly totalSize?: number;
    readonly records?: Values[];
  };
  // Some tell of several records by their number alone.
  return (
    records ??
    Array.from({ length: Math.min(totalSize, 2) }, (_, place) => ({ Id: idOfRecord('a01', place) }))
  );
}

type Entry = ActionDefinition['mapping'][number];
type Made = { readonly definition: ActionDefinition } | { readonly notOurs: string };

/** Their settings as an action of ours. */
function definitionOf(given: SegmentCase, mapping: Values, fieldsOf: FieldsOf): Made {
  const kind = given.action.replace(/2$/, '').toLowerCase();
  const object = OBJECTS[kind] ?? textOf(mapping.customObjectName) ?? given.action;
  const fields = fieldsOf(object);
  const mode = textOf(mapping.__segment_internal_sync_mode) ?? '';
  const operation = textOf(mapping.operation) ?? SYNC_MODES[mode] ?? mode;
  const custom = mapping.customFields as Values | undefined;
  const whole = custom !== undefined && '@path' in custom;
  const named = Object.entries(mapping).flatMap(([setting, value]): [string, unknown][] => {
    const field = fields.get(setting);
    return field === undefined ? [] : [[field, value]];
  });
  const entries = [...named, ...(whole ? [] : Object.entries(custom ?? {}))].map(([field, value]) =>
    entryOf(field, value),
  );
  const matchers = Object.entries((mapping.traits ?? {}) as Values).map(([field, value]) =>
    entryOf(field, value),
  );
  if (entries.includes(null) || matchers.includes(null))
    return { notOurs: 'a value is made of others, by their language of mappings' };
  const all = [
    ...entries.flatMap((each) => each ?? []),
    ...(whole ? [{ field: EVERY_MEMBER, path: pathOf(custom) ?? '' } as const] : []),
  ];
  const presets = PRESETS.find(({ code }) => code === kind)?.definition.mapping ?? [];
  const set = new Set(all.map(({ field }) => field));
  const defaults = given.usesDefaults ? presets.filter(({ field }) => !set.has(field)) : [];
  return {
    definition: {
      ...{ object, operation: operation as ActionDefinition['operation'] },
      // A delete writes nothing, whatever else is set; nor does a create look for records.
      mapping: operation === 'delete' ? [] : written(operation, [...all, ...defaults]),
      matchers:
        operation === 'create'
          ? []
          : matchers.flatMap((each) => (each && each.field !== EVERY_MEMBER ? [each] : [])),
      matcherOperator: mapping.recordMatcherOperator === 'AND' ? 'AND' : 'OR',
      ...{ allowDuplicates: false, trigger: { on: 'api' } },
    },
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Their cases of searches write nothing; here an update that writes nothing is refused when it is defined. */
const written = (operation: string, mapping: readonly Entry[]): Entry[] =>
  operation === 'update' && mapping.length === 0 ? [{ field: 'Replayed__c', constant: 'yes' }] : [...mapping];

/** Null for what is neither a place in the event nor a constant. */
function entryOf(field: string, value: unknown): Exclude<Entry, { field: typeof EVERY_MEMBER }> | null {
  const path = pathOf(value);
  if (path !== null) return { field, path };
  return typeof value === 'object' && value !== null ? null : { field, constant: value as string };
}

function pathOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { '@path': path, '@if': either } = value as {
    readonly '@path'?: string;
    readonly '@if'?: { readonly then: unknown; readonly else: unknown };
  };
  if (path !== undefined) return path.replace(/^\$\./, '');
  const places = either === undefined ? [] : [pathOf(either.then), pathOf(either.else)];
  return places.length === 0 || places.includes(null) ? null : places.join(' || ');
}

const OPERATIONS: Readonly<Partial<Record<Reply['method'], Expected['operation']>>> = {
  ...{ post: 'insert', patch: 'update', delete: 'delete' },
};

function expectedOf({ bodies }: SegmentCase, replies: readonly Reply[]): Expected[] {
  const said = bodies.map((text) => JSON.parse(JSON.parse(text) as string) as Values);
  return replies.flatMap(({ method, path }): Expected[] => {
    const operation = OPERATIONS[method];
    const [, object = '', id] = /^\/sobjects\/([^/]+)(?:\/([^/?]+))?/.exec(path) ?? [];
    if (operation === undefined || object === '') return [];
    const values = operation === 'delete' ? null : (said.shift() ?? null);
    return [{ operation, object, id: id ?? null, values }];
  });
}

/** Records that a query of theirs found, with what they were found by. */
function seedsOf(replies: readonly Reply[]): Seed[] {
  return replies.flatMap(({ method, path, body }) => {
    const query = method === 'get' ? /[?&]q=([^&]+)/.exec(path)?.[1] : undefined;
    if (query === undefined) return [];
    const { object, values } = equalities(decodeURIComponent(query));
    return recordsIn(body).map((record) => ({ object, record: { ...values, ...record } }));
  });
}

/** The fields that a case has to do with, each with a value of its type. */
function fieldsIn(definition: ActionDefinition, event: Values, expected: readonly Expected[]): Values {
  const known = new Map<string, [string, unknown]>();
  const add = (field: string, value: unknown): void => {
    if (field !== EVERY_MEMBER && !known.has(field.toLowerCase()))
      known.set(field.toLowerCase(), [field, value]);
  };
  for (const { values } of expected)
    for (const [field, value] of Object.entries(values ?? {})) add(field, value);
  for (const entry of [...definition.mapping, ...definition.matchers])
    add(entry.field, 'path' in entry ? valueAt(event, entry.path) : entry.constant);
  return Object.fromEntries([...known.values()].filter(([field]) => field.toLowerCase() !== 'id'));
}
