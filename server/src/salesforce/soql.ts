import { NUMBER_TYPES } from './number-types.ts';
import type { OrgField } from './org.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { shortest } from '../values/exact-numbers.ts';
import { salesforceId } from '../values/salesforce-id.ts';

/**
 * The one place where SOQL is written. A name comes from describe, never from a caller; a value becomes a literal here, by
 * the type of its field.
 */

/** Why a value cannot be compared with a field. */
export class UnfitLiteral extends Error {
  override readonly name = 'UnfitLiteral';
}

/** Characters of a statement (SOQL and SOSL Reference, *SOQL and SOSL limits*). */
export const STATEMENT_LIMIT = 100_000;
/**
 * Bytes of a statement in an address. Salesforce refuses an address beyond 16,384 bytes, headers counted with it; half of
 * that leaves them room.
 */
export const ADDRESS_LIMIT = 8000;

const NAME = /^[A-Za-z]\w*$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};
// Control characters, and what ends a line in Unicode.
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const SPECIAL = /[\\'"\u0000-\u001f\u007f\u0085\u2028\u2029]/g;
const MOMENT =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?Z?$/;

/** A name of an object or a field, as describe gives it. Throws for what no name can be. */
export function soqlName(name: string): string {
  if (!NAME.test(name)) throw new Error(`${JSON.stringify(name)} is no name of Salesforce's.`);
  return name;
}

/** A text between quotes. Throws UnfitLiteral for half a character, which no address can carry. */
export function soqlText(value: string): string {
  if (!value.isWellFormed()) throw new UnfitLiteral('The text holds half a character.');
  const escaped = value.replace(
    SPECIAL,
    (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

/**
 * A value as SOQL compares it with a field: texts in quotes, numbers, booleans, days and moments bare.
 * Throws UnfitLiteral for what the field's type cannot be compared with; null, objects and lists are never compared.
 */
export function soqlLiteral(field: Pick<OrgField, 'name' | 'type'>, value: unknown): string {
  const unfit = (wanted: string): UnfitLiteral =>
    new UnfitLiteral(`${field.name} is compared with ${wanted}, not with ${shown(value)}.`);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw unfit('a text, a number or a truth value');
  if (NUMBER_TYPES.has(field.type)) return numberLiteral(value) ?? fail(unfit('a number'));
  const text = String(value);
  switch (field.type) {
    case 'boolean':
      return booleanLiteral(text) ?? fail(unfit('true or false'));
    case 'date':
      return dayLiteral(text) ?? fail(unfit('a day'));
    case 'datetime':
      return momentLiteral(text) ?? fail(unfit('a moment with its zone'));
    case 'time':
      return TIME.test(text) ? timeLiteral(text) : fail(unfit('a time of day'));
    case 'email':
      return soqlText(normalizedAddress(text));
    case 'id':
    case 'reference':
      return soqlText(salesforceId(text) ?? text);
    default:
      return soqlText(text);
  }
}

/** `A IN (…)`, or `A = …` for one. */
export function soqlIn(field: string, literals: readonly string[]): string {
  const [only] = literals;
  if (only === undefined) throw new Error('Nothing to look for.');
  return literals.length === 1
    ? `${soqlName(field)} = ${only}`
    : `${soqlName(field)} IN (${literals.join(',')})`;
}

/** Bytes that a piece of a statement takes in an address. */
export function addressLength(soql: string): number {
  return encodeURIComponent(soql).length;
}

/**
 * Parts items so that each portion's statement stays under a limit.
 *
 * @param lengthOf what an item adds to its statement
 * @param room what a statement has for its items
 */
export function portions<T>(items: readonly T[], lengthOf: (item: T) => number, room: number): T[][] {
  const parts: T[][] = [];
  let left = 0;
  for (const item of items) {
    const length = lengthOf(item);
    const last = parts.at(-1);
    if (last && length <= left) last.push(item);
    else {
      parts.push([item]);
      left = room;
    }
    left -= length;
  }
  return parts;
}

function fail(error: Error): never {
  throw error;
}

function numberLiteral(value: string | number | boolean): string | null {
  if (typeof value === 'boolean') return null;
  const text = String(value).trim().replace(/^\+/, '');
  // A decimal that came as a text stays the text it is: it never passes through a float.
  const plain = /e/i.test(text) ? shortest(text) : text;
  return /^-?\d{1,30}(?:\.\d{1,30})?$/.test(plain) ? plain : null;
}

function booleanLiteral(text: string): string | null {
  const lower = text.trim().toLowerCase();
  if (lower === 'true' || lower === '1') return 'TRUE';
  if (lower === 'false' || lower === '0') return 'FALSE';
  return null;
}

function dayLiteral(text: string): string | null {
  const day = text.slice(0, 10);
  if (!DAY.test(day) || !(text.length === 10 || MOMENT.test(text))) return null;
  return isDay(day) ? day : null;
}

function momentLiteral(text: string): string | null {
  if (!MOMENT.test(text) || !isDay(text.slice(0, 10))) return null;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

function timeLiteral(text: string): string {
  const [hour = '', minute = '', second = '00'] = text.replace('Z', '').split(':');
  const [whole = '00', fraction = ''] = second.split('.');
  return `${hour}:${minute}:${whole}.${fraction.padEnd(3, '0')}Z`;
}

/** 30 February is none. */
function isDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function shown(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}
