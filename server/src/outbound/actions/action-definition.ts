import { worded } from '../../messages/message-answer.ts';
import { say } from '../../messages/message.ts';
import { severalFaults } from '../../transfers/several-faults.ts';
import { z } from 'zod';
import { fieldName, objectName } from '../../http/inputs.ts';
import { unprocessable } from '../../http/problem.ts';
import type { OrgObject } from '../../salesforce/org.ts';
import { described, fieldNamed, requiredFields } from '../engine/field-values.ts';
import { OPERATIONS } from '../engine/record-write.ts';
import { path, valueAt } from './item-values.ts';

const constant = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);

/** What a field gets: a value of the item, or always the same. */
const ofPath = z.strictObject({ field: fieldName, path });
const ofConstant = z.strictObject({ field: fieldName, constant });
const sourced = z.union([ofPath, ofConstant]);
export type Sourced = z.output<typeof sourced>;

/** In the place of a field: each member of the object goes to the field of its name. */
export const EVERY_MEMBER = '*';
const everyMember = z.strictObject({ field: z.literal(EVERY_MEMBER), path }).meta({
  description:
    'Each member of the object goes to the field of its name, its custom field (__c) where there is none; what the org has no field for is left out. A field that is mapped by itself goes before',
});
const mapping = z.array(z.union([everyMember, ofPath, ofConstant])).max(500);

const trigger = z.union([
  z.strictObject({ on: z.literal('api').meta({ description: 'Called by POST /v1/actions/{action}' }) }),
  z.strictObject({
    on: z.literal('event').meta({ description: 'An event that came in' }),
    type: z.enum(['identify', 'track', 'group']),
    event: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .meta({ description: 'The name of a track event; any, if left out' }),
    source: z
      .uuid()
      .optional()
      .meta({ description: 'Events of this source; of all of the project, if left out' }),
  }),
  z.strictObject({
    on: z
      .literal('contact-created')
      .meta({ description: 'A new contact of the project; an item has the columns of its row' }),
  }),
  z.strictObject({
    on: z.literal('opt-out').meta({
      description:
        'A contact who withdrew consent; an item has the columns of the row, and _optIn, _occurredAt and _source',
    }),
    optIn: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'The code of an opt-in; any, if left out' }),
  }),
]);

/** What an action does, to which records, and when. */
export const definitionSchema = z.strictObject({
  object: objectName,
  operation: z.enum(OPERATIONS),
  mapping,
  matchers: z
    .array(sourced)
    .max(10)
    .default([])
    .meta({ description: 'Fields that the record is recognized by; Id names it' }),
  matcherOperator: z
    .enum(['AND', 'OR'])
    .default('OR')
    .meta({ description: 'Whether a record matches by all of the matchers, or by any' }),
  allowDuplicates: z
    .boolean()
    .default(false)
    .meta({ description: 'Save although a duplicate rule of the org warns' }),
  trigger: trigger.default({ on: 'api' }),
});
export type ActionDefinition = z.output<typeof definitionSchema>;

/** A path as Segment's mappings have it. */
const pasted = z.strictObject({ field: z.union([z.literal(EVERY_MEMBER), fieldName]), '@path': path });

/** A definition as a caller may send it. */
export const givenDefinition = definitionSchema.extend({
  mapping: z.array(z.union([everyMember, ofPath, ofConstant, pasted])).max(500),
});

/** A definition that was sent, in the one spelling that is kept. */
export function definitionOf(given: z.output<typeof givenDefinition>): ActionDefinition {
  return {
    ...given,
    mapping: given.mapping.map((entry) =>
      '@path' in entry
        ? { field: entry.field, path: entry['@path'].replaceAll(/(^| \|\| )\$\./g, '$1') }
        : entry,
    ),
  };
}

/** Something wrong with a definition. */
interface Fault {
  readonly code: string;
  readonly field: string | null;
  readonly message: string;
}

