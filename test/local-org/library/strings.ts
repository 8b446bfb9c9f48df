import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexList } from '../values/collections.ts';
import { textHash } from '../values/equality.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { apexToString } from '../values/text.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { compilePattern } from './java-pattern.ts';
import { replacePattern, splitText } from './pattern-use.ts';
import { platformClass } from './registry.ts';
import { escapeMethods } from './string-escapes.ts';
import { searchMethods } from './string-search.ts';

const STRING: TypeRef = { kind: 'primitive', name: 'String' };
const INTEGER: TypeRef = { kind: 'primitive', name: 'Integer' };

const texts = (items: readonly string[]) => new ApexList(STRING, [...items]);
/** A null argument where the platform wants text is a NullPointerException. */
const given = (text: string | null): string => text ?? throwNull();

function substring(text: string, start: number, end: number): string {
  if (start < 0 || start > text.length)
    throwPlatform('System.StringException', `Starting position out of bounds: ${start}`);
  if (end < start || end > text.length)
    throwPlatform('System.StringException', `Ending position out of bounds: ${end}`);
  return text.slice(start, end);
}

/** `{0}` replaced by the arguments; `''` is a quote, text inside single quotes is kept as it is. */
function format(pattern: string, parameters: ApexList): string {
  let result = '';
  let isQuoted = false;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    if (character === "'") {
      if (pattern[index + 1] === "'") {
        result += "'";
        index += 1;
      } else isQuoted = !isQuoted;
      continue;
    }
    const placeholder = isQuoted ? null : /^\{(\d+)\}/.exec(pattern.slice(index));
    if (placeholder) {
      const position = Number(placeholder[1]);
      result +=
        position < parameters.items.length
          ? apexToString(parameters.items[position] ?? null)
          : placeholder[0];
      index += placeholder[0].length - 1;
    } else result += character;
  }
  return result;
}

function outOfRange(index: number): never {
  throwPlatform('System.StringException', `String index out of range: ${index}`);
}

/** Cut to a size with three dots where it was cut, at the start too where the text from the offset on is wanted. */
function abbreviate(text: string, offset: number, size: number): string {
  if (size < 4) throwPlatform('System.IllegalArgumentException', `Minimum abbreviation width is 4`);
  if (text.length <= size) return text;
  const at = text.length - Math.min(offset, text.length) < size - 3 ? text.length - (size - 3) : offset;
  if (at <= 4) return `${text.slice(0, size - 3)}...`;
  if (size < 7)
    throwPlatform('System.IllegalArgumentException', `Minimum abbreviation width with offset is 7`);
  if (at + size - 3 < text.length) return `...${abbreviate(text.slice(at), 0, size - 3)}`;
  return `...${text.slice(text.length - (size - 3))}`;
}

function center(text: string, size: number, filler: string | null): string {
  const by = filler === null || filler === '' ? ' ' : filler;
  return text.padStart(text.length + Math.floor(Math.max(0, size - text.length) / 2), by).padEnd(size, by);
}

function pad(text: string, size: number, filler: string, isLeft: boolean): string {
  return isLeft ? text.padStart(size, filler) : text.padEnd(size, filler);
}

const isBlank = (text: string | null): boolean => text === null || text.trim() === '';
const isEmpty = (text: string | null): boolean => text === null || text === '';
const letters = (text: string, pattern: RegExp): boolean => text !== '' && pattern.test(text);

/** String.valueOf of a Date is its day alone; concatenation shows midnight too. */
function valueOf(value: ApexValue): ApexValue {
  if (value === null) return null;
  if (value instanceof ApexDate) return value.iso;
  if (value instanceof ApexDatetime || value instanceof ApexTime) return value.toString();
  return value instanceof ApexBlob ? value.toString() : apexToString(value);
}

