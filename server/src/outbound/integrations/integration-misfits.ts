import { z } from 'zod';
import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { say, type Message } from '../../messages/message.ts';
import { severalFaults } from '../../transfers/several-faults.ts';
import type { BuiltField, BuiltTable } from '../../projects/tables.ts';
import type { OrgField, OrgObject } from '../../salesforce/org.ts';
import type { Definition, FieldMapping } from './integration-schema.ts';
import { typeFit } from './type-fit.ts';

/** A pair of a column and a Salesforce field that does not fit, or may not. */
export interface Misfit {
  readonly salesforceField: string;
  readonly column: string | null;
  /** misfit: no value could be written, the integration is refused. checked: Salesforce looks at each value. */
  readonly level: 'misfit' | 'checked';
  readonly message: string;
  readonly sentence: Message | null;
  /** Only new records miss it. */
  readonly isOfNewRecords?: boolean;
}

/** A misfit as the API answers it. */
export const misfitSchema = z.object({
  salesforceField: z.string(),
  column: z.string().nullable(),
  level: z.enum(['misfit', 'checked']),
  message: z.string(),
  sentence: sentenceAnswer,
  isOfNewRecords: z.boolean().optional().meta({ description: 'Only new records miss it' }),
});

/** How an integration fits the object as the org describes it to the connection's user; nothing where all of it does. */
export function misfitsOf(definition: Definition, table: BuiltTable, object: OrgObject): Misfit[] {
  const fields = new Map(object.fields.map((field) => [field.name.toLowerCase(), field]));
  const find = (name: string): OrgField | undefined => fields.get(name.toLowerCase());
  return [
    ...objectMisfits(definition, object),
    ...definition.mapping.flatMap((entry) =>
      pairMisfits(entry, definition, table, find(entry.salesforceField)),
    ),
    ...requiredMisfits(definition, table, object),
    ...optInMisfits(definition, find),
    ...reachMisfits(definition, object),
    ...matchingMisfits(definition, find),
  ];
}

/**
 * Why nothing of an integration can be written to its object, as the org describes it now; null where it can. What a new
 * record lacks concerns new records only, and each of them is told of it.
 */
export function obstacleOf(
  definition: Definition & { readonly object: string },
  table: BuiltTable,
  object: OrgObject | null,
): string | null {
  if (object === null) return say('fits.no-object', { object: definition.object });
  const found = misfitsOf(definition, table, object).filter(
    (each) => each.level === 'misfit' && each.isOfNewRecords !== true,
  );
  return found.length === 0 ? null : severalFaults(found.map(({ message }) => message));
}

const misfit = (salesforceField: string, column: string | null, message: string): Misfit => ({
  salesforceField,
  column,
  level: 'misfit',
  ...worded(message),
});

function objectMisfits({ operations }: Definition, object: OrgObject): Misfit[] {
  const needs = [
    { isGiven: object.isCreateable, by: ['created'], fault: 'fits.may-not-create' },
    { isGiven: object.isUpdateable, by: ['updated', 'consent'], fault: 'fits.may-not-change' },
    { isGiven: object.isDeletable, by: ['deleted'], fault: 'fits.may-not-delete' },
  ] as const;
  return needs
    .filter(({ isGiven, by }) => !isGiven && by.some((operation) => operations.includes(operation)))
    .map(({ fault }) => misfit('', null, say(fault, { object: object.name })));
}

/** Describe says the same of a field that only Salesforce writes and of one that the user was not given. */
function pairMisfits(
  entry: FieldMapping,
  { operations }: Definition,
  table: BuiltTable,
  field: OrgField | undefined,
): Misfit[] {
  const name = entry.salesforceField;
  const column = 'column' in entry ? entry.column : null;
  if (!field) return [misfit(name, column, say('fits.hidden', { field: name }))];
  if (entry.onlyWhenEmpty === true && field.type === 'boolean')
    return [misfit(name, column, say('fits.checkbox-never-empty', { field: name }))];
  if (operations.includes('created') && !field.isCreateable)
    return [misfit(name, column, say('fits.not-createable', { field: name }))];
  if (operations.includes('updated') && entry.on === 'always' && !field.isUpdateable)
    return [misfit(name, column, say('fits.not-updateable', { field: name }))];
  const built = table.fields.find((each) => each.name === column);
  if (!built) return [];
  if (entry.transforms?.some((transform) => transform.type === 'map')) return [checkedPair(field, built)];
  return pairFit(field, built);
}

const typesOf = (field: OrgField, column: BuiltField) => ({
  ...{ column: column.name, columnType: column.type },
  ...{ field: field.name, fieldType: field.type },
});

const checkedPair = (field: OrgField, column: BuiltField): Misfit => ({
  salesforceField: field.name,
  column: column.name,
  level: 'checked',
  ...worded(say('fits.fails-one-by-one', typesOf(field, column))),
});

function pairFit(field: OrgField, column: BuiltField): Misfit[] {
  const fit = typeFit(column.type, field.type);
  if (fit === 'misfit')
    return [misfit(field.name, column.name, say('fits.cannot-be-written', typesOf(field, column)))];
  const outside = outsideValues(field, column);
  if (outside.length > 0)
    return [
      misfit(
        field.name,
        column.name,
        say('fits.values-not-in-picklist', {
          ...{ column: column.name, values: outside.join(', '), field: field.name },
        }),
      ),
    ];
  if (isLonger(field, column))
    return [
      {
        salesforceField: field.name,
        column: column.name,
        level: 'checked',
        ...worded(longerText(field, column)),
      },
    ];
  const isOpen = field.isRestrictedPicklist && column.picklist === null;
  return fit === 'checked' || isOpen ? [checkedPair(field, column)] : [];
}

