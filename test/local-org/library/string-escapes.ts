import { HTML_ENTITIES } from './html-entities.ts';
import { throwPlatform } from '../values/exception.ts';

const BASIC: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const NAMED = new Map<string, string>([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
]);
const byName4 = new Map<string, string>([...NAMED, ...HTML_ENTITIES]);
/** HTML 3.2 knows the letters of ISO 8859-1 only. */
const isLatin = (character: string): boolean => character.charCodeAt(0) < 256;
const byName3 = new Map([...byName4].filter(([, character]) => isLatin(character)));
const xmlNames = new Map<string, string>([...NAMED, ['apos', "'"]]);
const escapes = new Map([...HTML_ENTITIES].map(([name, character]) => [character, `&${name};`]));

function escapeHtml(text: string, mayEscape: (character: string) => boolean): string {
  return text.replace(/[&<>"]|[^\0-\x7f]/g, (each) =>
    each in BASIC ? (BASIC[each] ?? each) : mayEscape(each) ? (escapes.get(each) ?? each) : each,
  );
}

const unescapeWith =
  (names: ReadonlyMap<string, string>) =>
  (text: string): string =>
    text.replace(
      /&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));/g,
      (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
        if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        return names.get(name ?? '') ?? whole;
      },
    );

const CONTROLS: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};
const UNESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

function unicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** As a Java string literal holds it: control characters and all that is not ASCII escaped. */
function escapeJava(text: string): string {
  return text.replace(/["\\]|[^\x20-\x7f]/g, (each) => CONTROLS[each] ?? unicode(each));
}

function unescapeJava(text: string): string {
  return text.replace(/\\(u+[^]{0,4}|[0-7]{1,3}|[^])/g, (_whole, escape: string) => {
    if (escape.startsWith('u')) {
      const digits = escape.replace(/^u+/, '');
      if (!/^[0-9a-fA-F]{4}$/.test(digits))
        throwPlatform('System.StringException', `Unable to parse unicode value: ${digits}`);
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8));
    return UNESCAPED[escape] ?? escape;
  });
}

/** Escaping for CSV, HTML, XML, Java and ECMAScript, as Apache Commons' StringEscapeUtils does it. */
export const escapeMethods = {
  'escapeCsv/0': (text: string) => (/[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text),
  'unescapeCsv/0': (text: string) => {
    if (!/^".*"$/s.test(text)) return text;
    const inner = text.slice(1, -1);
    return /[",\r\n]/.test(inner) ? inner.replace(/""/g, '"') : text;
  },
  'escapeHtml3/0': (text: string) => escapeHtml(text, isLatin),
  'escapeHtml4/0': (text: string) => escapeHtml(text, () => true),
  'unescapeHtml3/0': unescapeWith(byName3),
  'unescapeHtml4/0': unescapeWith(byName4),
  'escapeXml/0': (text: string) =>
    text.replace(/[&<>"]/g, (each) => BASIC[each] ?? each).replace(/'/g, '&apos;'),
  'unescapeXml/0': unescapeWith(xmlNames),
  'escapeJava/0': escapeJava,
  'unescapeJava/0': unescapeJava,
  'escapeEcmaScript/0': (text: string) => escapeJava(text).replace(/'/g, "\\'").replace(/\//g, '\\/'),
  'unescapeEcmaScript/0': unescapeJava,
  'escapeUnicode/0': (text: string) => text.replace(/[^\x20-\x7f]/g, unicode),
  'unescapeUnicode/0': (text: string) =>
    text.replace(/\\u\+?([0-9a-f]{4})/gi, (_whole, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    ),
};