/** What is wrong with a definition by itself. Throws a 422 problem that names all of it. */
export function checkDefinition(definition: ActionDefinition): void {
  const faults: Fault[] = [];
  const fault = (code: string, field: string | null, message: string): void =>
    void faults.push({ code, field, message });
  const { operation, matchers, mapping } = definition;
  if (operation === 'create' && matchers.length > 0)
    fault('matchers-not-used', null, 'A create matches no records: leave the matchers out.');
  if (operation !== 'create' && matchers.length === 0)
    fault('matchers-missing', null, say('fits.no-matcher', { operation }));
  if (operation === 'delete' && mapping.length > 0)
    fault('mapping-not-used', null, 'A delete writes no fields: leave the mapping out.');
  if (operation !== 'delete' && mapping.length === 0)
    fault('mapping-missing', null, say('fits.nothing-mapped', { operation }));
  for (const [what, list] of Object.entries({ mapping: fieldsOf(mapping), matchers })) {
    const names = list.map(({ field }) => field.toLowerCase());
    for (const [place, { field }] of list.entries())
      if (names.indexOf(field.toLowerCase()) < place)
        fault('field-twice', field, say('fits.twice', { field, what }));
  }
  for (const { field } of mapping)
    if (field.toLowerCase() === 'id')
      fault('id-mapped', field, 'Id names the record; put it among the matchers.');
  for (const matcher of matchers)
    if ('constant' in matcher && (matcher.constant === null || matcher.constant === ''))
      fault('matcher-without-value', matcher.field, `${matcher.field} is matched with nothing.`);
  refuse(faults);
}

/** What the org says against a definition. Throws a 422 problem that names all of it. */
export function checkAgainstOrg(definition: ActionDefinition, object: OrgObject): void {
  const { operation, matchers, mapping } = definition;
  const given = new Set([...mapping, ...matchers].map(({ field }) => field.toLowerCase()));
  const isNew = operation === 'create' || operation === 'upsert';
  // Which fields an object brings is known of each item only.
  const isOpen = mapping.some(({ field }) => field === EVERY_MEMBER);
  const missing = isNew && !isOpen ? requiredFields(object) : [];
  refuse([
    ...faultsOf(definition, object),
    ...missing
      .filter((name) => !given.has(name.toLowerCase()))
      .map((name) => ({
        code: 'required-field-missing',
        field: name,
        message: say('fits.new-record-needs', { object: object.name, field: name }),
      })),
  ]);
}

/** Why no item of an action can be written to its object, as the org describes it now; null where they can. */
export function obstacleOf(definition: ActionDefinition, object: OrgObject | null): string | null {
  if (object === null) return say('fits.no-object', { object: definition.object });
  const faults = faultsOf(definition, object);
  return faults.length === 0 ? null : severalFaults(faults.map(({ message }) => message));
}

/** What of a definition is not there in the org, or not allowed. */
function faultsOf(definition: ActionDefinition, object: OrgObject): Fault[] {
  const faults: Fault[] = [];
  const fault = (code: string, field: string | null, message: string): void =>
    void faults.push({ code, field, message });
  const { operation, matchers, mapping } = definition;
  const description = described(object);
  const creates = operation === 'create' || operation === 'upsert';
  const updates = operation === 'update' || operation === 'upsert';
  if ((creates && !object.isCreateable) || (updates && !object.isUpdateable))
    fault('not-allowed', null, say('fits.may-not', { operation, object: object.name }));
  if (operation === 'delete' && !object.isDeletable)
    fault('not-allowed', null, say('fits.may-not-delete', { object: object.name }));
  for (const { field: name } of matchers) {
    const field = fieldNamed(description, name, false);
    if (!field) fault('unknown-field', name, say('fits.unknown-field', { object: object.name, field: name }));
    else if (!field.isFilterable)
      fault('matcher-not-filterable', name, say('fits.matcher-not-filterable', { field: name }));
  }
  for (const { field: name } of fieldsOf(mapping)) {
    const field = fieldNamed(description, name, false);
    if (!field) fault('unknown-field', name, say('fits.unknown-field', { object: object.name, field: name }));
    else if (!(creates && field.isCreateable) && !(updates && field.isUpdateable))
      fault('not-writable', name, say('fits.may-not-write', { field: name }));
  }
  return faults;
}

function refuse(found: readonly Fault[]): void {
  const [first] = found;
  if (!first) return;
  const faults = found.map((fault) => ({ ...fault, ...worded(fault.message) }));
  throw found.length === 1
    ? unprocessable(first.code, first.message, { faults })
    : unprocessable('action-invalid', severalFaults(found.map(({ message }) => message)), { faults });
}

/** Entries that name a field. */
export function fieldsOf(entries: ActionDefinition['mapping']): Sourced[] {
  return entries.filter(({ field }) => field !== EVERY_MEMBER);
}

/** The value of a field for an item. */
export function valueOf(item: unknown, sourced: Sourced): unknown {
  return 'path' in sourced ? valueAt(item, sourced.path) : sourced.constant;
}
