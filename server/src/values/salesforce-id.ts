const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const ID = /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/;
const CAPITAL_A = 65;
const CAPITAL_Z = 90;
/** Characters of an id that one character of the suffix speaks of. */
const GROUP = 5;

/**
 * An id of Salesforce in its 18 characters, from 15 or 18; null for what is no id. The last three characters say which of
 * the first 15 are capitals: an id whose case was lost on the way, in a spreadsheet say, gets it back, as Salesforce does.
 * (Object Reference, *ID Field Type*)
 */
export function salesforceId(text: string): string | null {
  if (!ID.test(text)) return null;
  if (text.length === 15) return text + suffixOf(text);
  if (isWhole(text)) return text;
  const suffix = text.slice(15).toUpperCase();
  const short = withCase(text, suffix);
  return short === null ? null : short + suffix;
}

/** The 15 characters that the same id has in reports and addresses. */
export function shortId(id: string): string {
  return id.slice(0, 15);
}

function suffixOf(text: string): string {
  return [0, 1, 2].map((group) => SUFFIX[capitalsOf(text, group)] ?? '').join('');
}

/** Which characters of a group are capitals, a bit each. */
function capitalsOf(text: string, group: number): number {
  let bits = 0;
  for (let place = 0; place < GROUP; place++) {
    const code = text.charCodeAt(group * GROUP + place);
    if (code >= CAPITAL_A && code <= CAPITAL_Z) bits |= 1 << place;
  }
  return bits;
}

/** Whether an id has its 18 characters as Salesforce writes them: nearly all that come have. */
function isWhole(text: string): boolean {
  for (let group = 0; group < 3; group++)
    if (SUFFIX[capitalsOf(text, group)] !== text[15 + group]) return false;
  return true;
}

/** The first 15 characters in the case that the suffix tells; null where it asks a digit to be a capital. */
function withCase(text: string, suffix: string): string | null {
  let short = '';
  for (let place = 0; place < 15; place++) {
    const bits = SUFFIX.indexOf(suffix[Math.floor(place / GROUP)] ?? '');
    if (bits < 0) return null;
    const isCapital = (bits & (1 << (place % GROUP))) !== 0;
    const character = text[place] ?? '';
    const cased = isCapital ? character.toUpperCase() : character.toLowerCase();
    if (isCapital && !/[A-Z]/.test(cased)) return null;
    short += cased;
  }
  return short;
}
