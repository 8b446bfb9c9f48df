import { say } from '../messages/message.ts';
import { Refusal } from './check-value.ts';
import { parseExactly } from './exact-numbers.ts';
import { unguarded } from './formula-guard.ts';
import { isNoDate, readDate, readMomentIn, type DateOrder } from './dates.ts';

/** What a cell is to become, whether a column of a table or a field of an object takes it. */
export type CellKind = 'text' | 'boolean' | 'number' | 'date' | 'moment' | 'choices' | 'json';

/** A cell's text as the value that it says; what it does not say is left as it is, for the column to refuse. */
export type ReadCell = (text: string) => unknown;

/** What a cell says yes and no with, in small letters. */
export const YES: ReadonlySet<string> = new Set(['true', 'yes', 'y', '1', 'oui', 'o', 'vrai', 'x', 'on']);
export const NO: ReadonlySet<string> = new Set(['false', 'no', 'n', '0', 'non', 'faux', 'off']);
/** What decoders write for bytes that are none of the encoding. */
const UNREADABLE = '\uFFFD';

/** The text that a cell of a file holds: without white space around it, and without the guard of an export. */
export function textOfCell(cell: string): string {
  return unguarded(cell.trim());
}

/** The same of a cell that is to become something: a date of nothing is nothing. */
export function textFor(kind: CellKind, cell: string): string {
  const text = textOfCell(cell);
  return (kind === 'date' || kind === 'moment') && isNoDate(text) ? '' : text;
}

/** How a file writes what can be written in several ways. */
interface Ways {
  /** Null where the file has no dates. */
  readonly dates: DateOrder | null;
  readonly decimals: 'point' | 'comma';
  /** Of moments without a zone of their own. */
  readonly timeZone: string;
}

export function cellReader(kind: CellKind, ways: Ways): ReadCell {
  const read = readerOf(kind, ways);
  return (text) =>
    text.includes(UNREADABLE) ? new Refusal('wrong-encoding', say('values.wrong-encoding')) : read(text);
}

/** What is written as a column has it, and reads the same in every order: whether there is such a day, the column asks. */
const USUAL_DAY = /^\d{4}-\d{2}-\d{2}$/;
const USUAL_MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function readerOf(kind: CellKind, ways: Ways): ReadCell {
  const order: DateOrder = ways.dates ?? 'iso';
  switch (kind) {
    case 'boolean':
      return (text) => booleanOf(text);
    case 'number':
      return (text) => (ways.decimals === 'comma' ? commaNumber(text) : pointNumber(text));
    case 'date':
      return (text) => (USUAL_DAY.test(text) ? text : (readDate(text, order) ?? text));
    case 'moment':
      return (text) => (USUAL_MOMENT.test(text) ? text : (readMomentIn(text, order, ways.timeZone) ?? text));
    case 'choices':
      return choicesOf;
    case 'json':
      return jsonOf;
    case 'text':
      return (text) => text;
  }
}

function booleanOf(text: string): boolean | string {
  const word = text.toLowerCase();
  if (YES.has(word)) return true;
  return NO.has(word) ? false : text;
}

/** `1,234.50` and `1 234.50` are 1234.50; `1,5` is no such number, and is left to be refused. */
function pointNumber(text: string): string {
  const plain = text.replace(/(?<=\d)[\s\u00a0\u202f'](?=\d{3})/g, '');
  return /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) ? plain.replaceAll(',', '') : plain;
}

/** `1.234,50` and `1 234,50` are 1234.50. */
function commaNumber(text: string): string {
  const plain = text.replace(/(?<=\d)[\s\u00a0\u202f'](?=\d{3})/g, '');
  const whole = /^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$/.test(plain) ? plain.replaceAll('.', '') : plain;
  return /^[+-]?\d*,\d+$/.test(whole) ? whole.replace(',', '.') : whole;
}

/** List managers write several choices as `"A","B"`; others as Salesforce does. */
function choicesOf(text: string): string {
  return /^"[^"]*"(?:\s*,\s*"[^"]*")+$/.test(text) ? text.slice(1, -1).replace(/"\s*,\s*"/g, ';') : text;
}

function jsonOf(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return new Refusal('not-json', say('values.not-json'));
  }
}

/** Whether numbers of a column have a comma before their decimals; only where no other reading is left. */
export function hasCommas(values: readonly string[]): boolean {
  const given = values.map((value) => value.trim()).filter((value) => value !== '');
  const comma = given.some((value) => /^[+-]?[\d\s\u00a0\u202f.]*\d,(\d{1,2}|\d{4,})$/.test(value));
  return comma && !given.some((value) => /\d\.(\d{1,2}|\d{4,})$/.test(value));
}