platformClass({
  name: 'System.String',
  statics: {
    'valueOf/1': valueOf,
    'valueOfGmt/1': (value: ApexDatetime) => value.toString(),
    'join/2': (items: Iterable<ApexValue> | null, separator: string | null) =>
      [...(items ?? throwNull())]
        .map((item) => (item === null ? '' : apexToString(item)))
        .join(given(separator)),
    'format/2': (pattern: string | null, parameters: ApexList | null) =>
      format(given(pattern), parameters ?? throwNull()),
    'isBlank/1': isBlank,
    'isNotBlank/1': (text: string | null) => !isBlank(text),
    'isEmpty/1': isEmpty,
    'isNotEmpty/1': (text: string | null) => !isEmpty(text),
    'escapeSingleQuotes/1': (text: string | null) => given(text).replace(/\\/g, '\\\\').replace(/'/g, "\\'"),
    'fromCharArray/1': (codes: ApexList) => String.fromCharCode(...codes.items.map(Number)),
    'getCommonPrefix/1': (list: ApexList) => {
      const all = list.items.map(String);
      const [first = ''] = all;
      let length = 0;
      while (length < first.length && all.every((each) => each[length] === first[length])) length += 1;
      return first.slice(0, length);
    },
  },
  methods: {
    ...escapeMethods,
    ...searchMethods,
    'length/0': (text: string) => text.length,
    'abbreviate/1': (text: string, size: number) => abbreviate(text, 0, size),
    'abbreviate/2': (text: string, size: number, offset: number) => abbreviate(text, offset, size),
    'capitalize/0': (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
    'uncapitalize/0': (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1),
    'center/1': (text: string, size: number) => center(text, size, ' '),
    'center/2': (text: string, size: number, filler: string | null) => center(text, size, filler),
    'charAt/1': (text: string, index: number) =>
      index >= 0 && index < text.length ? text.charCodeAt(index) : outOfRange(index),
    'codePointAt/1': (text: string, index: number) => text.codePointAt(index) ?? outOfRange(index),
    'codePointBefore/1': (text: string, index: number) => {
      const before = Array.from(text.slice(0, index)).at(-1);
      return before?.codePointAt(0) ?? outOfRange(index);
    },
    'codePointCount/2': (text: string, start: number, end: number) =>
      Array.from(text.slice(start, end)).length,
    'deleteWhitespace/0': (text: string) => text.replace(/\s/g, ''),
    'getChars/0': (text: string) =>
      new ApexList(
        INTEGER,
        Array.from(text).map((each) => each.charCodeAt(0)),
      ),
    'hashCode/0': (text: string) => textHash(text),
    'isAllLowerCase/0': (text: string) => letters(text, /^\p{Ll}+$/u),
    'isAllUpperCase/0': (text: string) => letters(text, /^\p{Lu}+$/u),
    'isAlpha/0': (text: string) => letters(text, /^\p{L}+$/u),
    'isAlphaSpace/0': (text: string) => /^[\p{L} ]*$/u.test(text),
    'isAlphanumeric/0': (text: string) => letters(text, /^[\p{L}\p{N}]+$/u),
    'isAlphanumericSpace/0': (text: string) => /^[\p{L}\p{N} ]*$/u.test(text),
    'isAsciiPrintable/0': (text: string) => /^[\x20-\x7e]*$/.test(text),
    'isNumeric/0': (text: string) => letters(text, /^\p{Nd}+$/u),
    'isNumericSpace/0': (text: string) => /^[\p{Nd} ]*$/u.test(text),
    'isWhitespace/0': (text: string) => /^\s*$/.test(text),
    'left/1': (text: string, size: number) => text.slice(0, Math.max(0, size)),
    'right/1': (text: string, size: number) => (size <= 0 ? '' : text.slice(-size)),
    'mid/2': (text: string, start: number, size: number) =>
      text.slice(Math.max(0, start), Math.max(0, start) + size),
    'leftPad/1': (text: string, size: number) => pad(text, size, ' ', true),
    'leftPad/2': (text: string, size: number, filler: string) => pad(text, size, filler, true),
    'rightPad/1': (text: string, size: number) => pad(text, size, ' ', false),
    'rightPad/2': (text: string, size: number, filler: string) => pad(text, size, filler, false),
    'normalizeSpace/0': (text: string) => text.trim().replace(/\s+/g, ' '),
    'offsetByCodePoints/2': (text: string, index: number, offset: number) =>
      index + Array.from(text.slice(index)).slice(0, offset).join('').length,
    'remove/1': (text: string, part: string | null) =>
      isEmpty(part) ? text : text.split(given(part)).join(''),
    'removeStart/1': (text: string, part: string | null) =>
      text.startsWith(given(part)) ? text.slice(given(part).length) : text,
    'removeStartIgnoreCase/1': (text: string, part: string | null) =>
      text.toLowerCase().startsWith(given(part).toLowerCase()) ? text.slice(given(part).length) : text,
    'removeEnd/1': (text: string, part: string | null) =>
      !isEmpty(part) && text.endsWith(given(part)) ? text.slice(0, -given(part).length) : text,
    'removeEndIgnoreCase/1': (text: string, part: string | null) =>
      !isEmpty(part) && text.toLowerCase().endsWith(given(part).toLowerCase())
        ? text.slice(0, -given(part).length)
        : text,
    'overlay/3': (text: string, by: string | null, start: number, end: number) => {
      const within = (at: number): number => Math.min(Math.max(at, 0), text.length);
      const from = within(Math.min(start, end));
      return text.slice(0, from) + (by ?? '') + text.slice(within(Math.max(start, end)));
    },
    'repeat/1': (text: string, times: number) => text.repeat(Math.max(0, times)),
    'repeat/2': (text: string, separator: string, times: number) =>
      new Array<string>(times).fill(text).join(separator),
    'replace/2': (text: string, part: string | null, by: string | null) =>
      text.split(given(part)).join(given(by)),
    'replaceAll/2': (text: string, pattern: string | null, by: string | null) =>
      replacePattern(text, compilePattern(given(pattern)), given(by), true),
    'replaceFirst/2': (text: string, pattern: string | null, by: string | null) =>
      replacePattern(text, compilePattern(given(pattern)), given(by), false),
    'reverse/0': (text: string) => Array.from(text).reverse().join(''),
    'split/1': (text: string, pattern: string | null) => texts(splitText(text, given(pattern), 0)),
    'split/2': (text: string, pattern: string | null, limit: number) =>
      texts(splitText(text, given(pattern), limit)),
    'splitByCharacterType/0': (text: string) =>
      texts(text.match(/\p{Lu}+|\p{Ll}+|\p{N}+|\s+|[^\p{L}\p{N}\s]+/gu) ?? []),
    'splitByCharacterTypeCamelCase/0': (text: string) =>
      texts(text.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+|\s+|[^\p{L}\p{N}\s]+/gu) ?? []),
    'stripHtmlTags/0': (text: string) => text.replace(/<[^>]*>/g, ''),
    'substring/1': (text: string, start: number) => substring(text, start, text.length),
    'substring/2': substring,
    'substringAfter/1': (text: string, part: string) =>
      text.includes(part) ? text.slice(text.indexOf(part) + part.length) : '',
    'substringAfterLast/1': (text: string, part: string) =>
      part !== '' && text.includes(part) ? text.slice(text.lastIndexOf(part) + part.length) : '',
    'substringBefore/1': (text: string, part: string) =>
      text.includes(part) ? text.slice(0, text.indexOf(part)) : text,
    'substringBeforeLast/1': (text: string, part: string) =>
      part !== '' && text.includes(part) ? text.slice(0, text.lastIndexOf(part)) : text,
    'substringBetween/1': (text: string, tag: string) => between(text, tag, tag),
    'substringBetween/2': between,
    'swapCase/0': (text: string) =>
      Array.from(text)
        .map((each) => (each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase()))
        .join(''),
    'toLowerCase/0': (text: string) => text.toLowerCase(),
    'toLowerCase/1': (text: string, locale: string) => text.toLocaleLowerCase(locale.replace('_', '-')),
    'toUpperCase/0': (text: string) => text.toUpperCase(),
    'toUpperCase/1': (text: string, locale: string) => text.toLocaleUpperCase(locale.replace('_', '-')),
    'toString/0': (text: string) => text,
    // Java's trim: everything up to the space character.
    'trim/0': (text: string) => text.replace(/^[\0-\x20]+|[\0-\x20]+$/g, ''),
  },
});

function between(text: string, open: string, close: string): string | null {
  const start = text.indexOf(open);
  const end = start < 0 ? -1 : text.indexOf(close, start + open.length);
  return end < 0 ? null : text.slice(start + open.length, end);
}
