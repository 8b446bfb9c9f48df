import { throwPlatform } from './exception.ts';

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** True for text that has an Id's form: 15 or 18 letters and digits. */
export function isId(text: string): boolean {
  return /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/.test(text);
}

/**
 * An Id of 18 characters from one of 15 or 18. Each of the last three says which of five characters are capitals, so
 * that Ids can be told apart where case is lost. A System.StringException for anything else.
 */
export function to18(id: string): string {
  if (!isId(id)) throwPlatform('System.StringException', `Invalid id: ${id}`);
  const short = id.slice(0, 15);
  let suffix = '';
  for (let chunk = 0; chunk < 3; chunk++) {
    let bits = 0;
    for (let index = 0; index < 5; index++) {
      const character = short[chunk * 5 + index] ?? '';
      if (character >= 'A' && character <= 'Z') bits |= 1 << index;
    }
    suffix += SUFFIX[bits] ?? '';
  }
  return id.length === 18 && id.slice(15).toUpperCase() === suffix
    ? short + suffix
    : id.length === 15
      ? short + suffix
      : id;
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The n-th Id of a key prefix: `003` and 1 give 003000000000001AAA. */
export function makeId(prefix: string, number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest = Math.floor(rest / 62)) digits = (DIGITS[rest % 62] ?? '') + digits;
  return to18(`${prefix}${digits.padStart(15 - prefix.length, '0')}`);
}
