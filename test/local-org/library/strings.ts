import { ApexBlob, ApexDate, ApexDatetime, ApexTime } from '../values/dates.ts';
import { ApexList } from '../values/collections.ts';
import { textHash } from '../values/equality.ts';
import { throwNull, throwPlatform } from '../values/exception.ts';
import type { ApexValue } from '../values/object.ts';
import { apexToString } from '../values/text.ts';
import type { TypeRef } from '../values/type-ref.ts';
import { toJavaScriptPattern } from './java-pattern.ts';
import { platformClass } from './registry.ts';

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

/** Java's split: empty pieces at the end are dropped, unless a limit is given. */
function split(text: string, pattern: string, limit: number): ApexList {
  const expression = new RegExp(
    toJavaScriptPattern(pattern).source,
    `${toJavaScriptPattern(pattern).flags.replace('g', '')}g`,
  );
  const pieces: string[] = [];
  let from = 0;
  for (const found of text.matchAll(expression)) {
    if (limit > 0 && pieces.length === limit - 1) break;
    // A match of no width at the very start makes no empty first piece.
    if (found[0] === '' && (found.index === 0 || found.index >= text.length)) continue;
    pieces.push(text.slice(from, found.index));
    from = found.index + found[0].length;
  }
  pieces.push(text.slice(from));
  if (limit === 0) while (pieces.length > 1 && pieces.at(-1) === '') pieces.pop();
  return texts(pieces);
}

/** `$1` and `\$` of Java's replacement text as JavaScript writes them. */
function replacement(text: string): string {
  return text.replace(/\\(.)|\$(\d)/gs, (_whole, escaped: string | undefined, group: string | undefined) =>
    escaped === undefined ? `$${group ?? ''}` : escaped === '$' ? '$$' : escaped,
  );
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

function pad(text: string, size: number, filler: string, isLeft: boolean): string {
  return isLeft ? text.padStart(size, filler) : text.padEnd(size, filler);
}

const isBlank = (text: string | null): boolean => text === null || text.trim() === '';
const isEmpty = (text: string | null): boolean => text === null || text === '';
const letters = (text: string, pattern: RegExp): boolean => text !== '' && pattern.test(text);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};
const unescapeEntities = (text: string): string =>
  text.replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
      if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return NAMED[(name ?? '').toLowerCase()] ?? whole;
    },
  );

