import { say } from '../../messages/message.ts';
import { rounded, type Decimals } from '../../values/decimals.ts';
import { normalizedAddress } from '../../values/email-address.ts';
import { shortest } from '../../values/exact-numbers.ts';
import { NUMBER_TYPES } from '../../salesforce/number-types.ts';
import type { OrgField } from '../../salesforce/org.ts';

/** A value that a field does not take. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}

const WHOLE: ReadonlySet<string> = new Set(['int', 'integer', 'long']);

/**
 * A value in the shape its field takes: one value of a wrong shape would have Salesforce refuse the whole call, and its
 * neighbours with it. Throws UnfitValue.
 *
 * @param decimals what becomes of digits beyond those that the field shows
 */
export function fitValue(field: OrgField, value: unknown, decimals: Decimals = 'round'): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return fitList(field, value);
  if (typeof value === 'object') throw new UnfitValue(say('items.no-object', { field: field.name }));
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new UnfitValue(say('items.no-type', { field: field.name, type: typeof value }));
  // Salesforce holds an empty text for none; to the Bulk API an empty cell would mean to leave the field alone.
  if (value === '') return null;
  if (field.type === 'boolean') return fitBoolean(field, value);
  if (NUMBER_TYPES.has(field.type)) return fitNumber(field, value, decimals);
  if (isMoment(field.type)) return fitMoment(field, String(value));
  const text = textFor(field, String(value));
  return text === '' ? null : text;
}

function textFor(field: OrgField, text: string): string {
  if (field.type === 'email') return normalizedAddress(text);
  return field.type === 'multipicklist' ? choices(text.split(';')) : text;
}

/** Several choices are parted by semicolons. */
function fitList(field: OrgField, list: readonly unknown[]): string | null {
  const isPlain = list.every((item) => typeof item === 'string' || typeof item === 'number');
  if (!isPlain) throw new UnfitValue(say('items.no-list', { field: field.name }));
  const texts = list.map(String);
  const text = field.type === 'multipicklist' ? choices(texts) : texts.join(';');
  return text === '' ? null : text;
}

/** Each choice once; white space around one is none of it, and nothing is no choice. */
function choices(given: readonly string[]): string {
  return [...new Set(given.map((choice) => choice.trim()).filter((choice) => choice !== ''))].join(';');
}

/** Whether a value says that a checkbox is checked; null for one that says neither. */
export function isChecked(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim().toLowerCase();
  if (['true', '1', 'yes'].includes(text)) return true;
  return ['false', '0', 'no'].includes(text) ? false : null;
}

function fitBoolean(field: OrgField, value: string | number | boolean): boolean {
  const checked = isChecked(value);
  if (checked !== null) return checked;
  throw new UnfitValue(say('items.no-checkbox', { field: field.name, value: JSON.stringify(value) }));
}

function fitNumber(field: OrgField, value: string | number | boolean, decimals: Decimals): unknown {
  const given = String(value).trim();
  const shown = WHOLE.has(field.type) || typeof value === 'boolean' ? null : rounded(given, field.scale);
  const text = shown === null ? given : shortest(shown);
  const number = Number(text);
  if (typeof value === 'boolean' || text === '' || !Number.isFinite(number))
    throw new UnfitValue(say('items.no-number', { field: field.name, value: JSON.stringify(value) }));
  if (WHOLE.has(field.type) && !Number.isInteger(number))
    throw new UnfitValue(say('items.no-whole-number', { field: field.name, value: text }));
  if (decimals === 'refuse' && fractionOf(given) > field.scale && shown !== null)
    throw new UnfitValue(
      say('items.too-many-digits', { field: field.name, digits: field.scale, value: given }),
    );
  // A decimal longer than a float holds stays the text it is: Salesforce reads numbers from texts too.
  return String(number) === text ? number : text;
}

/** Digits after the point, but for zeros that say nothing. */
function fractionOf(written: string): number {
  return shortest(written).split('.')[1]?.length ?? 0;
}

function isMoment(type: string): boolean {
  return type === 'date' || type === 'datetime';
}

function fitMoment(field: OrgField, text: string): string {
  const isWritten = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?$/.test(text);
  const milliseconds = isWritten ? Date.parse(text) : NaN;
  if (Number.isNaN(milliseconds))
    throw new UnfitValue(
      say('items.not-of-type', {
        field: field.name,
        type: field.type,
        value: JSON.stringify(text.slice(0, 40)),
      }),
    );
  return field.type === 'date' ? text.slice(0, 10) : new Date(milliseconds).toISOString();
}
