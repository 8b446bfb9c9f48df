import { say } from '../messages/message.ts';
import { isStorable, isStorableJson } from './storable.ts';
import type { Field } from './field-types.ts';
import { isDay } from './dates.ts';
import { isEmailAddress, normalizedAddress } from './email-address.ts';
import { withoutExponent } from './exact-numbers.ts';
import { salesforceId } from './salesforce-id.ts';

/** Why a value was not taken. */
export class Refusal {
  /** Stable: what a program may depend on. */
  readonly code: string;
  readonly message: string;
  constructor(code: string, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** A value as text that PostgreSQL reads by the column's type; null for none. */
export type Coerced = string | null | Refusal;

export type Coerce = (value: unknown) => Coerced;

type Rules = Pick<Field, 'name' | 'type' | 'length' | 'precision' | 'scale' | 'required' | 'picklist'>;

/** The largest value of a bigint column. */
const BIGGEST = 2n ** 63n - 1n;
/** Levels of a json value: deeper ones are an attack on whoever reads them, not data. */
const DEEPEST = 64;

/** What rows of long ago have for an address at the least, whatever else is asked of new ones. */
const ADDRESS_OF_LONG_AGO = /^[^\s@]+@[^\s@]+$/;

/**
 * The function that turns a value of Salesforce into one of the column. Nothing is cut off or rounded: what does not fit
 * is refused with a stable code. Empty text is nothing, as it is in Salesforce.
 *
 * @param mostBytes bytes that the column's index takes of a value; null where no value can have more
 */
export function coercion(field: Rules, mostBytes: number | null = null): Coerce {
  const convert = bounded(field, converter(field), mostBytes);
  const nothing = field.required ? required(field) : null;
  return (value) => (value === null || value === undefined || value === '' ? nothing : convert(value));
}

/**
 * The function that turns a value that a row is looked for by into one of the column. It is written as the column stores
 * it; what is asked of new values only is not asked, so that rows of long ago are found.
 *
 * @param mostBytes as for {@link coercion}
 */
export function lookup(field: Rules, mostBytes: number | null = null): Coerce {
  if (field.type !== 'email') return coercion({ ...field, required: true }, mostBytes);
  const convert = bounded(
    field,
    (value) => address({ ...field, required: true }, value, (text) => ADDRESS_OF_LONG_AGO.test(text)),
    mostBytes,
  );
  return (value) =>
    value === null || value === undefined || value === '' ? required(field) : convert(value);
}

function required(field: Rules): Refusal {
  return new Refusal('required', say('values.required', { field: field.name }));
}

/** Characters take up to four bytes each: what a field takes of them may still be more than an index does. */
function bounded(field: Rules, convert: Coerce, mostBytes: number | null): Coerce {
  if (mostBytes === null) return convert;
  return (value) => {
    const written = convert(value);
    const bytes = typeof written === 'string' ? Buffer.byteLength(written) : 0;
    if (bytes <= mostBytes) return written;
    return new Refusal(
      'too-long',
      say('values.too-many-bytes', { field: field.name, most: mostBytes, bytes }),
    );
  };
}

function converter(field: Rules): Coerce {
  switch (field.type) {
    case 'integer':
      return (value) => integer(field, value);
    case 'decimal':
      return (value) => decimal(field, value);
    case 'boolean':
      return (value) => boolean(field, value);
    case 'date':
      return (value) => date(field, value);
    case 'timestamp':
      return (value) => timestamp(field, value);
    case 'time':
      return (value) => time(field, value);
    case 'email':
      return (value) => address(field, value, isEmailAddress);
    case 'salesforce_id':
      return (value) => recordId(field, value);
    case 'picklist':
      return picklist(field);
    case 'multipicklist':
      return multipicklist(field);
    case 'json':
      return (value) => json(field, value);
    default:
      return (value) => text(field, value);
  }
}

/** What PostgreSQL cannot store in text: NUL, and halves of characters. */
function unstorable(field: Rules, value: string): Refusal {
  const message = value.includes('\0') ? 'values.nul' : 'values.half-character';
  return new Refusal('invalid-character', say(message, { field: field.name }));
}

function text(field: Rules, value: unknown): Coerced {
  let written: string;
  if (typeof value === 'string') written = value;
  else if (typeof value === 'number') written = plain(value);
  else if (typeof value === 'boolean') written = String(value);
  else return new Refusal('wrong-type', say('values.no-text', { field: field.name }));
  if (field.length !== null && written.length > field.length)
    return new Refusal(
      'too-long',
      say('values.too-long', { field: field.name, most: field.length, length: written.length }),
    );
  return isStorable(written) ? written : unstorable(field, written);
}

/** One mailbox is one value, however it is written. */
function address(field: Rules, value: unknown, isTaken: (address: string) => boolean): Coerced {
  const written = text(field, typeof value === 'string' ? normalizedAddress(value) : value);
  // White space and characters that nobody sees are nothing.
  if (written === '') return field.required ? required(field) : null;
  if (written === null || written instanceof Refusal || isTaken(written)) return written;
  const isList = (written.match(/@/g)?.length ?? 0) > 1;
  return new Refusal(
    'invalid-email',
    say(isList ? 'values.several-addresses' : 'values.no-address', { field: field.name }),
  );
}

/** One record is one value, whether its id came with 15 characters or with 18. */
function recordId(field: Rules, value: unknown): Coerced {
  const id = typeof value === 'string' ? salesforceId(value.trim()) : null;
  return id ?? new Refusal('invalid-id', say('values.no-id', { field: field.name }));
}

function integer(field: Rules, value: unknown): Coerced {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  const written = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : '';
  if (!/^[+-]?\d+(\.0*)?$/.test(written))
    return new Refusal('not-a-number', say('values.no-whole-number', { field: field.name }));
  const digits = written.replace(/\.0*$/, '').replace(/^\+/, '');
  if (digits.length > 40) return new Refusal('out-of-range', say('values.no-64-bits', { field: field.name }));
  const whole = BigInt(digits);
  return whole > BIGGEST || whole < -BIGGEST
    ? new Refusal('out-of-range', say('values.no-64-bits', { field: field.name }))
    : whole.toString();
}

/** Decimals stay text: a float would lose digits. */
function decimal(field: Rules, value: unknown): Coerced {
  const written = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : '';
  const found = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?$/.exec(written);
  if (!found) return new Refusal('not-a-number', say('values.no-number', { field: field.name }));
  const whole = (found[2] ?? '').replace(/^0+/, '');
  const fraction = withoutTrailingZeros(found[3] ?? '');
  const scale = field.scale ?? 0;
  const before = (field.precision ?? 18) - scale;
  if (whole.length > before)
    return new Refusal('out-of-range', say('values.digits-before', { field: field.name, digits: before }));
  if (fraction.length > scale)
    return new Refusal('out-of-range', say('values.digits-after', { field: field.name, digits: scale }));
  const sign = found[1] === '-' && (whole !== '' || fraction !== '') ? '-' : '';
  return `${sign}${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Not by a pattern: one that looks for zeros at the end begins anew at each zero of a long value. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** A number without an exponent, its digits as JavaScript prints them. */
export function plain(value: number): string {
  if (!Number.isFinite(value)) return '';
  return withoutExponent(String(value));
}

function boolean(field: Rules, value: unknown): Coerced {
  const written = typeof value === 'string' ? value.toLowerCase() : value;
  if (written === true || written === 'true') return 'true';
  if (written === false || written === 'false') return 'false';
  return new Refusal('not-a-boolean', say('values.no-boolean', { field: field.name }));
}

/** A date as it is written; the day of a moment is the one it is written with, whatever its zone. */
function date(field: Rules, value: unknown): Coerced {
  const found =
    typeof value === 'string'
      ? /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?$/.exec(value)
      : null;
  if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3])))
    return new Refusal('not-a-date', say('values.no-date', { field: field.name }));
  return found[0].slice(0, 10);
}

function timestamp(field: Rules, value: unknown): Coerced {
  const moment = typeof value === 'string' ? readMoment(value) : null;
  return moment ?? new Refusal('not-a-date', say('values.no-timestamp', { field: field.name }));
}

/** Salesforce writes a time of day with a Z, and means no zone by it. */
function time(field: Rules, value: unknown): Coerced {
  const found =
    typeof value === 'string' ? /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?Z?$/.exec(value) : null;
  return found
    ? found[0].replace(/Z$/, '')
    : new Refusal('not-a-time', say('values.no-time', { field: field.name }));
}

/** As Salesforce writes moments, which needs no conversion. */
const USUAL_MOMENT = /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}(Z|\+00:?00)$/;

/** A moment of ISO 8601 with its zone as text in UTC with milliseconds; null for anything else. */
export function readMoment(value: string): string | null {
  const usual = USUAL_MOMENT.exec(value);
  if (usual && isDay(Number(usual[1]), Number(usual[2]), Number(usual[3])))
    return usual[4] === 'Z' ? value : `${value.slice(0, 23)}Z`;
  const found = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/.exec(value);
  if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3]))) return null;
  const moment = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(moment)) return null;
  const written = new Date(moment).toISOString();
  // A zone may carry the first or the last day of all over the edge, where the year has six digits.
  return /^\d{4}-/.test(written) && !written.startsWith('0000') ? written : null;
}

function picklist(field: Rules): Coerce {
  const allowed = field.picklist === null ? null : new Set(field.picklist);
  return (value) => {
    const written = text(field, value);
    if (allowed === null || written === null || written instanceof Refusal || allowed.has(written))
      return written;
    return new Refusal(
      'not-in-picklist',
      say('values.not-in-picklist', { field: field.name, value: JSON.stringify(written) }),
    );
  };
}

/** A choice that is empty, or has white space around it; and what has to be escaped. */
const UNUSUAL_CHOICES = /["\\]|^[\s;]|[\s;]$|;[\s;]|\s;/;

/** Salesforce writes several values as `A;B`. White space around one is none of it, and nothing is no value. */
function multipicklist(field: Rules): Coerce {
  const allowed = field.picklist === null ? null : new Set(field.picklist);
  return (value) => {
    // Most values are just that, and need no look at each part.
    if (allowed === null && typeof value === 'string' && isStorable(value) && !UNUSUAL_CHOICES.test(value))
      return `{"${value.replaceAll(';', '","')}"}`;
    const values: unknown[] = Array.isArray(value)
      ? value
      : typeof value === 'string'
        ? value.split(';')
        : [null];
    const written: string[] = [];
    for (const each of values) {
      if (typeof each !== 'string')
        return new Refusal('wrong-type', say('values.no-list', { field: field.name }));
      const choice = each.trim();
      if (choice === '') continue;
      if (!isStorable(choice)) return unstorable(field, choice);
      if (allowed && !allowed.has(choice))
        return new Refusal(
          'not-in-picklist',
          say('values.not-in-picklist', { field: field.name, value: JSON.stringify(choice) }),
        );
      written.push(`"${choice.replace(/[\\"]/g, '\\$&')}"`);
    }
    if (written.length === 0) return field.required ? required(field) : null;
    return `{${written.join(',')}}`;
  };
}

function json(field: Rules, value: unknown): Coerced {
  if (depth(value, DEEPEST) > DEEPEST)
    return new Refusal('too-deep', say('values.too-deep', { field: field.name, levels: DEEPEST }));
  const written = JSON.stringify(value);
  return isStorableJson(written)
    ? written
    : new Refusal('invalid-character', say('values.invalid-json-character', { field: field.name }));
}

/** Levels of a value, counted no further than one more than `most`. */
function depth(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (most < 0) return 1;
  let deepest = 0;
  for (const each of Object.values(value)) deepest = Math.max(deepest, depth(each, most - 1));
  return deepest + 1;
}