function levenshtein(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const cost = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

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
    'length/0': (text: string) => text.length,
    'abbreviate/1': (text: string, size: number) =>
      text.length <= size ? text : `${text.slice(0, size - 3)}...`,
    'capitalize/0': (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1),
    'uncapitalize/0': (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1),
    'center/1': (text: string, size: number) =>
      text.padStart(text.length + Math.floor(Math.max(0, size - text.length) / 2)).padEnd(size),
    'charAt/1': (text: string, index: number) => text.charCodeAt(index),
    'codePointAt/1': (text: string, index: number) => text.codePointAt(index) ?? 0,
    'compareTo/1': (text: string, other: string | null) => {
      const right = given(other);
      for (let index = 0; index < Math.min(text.length, right.length); index++) {
        const difference = text.charCodeAt(index) - right.charCodeAt(index);
        if (difference !== 0) return difference;
      }
      return text.length - right.length;
    },
    'contains/1': (text: string, part: string | null) => text.includes(given(part)),
    'containsIgnoreCase/1': (text: string, part: string | null) =>
      text.toLowerCase().includes(given(part).toLowerCase()),
    'containsAny/1': (text: string, characters: string | null) =>
      Array.from(characters ?? '').some((each) => text.includes(each)),
    'containsNone/1': (text: string, characters: string | null) =>
      !Array.from(characters ?? '').some((each) => text.includes(each)),
    'containsOnly/1': (text: string, characters: string | null) =>
      Array.from(text).every((each) => given(characters).includes(each)),
    'containsWhitespace/0': (text: string) => /\s/.test(text),
    'countMatches/1': (text: string, part: string | null) =>
      isEmpty(part) ? 0 : text.split(given(part)).length - 1,
    'deleteWhitespace/0': (text: string) => text.replace(/\s/g, ''),
    'difference/1': (text: string, other: string | null) => {
      const right = given(other);
      let index = 0;
      while (index < right.length && text[index] === right[index]) index += 1;
      return right.slice(index);
    },
    'endsWith/1': (text: string, part: string | null) => text.endsWith(given(part)),
    'endsWithIgnoreCase/1': (text: string, part: string | null) =>
      text.toLowerCase().endsWith(given(part).toLowerCase()),
    'equals/1': (text: string, other: ApexValue) => text === other,
    'equalsIgnoreCase/1': (text: string, other: string | null) =>
      other !== null && text.toLowerCase() === other.toLowerCase(),
    'escapeCsv/0': (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text),
    'escapeHtml3/0': (text: string) => text.replace(/[&<>"]/g, (each) => ENTITIES[each] ?? each),
    'escapeHtml4/0': (text: string) => text.replace(/[&<>"]/g, (each) => ENTITIES[each] ?? each),
    'escapeXml/0': (text: string) =>
      text.replace(/[&<>"]/g, (each) => ENTITIES[each] ?? each).replace(/'/g, '&apos;'),
    'escapeJava/0': (text: string) => JSON.stringify(text).slice(1, -1),
    'escapeEcmaScript/0': (text: string) =>
      JSON.stringify(text).slice(1, -1).replace(/'/g, "\\'").replace(/\//g, '\\/'),
    'escapeUnicode/0': (text: string) =>
      text.replace(
        /[^\x20-\x7f]/g,
        (each) => `\\u${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
      ),
    'unescapeCsv/0': (text: string) => (/^".*"$/s.test(text) ? text.slice(1, -1).replace(/""/g, '"') : text),
    'unescapeHtml3/0': unescapeEntities,
    'unescapeHtml4/0': unescapeEntities,
    'unescapeXml/0': unescapeEntities,
    'unescapeJava/0': (text: string) => String(JSON.parse(`"${text.replace(/(?<!\\)"/g, '\\"')}"`)),
    'unescapeUnicode/0': (text: string) =>
      text.replace(/\\u([0-9a-f]{4})/gi, (_whole, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      ),
    'getChars/0': (text: string) =>
      new ApexList(
        INTEGER,
        Array.from(text).map((each) => each.charCodeAt(0)),
      ),
    'getLevenshteinDistance/1': (text: string, other: string | null) => levenshtein(text, given(other)),
    'hashCode/0': (text: string) => textHash(text),
    'indexOf/1': (text: string, part: string | null) => text.indexOf(given(part)),
    'indexOf/2': (text: string, part: string | null, from: number) => text.indexOf(given(part), from),
    'indexOfIgnoreCase/1': (text: string, part: string | null) =>
      text.toLowerCase().indexOf(given(part).toLowerCase()),
    'indexOfAny/1': (text: string, characters: string | null) =>
      Array.from(text).findIndex((each) => given(characters).includes(each)),
    'indexOfAnyBut/1': (text: string, characters: string | null) =>
      Array.from(text).findIndex((each) => !given(characters).includes(each)),
    'indexOfChar/1': (text: string, code: number) => text.indexOf(String.fromCharCode(code)),
    'indexOfDifference/1': (text: string, other: string | null) => {
      const right = given(other);
      if (text === right) return -1;
      let index = 0;
      while (text[index] === right[index]) index += 1;
      return index;
    },
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
    'lastIndexOf/1': (text: string, part: string | null) => text.lastIndexOf(given(part)),
    'lastIndexOf/2': (text: string, part: string | null, from: number) => text.lastIndexOf(given(part), from),
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
    'repeat/1': (text: string, times: number) => text.repeat(Math.max(0, times)),
    'repeat/2': (text: string, separator: string, times: number) =>
      new Array<string>(times).fill(text).join(separator),
    'replace/2': (text: string, part: string | null, by: string | null) =>
      text.split(given(part)).join(given(by)),
    'replaceAll/2': (text: string, pattern: string | null, by: string | null) => {
      const { source, flags } = toJavaScriptPattern(given(pattern));
      return text.replace(new RegExp(source, `${flags}g`), replacement(given(by)));
    },
    'replaceFirst/2': (text: string, pattern: string | null, by: string | null) =>
      text.replace(toJavaScriptPattern(given(pattern)), replacement(given(by))),
    'reverse/0': (text: string) => Array.from(text).reverse().join(''),
    'split/1': (text: string, pattern: string | null) => split(text, given(pattern), 0),
    'split/2': (text: string, pattern: string | null, limit: number) => split(text, given(pattern), limit),
    'splitByCharacterType/0': (text: string) =>
      texts(text.match(/\p{Lu}+|\p{Ll}+|\p{N}+|\s+|[^\p{L}\p{N}\s]+/gu) ?? []),
    'splitByCharacterTypeCamelCase/0': (text: string) =>
      texts(text.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{N}+|\s+|[^\p{L}\p{N}\s]+/gu) ?? []),
    'startsWith/1': (text: string, part: string | null) => text.startsWith(given(part)),
    'startsWithIgnoreCase/1': (text: string, part: string | null) =>
      text.toLowerCase().startsWith(given(part).toLowerCase()),
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
