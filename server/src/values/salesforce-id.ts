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
  const suffix = text.slice(15).toUpperCase();
  if (suffixOf(text) === suffix) return text.slice(0, 15) + suffix;
  const short = withCase(text, suffix);
  return short === null ? null : short + suffix;
}

/** The 15 characters that the same id has in reports and addresses. */
export function shortId(id: string): string {
  return id.slice(0, 15);
}

function suffixOf(text: string): string {
  let suffix = '';
  for (let start = 0; start < 15; start += GROUP) {
    let bits = 0;
    for (let place = 0; place < GROUP; place++) {
      const code = text.charCodeAt(start + place);
      if (code >= CAPITAL_A && code <= CAPITAL_Z) bits |= 1 << place;
    }
    suffix += SUFFIX[bits] ?? '';
  }
  return suffix;
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
