import { z } from 'zod';
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
  /** Only new records miss it. */
  readonly isOfNewRecords?: boolean;
}

/** A misfit as the API answers it. */
export const misfitSchema = z.object({
  salesforceField: z.string(),
  column: z.string().nullable(),
  level: z.enum(['misfit', 'checked']),
  message: z.string(),
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
  if (object === null)
    return `The org has no object ${definition.object}, or the connection’s user may not see it.`;
  const found = misfitsOf(definition, table, object).filter(
    (each) => each.level === 'misfit' && each.isOfNewRecords !== true,
  );
  return found.length === 0 ? null : found.map(({ message }) => message).join(' ');
}

const misfit = (salesforceField: string, column: string | null, message: string): Misfit => ({
  salesforceField,
  column,
  level: 'misfit',
  message,
});

const HIDDEN =
  'is not there, or the connection’s user may not see it: give the user access to it in its permission set.';

/** Describe says the same of a field that only Salesforce writes and of one that the user was not given. */
const BY_USER =
  'by the connection’s user: give the user edit access to the field; where only Salesforce writes it, take it out';

function objectMisfits({ operations }: Definition, object: OrgObject): Misfit[] {
  const needs = [
    { isGiven: object.isCreateable, by: ['created'], verb: 'create' },
    { isGiven: object.isUpdateable, by: ['updated', 'consent'], verb: 'change' },
    { isGiven: object.isDeletable, by: ['deleted'], verb: 'delete' },
  ];
  return needs
    .filter(({ isGiven, by }) => !isGiven && operations.some((operation) => by.includes(operation)))
    .map(({ verb }) =>
      misfit(
        '',
        null,
        `The connection’s user may not ${verb} records of ${object.name}: give it the permission.`,
      ),
    );
}

function pairMisfits(
  entry: FieldMapping,
  { operations }: Definition,
  table: BuiltTable,
  field: OrgField | undefined,
): Misfit[] {
  const name = entry.salesforceField;
  const column = 'column' in entry ? entry.column : null;
  if (!field) return [misfit(name, column, `${name} ${HIDDEN}`)];
  if (entry.onlyWhenEmpty === true && field.type === 'boolean')
    return [
      misfit(
        name,
        column,
        `${name} is a checkbox, which is never empty: take onlyWhenEmpty off its mapping.`,
      ),
    ];
  if (operations.includes('created') && !field.isCreateable)
    return [misfit(name, column, `${name} cannot be written on new records ${BY_USER}.`)];
  if (operations.includes('updated') && entry.on === 'always' && !field.isUpdateable)
    return [misfit(name, column, `${name} cannot be changed ${BY_USER}, or write it on new records only.`)];
  const built = table.fields.find((each) => each.name === column);
  if (!built) return [];
  if (entry.transforms?.some((transform) => transform.type === 'map')) return [checkedPair(field, built)];
  return pairFit(field, built);
}

const checkedPair = (field: OrgField, column: BuiltField): Misfit => ({
  salesforceField: field.name,
  column: column.name,
  level: 'checked',
  message: `${column.name} is ${column.type}, ${field.name} is ${field.type}: a value that does not fit is given up, one record at a time.`,
});

function pairFit(field: OrgField, column: BuiltField): Misfit[] {
  const fit = typeFit(column.type, field.type);
  if (fit === 'misfit')
    return [
      misfit(
        field.name,
        column.name,
        `${column.name} is ${column.type}, ${field.name} is ${field.type}: none of its values could be written.`,
      ),
    ];
  const outside = outsideValues(field, column);
  if (outside.length > 0)
    return [
      misfit(
        field.name,
        column.name,
        `${column.name} may be ${outside.join(', ')}, which the picklist ${field.name} does not have: add them there, or map them.`,
      ),
    ];
  if (isLonger(field, column))
    return [
      {
        salesforceField: field.name,
        column: column.name,
        level: 'checked',
        message: `${column.name} takes ${column.length ?? 'any number of'} characters, ${field.name} ${field.length}: a longer value is given up, one record at a time.`,
      },
    ];
  const isOpen = field.isRestrictedPicklist && column.picklist === null;
  return fit === 'checked' || isOpen ? [checkedPair(field, column)] : [];
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
      ...misfit(
        field.name,
        null,
        `${field.name} is required for new records of ${object.name}: map a column or a constant.`,
      ),
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
      message: `${field.name} is required, ${entry.column} may be empty: such a row is given up. A default transform fills it in.`,
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
    if (!field) return [misfit(name, null, `${name} ${HIDDEN}`)];
    if (field.type !== 'boolean')
      return [misfit(name, null, `${name} is ${field.type}: an opt-in is written to a checkbox.`)];
    if (!field.isUpdateable)
      return [
        misfit(name, null, `The connection’s user may not change ${name}: give it edit access to the field.`),
      ];
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
      message: `Consent is written to one record of ${object.name}: others with the same address are not told. Look records up by the address and choose all of them to reach each.`,
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
  if (!field) return refuse(`${matching.field} ${HIDDEN}`);
  if (matching.by === 'lookup')
    return field.isFilterable && LOOKED_UP.has(field.type)
      ? []
      : refuse(
          `Records cannot be looked for by ${field.name}, which is ${field.type}: it is not filterable text.`,
        );
  if (!field.isExternalId || !field.isUnique)
    return refuse(
      `${field.name} is not a unique external id: tick both in its definition, or a repeated creation would make a second record.`,
    );
  if (field.type !== 'string' || field.length < ID_LENGTH)
    return refuse(`${field.name} has to be text of ${ID_LENGTH} characters or more: it holds DI’s ids.`);
  return field.isCreateable ? [] : refuse(`The connection’s user may not write ${field.name}.`);
}
