import { unprocessable } from '../../http/problem.ts';
import { coercion, Refusal, type Coerce } from '../../values/check-value.ts';
import { compileTransforms } from '../../values/transforms.ts';
import type { Field, FieldType } from '../../values/field-types.ts';
import { rejected, type Rejected } from '../../inbound/rows/read-row.ts';
import type { OrgField, OrgObject, OrgRecord } from '../../salesforce/org.ts';
import { cellReader, textFor, type CellKind } from '../../values/interpret-cells.ts';
import type { FoundFile, ImportSettings } from '../../inbound/files/import-settings.ts';
import { checkDates } from '../../inbound/files/rows-of-file.ts';

/** Rows of a file as records of an object. */
export interface ObjectReader {
  /** A record, or why a row is none: the first fault is told. */
  read(cells: readonly string[]): { readonly values: OrgRecord } | Rejected;
}

/** Salesforce's types whose values are read otherwise than as text. */
const TYPES: Readonly<Record<string, FieldType>> = {
  boolean: 'boolean',
  int: 'integer',
  long: 'integer',
  double: 'decimal',
  currency: 'decimal',
  percent: 'decimal',
  date: 'date',
  datetime: 'timestamp',
  time: 'time',
  email: 'email',
  picklist: 'picklist',
  id: 'salesforce_id',
  reference: 'salesforce_id',
};

const KINDS: Readonly<Partial<Record<FieldType, CellKind>>> = {
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  date: 'date',
  timestamp: 'moment',
};

interface Column {
  readonly place: number;
  readonly field: OrgField;
  readonly isKey: boolean;
  readonly kind: CellKind;
  readonly convert: (text: string) => ReturnType<Coerce>;
}

/** Compiles the settings of an import for an object. Throws 422 problems that say what does not fit. */
export function objectReader(object: OrgObject, found: FoundFile, settings: ImportSettings): ObjectReader {
  const key = keyOf(object, settings);
  const columns = settings.mapping.map(({ heading, to, transforms = [] }): Column => {
    const field = object.fields.find((each) => each.name === to);
    if (!found.headings.includes(heading))
      throw unprocessable('unknown-heading', `The file has no column ${heading}.`);
    if (!field)
      throw unprocessable('unknown-field', `${object.name} has no field ${to} that this authorization sees.`);
    const isKey = field.name === key;
    if (!isKey) refuseUnwritable(object, field, settings);
    const rules = rulesOf(field, isKey);
    if (rules.type === 'date' || rules.type === 'timestamp') checkDates(found, settings, heading);
    const kind = KINDS[rules.type] ?? 'text';
    const read = cellReader(kind, settings);
    const transform = compileTransforms(transforms);
    const coerce = coercion(rules);
    const convert = (text: string): ReturnType<Coerce> => {
      const changed = transform === null ? text : transform(text);
      const value = typeof changed === 'string' && changed !== '' ? read(changed) : changed;
      return value instanceof Refusal ? value : coerce(value);
    };
    return { place: found.headings.indexOf(heading), field, isKey, kind, convert };
  });
  checkColumns(object, columns, key, settings);
  const leaves = settings.emptyCells === 'leave';
  return { read: (cells) => readRecord(columns, cells, leaves) };
}

/** The field that records are found by; null for inserts. */
function keyOf(object: OrgObject, settings: ImportSettings): string | null {
  if (settings.operation === 'insert') return null;
  if (settings.operation === 'update') return 'Id';
  const name = settings.externalIdField;
  if (name === null)
    throw unprocessable(
      'external-id-missing',
      'An upsert finds records by an external id: choose the field (externalIdField).',
    );
  const field = object.fields.find((each) => each.name === name);
  if (!field || !(field.isExternalId || field.name === 'Id'))
    throw unprocessable('not-an-external-id', `${name} is no external id of ${object.name}.`);
  return name;
}

function refuseUnwritable(object: OrgObject, field: OrgField, { operation }: ImportSettings): void {
  const cannot =
    (operation !== 'update' && !field.isCreateable && 'set on new records') ||
    (operation !== 'insert' && !field.isUpdateable && 'changed');
  if (cannot)
    throw unprocessable(
      'field-not-writable',
      `${object.name}.${field.name} cannot be ${cannot} by this authorization: take it out of the mapping, or give the user the right.`,
    );
}

function checkColumns(
  object: OrgObject,
  columns: readonly Column[],
  key: string | null,
  { operation }: ImportSettings,
): void {
  const names = columns.map((column) => column.field.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw unprocessable('column-mapped-twice', `${twice} is mapped twice.`);
  if (columns.length === 0) throw unprocessable('nothing-mapped', 'No column of the file is mapped.');
  if (key !== null && !names.includes(key))
    throw unprocessable('primary-key-missing', `${key}, by which records are found, is not mapped.`);
  if (operation === 'update') return;
  const missing = object.fields.filter(
    (field) =>
      field.isCreateable &&
      !field.isNillable &&
      !field.isDefaultedOnCreate &&
      field.type !== 'boolean' &&
      // The owner is whoever saves, where none is named.
      field.name !== 'OwnerId' &&
      !names.includes(field.name),
  );
  if (operation === 'insert' && missing.length > 0)
    throw unprocessable(
      'required-field-missing',
      `New records of ${object.name} need ${missing.map((field) => field.name).join(', ')}.`,
    );
}

/** What a column of a table would have to be to hold the field's values. */
function rulesOf(
  field: OrgField,
  isKey: boolean,
): Pick<Field, 'name' | 'type' | 'length' | 'precision' | 'scale' | 'required' | 'picklist'> {
  const type = TYPES[field.type] ?? 'text';
  const isText = type === 'text' || type === 'email';
  return {
    name: field.name,
    type,
    length: isText && field.length > 0 ? field.length : null,
    precision: type === 'decimal' ? field.precision : null,
    scale: type === 'decimal' ? field.scale : null,
    required: isKey,
    picklist: type === 'picklist' && field.isRestrictedPicklist ? field.picklist : null,
  };
}

function readRecord(
  columns: readonly Column[],
  cells: readonly string[],
  leaves: boolean,
): { values: OrgRecord } | Rejected {
  const record: Record<string, unknown> = {};
  for (const { place, field, isKey, kind, convert } of columns) {
    const text = textFor(kind, cells[place] ?? '');
    const value = convert(text);
    if (value instanceof Refusal) {
      if (isKey && value.code === 'required')
        return rejected(
          'primary-key-null',
          field.name,
          `${field.name}, by which records are found, has no value.`,
        );
      return rejected(value.code, field.name, value.message);
    }
    record[field.name] = value ?? (leaves ? undefined : null);
  }
  return { values: record };
}
