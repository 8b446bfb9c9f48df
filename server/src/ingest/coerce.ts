import type { Field } from '../projects/field-types.ts';

/** Why a value was not taken. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** A value as JSON for the database, or why there is none. */
export type Coerced = { readonly value: unknown } | { readonly refusal: Refusal };

export type Coerce = (value: unknown) => Coerced;

const refuse = (code: string, message: string): Coerced => ({ refusal: { code, message } });
const NOTHING: Coerced = { value: null };
/** Bytes of a bigint column. */
const BIGGEST = 2n ** 63n - 1n;

/**
 * The function that turns a value of Salesforce into one of the column. Nothing is cut off or rounded: what does not fit
 * is refused with a stable code. Empty text is nothing, as it is in Salesforce.
 */
export function coercion(field: Field): Coerce {
  const convert = converter(field);
  return (value) => {
    if (value === null || value === undefined || value === '') {
      return field.required ? refuse('required', `${field.name} is required.`) : NOTHING;
    }
    return convert(value);
  };
}

function converter(field: Field): Coerce {
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
    case 'email':
      return (value) => pattern(field, value, /^[^\s@]+@[^\s@]+$/, 'invalid-email', 'an e-mail address');
    case 'url':
      return (value) => text(field, value);
    case 'salesforce_id':
      return (value) =>
        pattern(field, value, /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/, 'invalid-id', 'a Salesforce id');
    case 'picklist':
      return (value) => picklist(field, value);
    case 'multipicklist':
      return (value) => multipicklist(field, value);
    case 'json':
      return (value) => (typeof value === 'string' ? textProblem(field, value) : null) ?? { value };
    default:
      return (value) => text(field, value);
  }
}

/** What PostgreSQL cannot store in text: NUL, and halves of characters. */
function textProblem(field: Field, value: string): Coerced | null {
  if (value.includes('\0')) return refuse('invalid-character', `${field.name} holds a NUL character.`);
  if (!value.isWellFormed())
    return refuse('invalid-character', `${field.name} holds half a character (a lone surrogate).`);
  return null;
}

function asText(field: Field, value: unknown): string | Coerced {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return refuse('wrong-type', `${field.name} takes text.`);
}

function text(field: Field, value: unknown): Coerced {
  const written = asText(field, value);
  if (typeof written !== 'string') return written;
  if (field.length !== null && written.length > field.length)
    return refuse('too-long', `${field.name} takes ${field.length} characters, not ${written.length}.`);
  return textProblem(field, written) ?? { value: written };
}

function pattern(field: Field, value: unknown, expected: RegExp, code: string, what: string): Coerced {
  const checked = text(field, value);
  if ('refusal' in checked) return checked;
  return expected.test(String(checked.value)) ? checked : refuse(code, `${field.name} is not ${what}.`);
}

function integer(field: Field, value: unknown): Coerced {
  const written = typeof value === 'number' ? plain(value) : value;
  if (typeof written !== 'string' || !/^[+-]?\d+(\.0*)?$/.test(written.trim()))
    return refuse('not-a-number', `${field.name} takes a whole number.`);
  const whole = BigInt(written.trim().replace(/\.0*$/, '').replace(/^\+/, ''));
  return whole > BIGGEST || whole < -BIGGEST
    ? refuse('out-of-range', `${field.name} takes a number of 64 bits.`)
    : { value: whole.toString() };
}

/** Decimals stay text: a float would lose digits. */
function decimal(field: Field, value: unknown): Coerced {
  const written = typeof value === 'number' ? plain(value) : typeof value === 'string' ? value.trim() : '';
  const found = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(written);
  if (!found || !/\d/.test(written)) return refuse('not-a-number', `${field.name} takes a number.`);
  const whole = (found[1] ?? '').replace(/^0+/, '');
  const fraction = (found[2] ?? '').replace(/0+$/, '');
  const scale = field.scale ?? 0;
  if (whole.length > (field.precision ?? 18) - scale)
    return refuse(
      'out-of-range',
      `${field.name} takes ${(field.precision ?? 18) - scale} digits before the point.`,
    );
  if (fraction.length > scale)
    return refuse('out-of-range', `${field.name} takes ${scale} digits after the point.`);
  return { value: written };
}

/** A number without an exponent. */
function plain(value: number): string {
  if (!Number.isFinite(value)) return '';
  const written = String(value);
  return written.includes('e')
    ? value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 })
    : written;
}

function boolean(field: Field, value: unknown): Coerced {
  if (typeof value === 'boolean') return { value };
  const known = typeof value === 'string' ? { true: true, false: false }[value.toLowerCase()] : undefined;
  return known === undefined
    ? refuse('not-a-boolean', `${field.name} takes true or false.`)
    : { value: known };
}

/** Whether a day of that year and month exists. */
function isDay(year: number, month: number, day: number): boolean {
  const made = new Date(Date.UTC(year, month - 1, day));
  return year >= 1 && made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

function date(field: Field, value: unknown): Coerced {
  const found =
    typeof value === 'string'
      ? /^(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?$/.exec(value)
      : null;
  if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3])))
    return refuse('not-a-date', `${field.name} takes a date as 2026-11-20.`);
  return { value: found[0].slice(0, 10) };
}

function timestamp(field: Field, value: unknown): Coerced {
  const moment = typeof value === 'string' ? readMoment(value) : null;
  return moment === null
    ? refuse('not-a-date', `${field.name} takes a moment with its zone, as 2026-11-20T10:00:00.000Z.`)
    : { value: moment };
}

/** A moment of ISO 8601 with its zone as text in UTC with milliseconds; null for anything else. */
export function readMoment(value: string): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/.exec(value);
  if (!found || !isDay(Number(found[1]), Number(found[2]), Number(found[3]))) return null;
  const time = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function picklist(field: Field, value: unknown): Coerced {
  const checked = text(field, value);
  if ('refusal' in checked || field.picklist === null) return checked;
  return field.picklist.includes(String(checked.value))
    ? checked
    : refuse('not-in-picklist', `${field.name} does not allow ${JSON.stringify(checked.value)}.`);
}

/** Salesforce writes several values as `A;B`. */
function multipicklist(field: Field, value: unknown): Coerced {
  const values: unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(';')
      : [null];
  for (const each of values) {
    if (typeof each !== 'string')
      return refuse('wrong-type', `${field.name} takes text parted by semicolons.`);
    const problem = textProblem(field, each);
    if (problem) return problem;
    if (field.picklist !== null && !field.picklist.includes(each))
      return refuse('not-in-picklist', `${field.name} does not allow ${JSON.stringify(each)}.`);
  }
  return { value: values };
}