function longerText(field: OrgField, column: BuiltField): string {
  const lengths = { column: column.name, field: field.name, length: field.length };
  return column.length === null
    ? say('fits.any-length', lengths)
    : say('fits.longer', { ...lengths, columnLength: column.length });
}

function outsideValues(field: OrgField, column: BuiltField): string[] {
  if (!field.isRestrictedPicklist || column.picklist === null) return [];
  return column.picklist
    .filter((value) => !field.picklist.includes(value))
    .slice(0, 5)
    .map((value) => JSON.stringify(value));
}

const WITH_LENGTH = new Set(['text', 'longtext', 'email', 'phone', 'url', 'json']);

function isLonger(field: OrgField, column: BuiltField): boolean {
  return (
    WITH_LENGTH.has(column.type) &&
    field.length > 0 &&
    (column.length === null || column.length > field.length)
  );
}

/** What a new record cannot do without. */
function requiredMisfits(
  { operations, mapping, optInFields, matching }: Definition,
  table: BuiltTable,
  object: OrgObject,
): Misfit[] {
  if (!operations.includes('created')) return [];
  const written = new Set(
    [
      ...mapping.map((entry) => entry.salesforceField),
      ...optInFields.map((each) => each.field),
      ...(matching.by === 'external-id' ? [matching.field] : []),
    ].map((name) => name.toLowerCase()),
  );
  const required = object.fields.filter(
    (field) =>
      field.isCreateable &&
      !field.isNillable &&
      !field.isDefaultedOnCreate &&
      // A checkbox is never empty, and a record without an owner belongs to whoever creates it.
      field.type !== 'boolean' &&
      field.name !== 'OwnerId',
  );
  const missing = required
    .filter((field) => !written.has(field.name.toLowerCase()))
    .map((field) => ({
      ...misfit(field.name, null, say('fits.required', { field: field.name, object: object.name })),
      isOfNewRecords: true,
    }));
  return [...missing, ...mapping.flatMap((entry) => emptyRequired(entry, table, required))];
}

function emptyRequired(entry: FieldMapping, table: BuiltTable, required: readonly OrgField[]): Misfit[] {
  const field = required.find((each) => each.name.toLowerCase() === entry.salesforceField.toLowerCase());
  if (!field || !('column' in entry)) return [];
  const column = table.fields.find((each) => each.name === entry.column);
  const isNeverEmpty =
    column?.required === true ||
    table.primaryKey.includes(entry.column) ||
    entry.transforms?.some((transform) => transform.type === 'default');
  if (isNeverEmpty === true) return [];
  return [
    {
      salesforceField: field.name,
      column: entry.column,
      level: 'checked',
      ...worded(say('fits.may-be-empty', { field: field.name, column: entry.column })),
    },
  ];
}

function optInMisfits(
  { operations, optInFields }: Definition,
  find: (name: string) => OrgField | undefined,
): Misfit[] {
  if (!operations.includes('consent')) return [];
  return optInFields.flatMap(({ field: name }) => {
    const field = find(name);
    if (!field) return [misfit(name, null, say('fits.hidden', { field: name }))];
    if (field.type !== 'boolean')
      return [misfit(name, null, say('fits.no-checkbox', { field: name, fieldType: field.type }))];
    if (!field.isUpdateable) return [misfit(name, null, say('fits.may-not-change-field', { field: name }))];
    return [];
  });
}

/** Duplicates are the ordinary state of an org: who says no to one record has not said yes to the others. */
function reachMisfits({ operations, matching }: Definition, object: OrgObject): Misfit[] {
  const reachesAll = matching.by === 'lookup' && matching.several === 'all';
  if (!operations.includes('consent') || reachesAll) return [];
  return [
    {
      salesforceField: matching.by === 'record-id' ? '' : matching.field,
      column: matching.by === 'lookup' ? matching.column : null,
      level: 'checked',
      ...worded(say('fits.reaches-one', { object: object.name })),
    },
  ];
}

const LOOKED_UP = new Set(['string', 'email', 'phone', 'url', 'picklist', 'combobox', 'id', 'reference']);
/** Characters of the ids that DI gives. */
const ID_LENGTH = 36;

function matchingMisfits({ matching }: Definition, find: (name: string) => OrgField | undefined): Misfit[] {
  if (matching.by === 'record-id') return [];
  const field = find(matching.field);
  const refuse = (message: string): Misfit[] => [misfit(matching.field, null, message)];
  if (!field) return refuse(say('fits.hidden', { field: matching.field }));
  if (matching.by === 'lookup')
    return field.isFilterable && LOOKED_UP.has(field.type)
      ? []
      : refuse(say('fits.not-filterable', { field: field.name, fieldType: field.type }));
  if (!field.isExternalId || !field.isUnique) return refuse(say('fits.not-unique', { field: field.name }));
  if (field.type !== 'string' || field.length < ID_LENGTH)
    return refuse(say('fits.id-too-short', { field: field.name, length: ID_LENGTH }));
  return field.isCreateable ? [] : refuse(say('fits.may-not-write', { field: field.name }));
}
