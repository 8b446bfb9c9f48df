import { z } from 'zod';
import { quoteIdentifier } from '../../database/identifiers.ts';
import { unprocessable } from '../../http/problem.ts';
import { coercion, Refusal } from '../../values/check-value.ts';
import { sqlType, TEXT_TYPES, type Field } from '../../values/field-types.ts';
import { normalizedAddress } from '../../values/email-address.ts';

const OPERATORS = { eq: '=', ne: 'IS DISTINCT FROM', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const comparison = z
  .strictObject({
    eq: scalar,
    ne: scalar,
    lt: scalar,
    lte: scalar,
    gt: scalar,
    gte: scalar,
    in: z.array(scalar).min(1).max(1000),
    startsWith: z.string().min(1),
    isNull: z.boolean(),
  })
  .partial();

/** Conditions by column, all of which hold: `{"city":"Paris","age":{"gte":30}}`. */
export const filterSchema = z.record(z.string(), z.union([scalar, z.null(), comparison]));

/** A condition in SQL, its values bound from a place on. */
export interface Condition {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Columns of the system that may be read and compared. */
export const SYSTEM_FIELDS: readonly Field[] = [
  systemField('_salesforce_id', 'salesforce_id'),
  systemField('_source_modstamp', 'timestamp'),
  systemField('_changed_at', 'timestamp'),
  systemField('_archived_at', 'timestamp'),
];

function systemField(name: string, type: Field['type']): Field {
  return {
    id: name,
    name,
    label: name,
    type,
    length: null,
    precision: null,
    scale: null,
    required: false,
    unique: false,
    default: null,
    picklist: null,
    reference: null,
  };
}

/** Reads a filter. Throws a 422 problem that names an unknown column or a value that its column cannot have. */
export function conditionOf(
  filter: z.output<typeof filterSchema>,
  fields: readonly Field[],
  first: number,
): Condition {
  const values: unknown[] = [];
  const bind = (value: unknown, type: string): string => `$${first + values.push(value) - 1}::${type}`;
  const texts = Object.entries(filter).flatMap(([name, wanted]) => {
    const field = fields.find((each) => each.name === name);
    if (!field) throw unprocessable('unknown-column', `There is no column ${name}.`);
    const column = quoteIdentifier(name);
    if (wanted === null) return [`${column} IS NULL`];
    const conditions = typeof wanted === 'object' ? wanted : { eq: wanted };
    return Object.entries(conditions).map(([operator, value]) =>
      oneCondition(field, column, operator, value, bind),
    );
  });
  return { text: texts.length === 0 ? 'true' : texts.join(' AND '), values };
}

function oneCondition(
  field: Field,
  column: string,
  operator: string,
  value: unknown,
  bind: (value: unknown, type: string) => string,
): string {
  if (operator === 'isNull') return `${column} IS ${value === true ? '' : 'NOT '}NULL`;
  if (field.type === 'json')
    throw unprocessable('invalid-filter', `${field.name} is json, which is not compared.`);
  if (operator === 'startsWith') {
    if (!TEXT_TYPES.has(field.type))
      throw unprocessable(
        'invalid-filter',
        `${field.name} is ${field.type}, which does not start with text.`,
      );
    const start = field.type === 'email' ? normalizedAddress(String(value)) : value;
    return `starts_with(${column}, ${bind(start, 'text')})`;
  }
  if (field.type === 'multipicklist') return `${bind(value, 'text')} = ANY(${column})`;
  if (operator === 'in' || hasSpellings(field, operator)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const values = new Set(list.flatMap((each) => spellings(field, each)));
    const isAmong = `${column} = ANY(${bind([...values], `${sqlType(field)}[]`)})`;
    return operator === 'ne' ? `(${isAmong}) IS NOT TRUE` : isAmong;
  }
  const symbol = OPERATORS[operator as keyof typeof OPERATORS];
  return `${column} ${symbol} ${bind(valueOf(field, value), sqlType(field))}`;
}

/** Whether a column's values are stored in one spelling of several. */
function hasSpellings({ type }: Field, operator: string): boolean {
  return (type === 'email' || type === 'salesforce_id') && (operator === 'eq' || operator === 'ne');
}

/** A value as its column stores it, and as it was given: rows that stand double have kept their own spelling. */
function spellings(field: Field, value: unknown): (string | null)[] {
  const stored = valueOf(field, value);
  const isGivenApart = hasSpellings(field, 'eq') && typeof value === 'string' && value !== stored;
  return isGivenApart ? [stored, value] : [stored];
}

function valueOf(field: Field, value: unknown): string | null {
  const given = field.type === 'email' && typeof value === 'string' ? normalizedAddress(value) : value;
  // A limit of what is looked for may lie outside of what the column takes.
  const open = { ...field, length: null, required: false, picklist: null };
  const type = field.type === 'email' || field.type === 'picklist' ? 'text' : field.type;
  const read = coercion({ ...open, type })(given);
  if (read instanceof Refusal) throw unprocessable('invalid-filter', read.message);
  return read;
}
