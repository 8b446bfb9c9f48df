const SPACE = ' \\t\\n\\x0B\\f\\r';
const VERTICAL = '\\n\\x0B\\f\\r\\x85\\u2028\\u2029';
const HORIZONTAL = ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';

/** What stands between brackets for `\d` and its like; capitals are their opposites. */
export const SHORTHANDS: Readonly<Record<string, string>> = {
  d: '0-9',
  w: 'a-zA-Z0-9_',
  s: SPACE,
  v: VERTICAL,
  h: HORIZONTAL,
};

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Upper: 'A-Z',
  Lower: 'a-z',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Space: SPACE,
  XDigit: '0-9a-fA-F',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  ASCII: '\\x00-\\x7f',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: SPACE,
  javaLetter: '\\p{L}',
  javaDigit: '\\p{Nd}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
  IsAlphabetic: '\\p{Alphabetic}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsUppercase: '\\p{Uppercase}',
  IsLowercase: '\\p{Lowercase}',
  IsPunctuation: '\\p{P}',
  IsWhite_Space: '\\p{White_Space}',
  IsControl: '\\p{Cc}',
  IsIdeographic: '\\p{Ideographic}',
};

/** What stands between brackets for `\p{name}`; undefined where JavaScript has no such property. */
export function propertyClass(name: string): string | undefined {
  const known = POSIX[name];
  if (known !== undefined) return known;
  const short = /^(?:Is|general_category=|gc=)?(\w{1,2})$/.exec(name)?.[1];
  const script = /^(?:Is|script=|sc=)(\w+)$/i.exec(name)?.[1];
  const candidates = [
    ...(short === undefined ? [] : [`\\p{${short}}`]),
    ...(script === undefined
      ? []
      : [`\\p{Script=${script.charAt(0).toUpperCase()}${script.slice(1).toLowerCase()}}`]),
  ];
  return candidates.find((each) => {
    try {
      return new RegExp(each, 'u').source !== '';
    } catch {
      return false;
    }
  });
}

/** A part of a character class: what stands between brackets, and what can only stand beside them. */
export interface ClassParts {
  items: string;
  beside: string[];
}

/** What stands between brackets, or its opposite. */
export function negatedIf(isNegated: boolean, items: string): ClassParts {
  return isNegated ? { items: '', beside: [`[^${items}]`] } : { items, beside: [] };
}

export function classOf({ items, beside }: ClassParts): string {
  if (beside.length === 0) return `[${items}]`;
  return `(?:${[...(items === '' ? [] : [`[${items}]`]), ...beside].join('|')})`;
}

/** Java ignores the case of ASCII letters only, unless asked for more. */
export function otherCase(character: string): string | null {
  if (/^[a-z]$/.test(character)) return character.toUpperCase();
  return /^[A-Z]$/.test(character) ? character.toLowerCase() : null;
}
