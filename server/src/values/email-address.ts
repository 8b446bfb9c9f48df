/**
 * Characters that nobody sees, and that make another mailbox of the same address: they come with text that was copied.
 * (Unicode, *Default_Ignorable_Code_Point*: zero-width spaces, marks of direction, fillers, selectors of variants)
 */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** An address as nearly all are: nothing about it can be written otherwise, and all of it is taken. */
const USUAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-][a-z0-9!#$%&'*+/=?^_`{|}~.-]*@(?:[a-z0-9-]+\.)+[a-z0-9-]+$/;
/** What may stand before the @: all of RFC 5322's `atext`, dots, and letters of every script. A quoted text is as good. */
const LOCAL = /^(?:[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-][\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~.-]*|"[^"@\s]+")$/u;
const DOMAIN = /^(?:[\p{L}\p{M}\p{N}-]+\.)+[\p{L}\p{M}\p{N}-]+$/u;

/**
 * An address in the one spelling that its mailbox has here: in small letters, as Salesforce stores it (Knowledge article
 * 000384328), without white space around it, characters that nobody sees, and the `mailto:` of a link. The letters of
 * every script are lowered by Unicode's rules, whatever the language of the machine.
 */
export function normalizedAddress(text: string): string {
  if (USUAL.test(text)) return text;
  const visible = text.replace(INVISIBLE, '').trim();
  const address = addressOfLink(visible);
  return address === null ? visible.toLowerCase().normalize('NFC') : normalizedAddress(address);
}

/** Of a link `mailto:a%2Bb@example.com?subject=Hello` (RFC 6068) the address; null for what is no link. */
function addressOfLink(text: string): string | null {
  const address = text.replace(/^(?:mailto:(?:\/\/)?\s*)+/i, '');
  if (address === text) return null;
  const [encoded = ''] = address.split('?', 1);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/**
 * Whether a normalized address is one that Salesforce takes: a mailbox and a domain with a dot in it. Dots may follow each
 * other, and stand before the @, but not in front. Whether anybody reads there is not asked.
 */
export function isEmailAddress(address: string): boolean {
  if (USUAL.test(address)) return true;
  const at = address.lastIndexOf('@');
  return at > 0 && LOCAL.test(address.slice(0, at)) && DOMAIN.test(address.slice(at + 1));
}
