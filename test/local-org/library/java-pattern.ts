import { throwPlatform } from '../values/exception.ts';

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`{-~',
  Space: '\\s',
  XDigit: '0-9a-fA-F',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f',
  ASCII: '\\x00-\\x7f',
};

const compiled = new Map<string, RegExp>();

/**
 * A Java regular expression as a JavaScript one. Quoted parts, POSIX classes, leading flags and possessive marks are
 * translated; a System.StringException says what JavaScript has no word for.
 */
export function toJavaScriptPattern(pattern: string, flags = ''): RegExp {
  const key = `${flags}/${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  let text = pattern.replace(/\\Q([^]*?)(?:\\E|$)/g, (_whole, literal: string) =>
    literal.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'),
  );
  let all = `${flags}u`;
  const leading = /^\(\?([imsux]+)\)/.exec(text);
  if (leading) {
    text = text.slice(leading[0].length);
    all += (leading[1] ?? '').replace(/[ux]/g, '');
  }
  text = text
    .replace(/\\p\{(\w+)\}/g, (whole, name: string) =>
      POSIX[name] ? (isInClass(pattern, whole) ? POSIX[name] : `[${POSIX[name]}]`) : whole,
    )
    .replace(
      /\\([AzZh])/g,
      (_whole, letter: string) => ({ A: '^', z: '$', Z: '$', h: '[ \\t]' })[letter] ?? '',
    )
    .replace(/([*+?}])\+/g, '$1')
    // Escapes that Java lets stand before any character, and the u flag does not.
    .replace(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, '$1');
  try {
    const expression = new RegExp(text, [...new Set(all)].join(''));
    compiled.set(key, expression);
    return expression;
  } catch (first) {
    try {
      const expression = new RegExp(text, [...new Set(all)].join('').replace('u', ''));
      compiled.set(key, expression);
      return expression;
    } catch {
      throwPlatform(
        'System.StringException',
        `Invalid regex: ${first instanceof Error ? first.message : pattern}`,
      );
    }
  }
}

function isInClass(pattern: string, part: string): boolean {
  const before = pattern.slice(0, pattern.indexOf(part));
  return before.lastIndexOf('[') > before.lastIndexOf(']');
}
