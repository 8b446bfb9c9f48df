import { z } from 'zod';
import { unprocessable } from '../http/problem.ts';
import { severalFaults } from './several-faults.ts';
import { sentenceAnswer, worded } from '../messages/message-answer.ts';
import { say, type Message } from '../messages/message.ts';
import { TEXT_TYPES, type Field, type FieldType } from '../values/field-types.ts';
import { fieldsOf, type MappingEntry } from '../projects/mapping-schema.ts';
import type { DescribedField, SalesforceType } from './object-descriptions.ts';

/** A pair of a Salesforce field and a column that does not fit, or may not. */
export interface Misfit {
  readonly salesforceField: string;
  readonly column: string;
  /** misfit: values could not be stored, the transfer is refused. checked: each value is looked at when it comes. */
  readonly level: 'misfit' | 'checked';
  readonly message: string;
  readonly sentence: Message | null;
}

/** A misfit as the API answers it. */
export const misfitSchema = z.object({
  salesforceField: z.string(),
  column: z.string(),
  level: z.enum(['misfit', 'checked']),
  message: z.string(),
  sentence: sentenceAnswer,
});

/** Throws a 422 problem that names every pair that cannot be. */
export function refuseMisfits(misfits: readonly Pick<Misfit, 'level' | 'message'>[]): void {
  const refused = misfits.filter((misfit) => misfit.level === 'misfit');
  if (refused.length > 0)
    throw unprocessable('incompatible-fields', severalFaults(refused.map(({ message }) => message)), {
      misfits,
    });
}

const TEXTUAL: readonly SalesforceType[] = [
  'string',
  'textarea',
  'email',
  'phone',
  'url',
  'picklist',
  'combobox',
  'id',
  'reference',
  'encryptedstring',
];
const NUMERIC: readonly SalesforceType[] = ['int', 'long', 'double', 'currency', 'percent'];
const SCALAR: readonly SalesforceType[] = [
  ...TEXTUAL,
  ...NUMERIC,
  'multipicklist',
  'boolean',
  'date',
  'datetime',
  'time',
];

/** Which Salesforce types a column's type takes, and of which each value has to be looked at. */
const TAKES: Readonly<
  Record<
    FieldType,
    { readonly always: readonly SalesforceType[]; readonly checked: readonly SalesforceType[] }
  >
> = {
  text: { always: SCALAR, checked: ['anytype'] },
  longtext: { always: SCALAR, checked: ['anytype'] },
  integer: { always: NUMERIC, checked: ['string', 'anytype'] },
  decimal: { always: NUMERIC, checked: ['string', 'anytype'] },
  boolean: { always: ['boolean'], checked: ['string', 'picklist', 'anytype'] },
  date: { always: ['date'], checked: ['string', 'anytype'] },
  timestamp: { always: ['datetime'], checked: ['string', 'anytype'] },
  time: { always: ['time'], checked: ['string', 'anytype'] },
  email: { always: ['email'], checked: ['string', 'textarea', 'anytype'] },
  phone: { always: ['phone'], checked: ['string', 'textarea', 'anytype'] },
  url: { always: ['url'], checked: ['string', 'textarea', 'anytype'] },
  picklist: { always: ['picklist', 'combobox'], checked: ['string', 'textarea', 'anytype'] },
  multipicklist: { always: ['multipicklist', 'picklist'], checked: ['string', 'textarea', 'anytype'] },
  salesforce_id: { always: ['id', 'reference'], checked: ['string', 'anytype'] },
  json: { always: [...SCALAR, 'address', 'location'], checked: ['anytype'] },
};

/** Characters of a value that describe gives no length for, as it is written in JSON. */
const WRITTEN_LENGTH: Partial<Record<SalesforceType, number>> = {
  boolean: 5,
  date: 10,
  datetime: 28,
  time: 13,
  int: 11,
  long: 20,
};

/** How the fields of an object fit the columns they are mapped to; nothing where all of them do. */
export function misfitsOf(
  mapping: readonly MappingEntry[],
  columns: readonly Field[],
  described: ReadonlyMap<string, DescribedField>,
): Misfit[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const misfits = mapping.flatMap((entry) => {
    const column = byName.get(entry.column);
    return column ? fieldsOf(entry).flatMap((name) => pairOf(entry, name, column, described)) : [];
  });
  return [...misfits, ...mixedCurrencies(mapping, described)];
}

