/** Digits that a float always holds. */
const SAFE_DIGITS = 15;
/** What may be a number with more of them, or beyond a float's range; texts that look like one cost a second look only. */
const SUSPICIOUS = /[[,:\s-]\d[\d.]{15}|\d[eE][+-]?\d{3}/;
/** Texts of a JSON text, and numbers that are long or have an exponent: a float holds all others as they are. */
const TOKENS =
  /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.]{15,}(?:[eE][+-]?\d+)?|-?\d{1,15}(?:\.\d{1,15})?[eE][+-]?\d+/g;
/** Places beyond which a number is none that anybody writes. */
const MOST_PLACES = 400;
/** Characters that all numbers of a text may grow by when they are written out: `1e399` does eightyfold. */
const MOST_GROWN = 1_000_000;

/**
 * Reads JSON as JSON.parse does, but for numbers that a float would make others of: each is the text of its digits, without
 * an exponent. Throws a SyntaxError for what is no JSON, and for numbers that are a flood when they are written out.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'number' && !SUSPICIOUS.test(text)) return value;
  let grown = 0;
  const exact = text.replace(TOKENS, (token) => {
    if (token.startsWith('"') || isExact(token)) return token;
    const digits = shortest(token);
    grown += digits.length - token.length;
    if (grown > MOST_GROWN) throw new SyntaxError('Its numbers have too many digits.');
    return JSON.stringify(digits);
  });
  return exact === text ? value : JSON.parse(exact);
}

/** Whether a float holds a number as it is written. */
function isExact(token: string): boolean {
  if (token.length <= SAFE_DIGITS && !/[eE]/.test(token)) return true;
  const value = Number(token);
  return Number.isFinite(value) && shortest(String(value)) === shortest(token);
}

/** A number as it is usually written: without an exponent, a plus, and zeros that say nothing. */
export function shortest(written: string): string {
  const found = /^(-?)(\d+)(?:\.(\d+))?$/.exec(withoutExponent(written));
  if (!found) return written;
  const [, sign = '', whole = '', fraction = ''] = found;
  const digits = whole.replace(/^0+(?=\d)/, '');
  let end = fraction.length;
  while (fraction[end - 1] === '0') end -= 1;
  const isZero = digits === '0' && end === 0;
  return `${isZero ? '' : sign}${digits}${end === 0 ? '' : `.${fraction.slice(0, end)}`}`;
}

/** A number with its digits written out; one with more zeros than anybody writes stays as it is. */
export function withoutExponent(written: string): string {
  const found = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(written);
  if (!found) return written;
  const [, sign = '', whole = '', fraction = '', exponent] = found;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > MOST_PLACES) return written;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length
    ? sign + digits + '0'.repeat(point - digits.length)
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
