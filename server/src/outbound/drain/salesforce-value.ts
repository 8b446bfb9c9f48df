import type { OrgField } from '../../salesforce/org.ts';
import type { Field } from '../../values/field-types.ts';

/**
 * A column's value as Salesforce's REST and Bulk APIs take it for a field. Decimals stay text: a float would lose digits.
 * A checkbox is never empty.
 *
 * @param value as the database's driver reads the column, integers as text
 */
export function salesforceValue(column: Field | null, field: OrgField | null, value: unknown): unknown {
  if (value === null || value === undefined || value === '') return field?.type === 'boolean' ? false : null;
  if (value instanceof Date)
    return field?.type === 'date' ? value.toISOString().slice(0, 10) : value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(';');
  if (typeof value === 'object') return JSON.stringify(value);
  if (column?.type === 'integer' && typeof value === 'string') return wholeNumber(value);
  if (column?.type === 'time' && typeof value === 'string') return timeOf(value);
  if (field?.type === 'boolean' && typeof value === 'string') return /^(true|1|yes)$/i.test(value);
  return value;
}

function wholeNumber(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** `10:00:00` or `10:00:00.5` as `10:00:00.000Z`. */
function timeOf(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}