function pairOf(
  entry: MappingEntry,
  name: string,
  column: Field,
  described: ReadonlyMap<string, DescribedField>,
): Misfit[] {
  const pair = { salesforceField: name, column: column.name };
  const field = described.get(name.toLowerCase());
  // A path to a parent's field is described only where the org has described it.
  if (!field)
    return name.includes('.')
      ? []
      : [{ ...pair, level: 'misfit', ...worded(say('fits.no-such-field', { field: name })) }];
  if ('concat' in entry) return joined(pair, field, column);
  // A value map makes other values of them: what it makes is looked at when it comes.
  if (entry.transforms?.some((transform) => transform.type === 'map'))
    return [{ ...pair, level: 'checked', ...worded(say('fits.mapped-values', { field: name })) }];
  const fault = typeFault(field, column) ?? sizeFault(field, column) ?? valuesFault(field, column);
  if (fault !== null) return [{ ...pair, level: 'misfit', ...worded(fault) }];
  const isChecked =
    TAKES[column.type].checked.includes(field.type) ||
    (column.picklist !== null && (field.values ?? null) === null);
  return isChecked
    ? [
        {
          ...pair,
          level: 'checked',
          ...worded(
            say('fits.rejected-one-by-one', {
              ...{ field: name, fieldType: field.type },
              ...{ column: column.name, columnType: column.type },
            }),
          ),
        },
      ]
    : [];
}

function joined(
  pair: { salesforceField: string; column: string },
  field: DescribedField,
  column: Field,
): Misfit[] {
  if (TEXT_TYPES.has(column.type) && SCALAR.includes(field.type))
    return column.length === null
      ? []
      : [
          {
            ...pair,
            level: 'checked',
            ...worded(say('fits.joined-length', { column: column.name, length: column.length })),
          },
        ];
  return [
    {
      ...pair,
      level: 'misfit',
      ...worded(say('fits.joined-is-text', { fieldType: field.type, columnType: column.type })),
    },
  ];
}

function typeFault(field: DescribedField, column: Field): string | null {
  const { always, checked } = TAKES[column.type];
  if (always.includes(field.type) || checked.includes(field.type)) return null;
  return say('fits.wrong-type', {
    ...{ field: field.name, fieldType: field.type },
    ...{ column: column.name, columnType: column.type, types: always.join(', ') },
  });
}

function sizeFault(field: DescribedField, column: Field): string | null {
  if (column.type === 'decimal' || column.type === 'integer') return numberFault(field, column);
  const length =
    TEXTUAL.includes(field.type) || field.type === 'multipicklist'
      ? field.length
      : WRITTEN_LENGTH[field.type];
  // describe gives picklists 255 characters whatever their values are.
  const longest = field.values ? Math.max(0, ...field.values.map((value) => value.length)) : length;
  if (
    column.length === null ||
    longest == null ||
    longest <= column.length ||
    (field.type === 'multipicklist' && column.type === 'multipicklist')
  )
    return null;
  return say('fits.too-long', { field: field.name, longest, column: column.name, length: column.length });
}

function numberFault(field: DescribedField, column: Field): string | null {
  if (!NUMERIC.includes(field.type)) return null;
  const scale = field.type === 'int' || field.type === 'long' ? 0 : (field.scale ?? 0);
  const whole =
    field.type === 'int' ? 10 : field.type === 'long' ? 19 : Math.max(0, (field.precision ?? 18) - scale);
  const room =
    column.type === 'integer'
      ? { whole: 19, scale: 0 }
      : { whole: (column.precision ?? 18) - (column.scale ?? 0), scale: column.scale ?? 0 };
  if (whole <= room.whole && scale <= room.scale) return null;
  return say('fits.too-many-digits', {
    ...{ field: field.name, whole, scale },
    ...{ column: column.name, wholeRoom: room.whole, scaleRoom: room.scale },
  });
}

function valuesFault(field: DescribedField, column: Field): string | null {
  if (column.picklist === null || !field.values) return null;
  const allowed = new Set(column.picklist);
  const outside = field.values.filter((value) => !allowed.has(value));
  if (outside.length === 0) return null;
  const values = outside
    .slice(0, 5)
    .map((value) => JSON.stringify(value))
    .join(', ');
  return say('fits.values-not-allowed', { field: field.name, values, column: column.name });
}

/** Amounts in several currencies mean nothing without the currency beside them. */
function mixedCurrencies(
  mapping: readonly MappingEntry[],
  described: ReadonlyMap<string, DescribedField>,
): Misfit[] {
  if (!described.has('currencyisocode')) return [];
  const mapped = mapping.flatMap((entry) => fieldsOf(entry).map((name) => ({ name, column: entry.column })));
  if (mapped.some(({ name }) => name.toLowerCase() === 'currencyisocode')) return [];
  return mapped
    .filter(({ name }) => described.get(name.toLowerCase())?.type === 'currency')
    .map(({ name, column }) => ({
      salesforceField: name,
      column,
      level: 'checked',
      ...worded(say('fits.currencies', { column })),
    }));
}
