import { createHash } from 'node:crypto';

/** Characters of a custom field's name, `__c` apart. */
const LONGEST = 40;
const PREFIX = 'DI_';
const CHANGED = '_At';
const DIGEST = 6;

/**
 * Names that the fields of an opt-in may have, the best first: `DI_News__c` and `DI_News_At__c` for `News`. The second ones
 * are told apart by a digest, for when another opt-in has the first: `a-b` and `a_b` are the same to Salesforce, and two
 * projects may each have a newsletter in one org.
 */
export function fieldNames(code: string, optInId: string, isChangedAt: boolean): readonly string[] {
  const room = LONGEST - PREFIX.length - CHANGED.length;
  const plain = safe(code);
  const digest = createHash('sha256').update(optInId).digest('hex').slice(0, DIGEST);
  const told = `${safe(plain.slice(0, room - DIGEST - 1))}_${digest}`;
  return [...(plain.length <= room ? [plain] : []), told].map(
    (name) => `${PREFIX}${name}${isChangedAt ? CHANGED : ''}__c`,
  );
}

/** Letters, digits and single underscores, none of them at an end; accents go, what else there is becomes one. */
function safe(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return plain === '' ? 'opt_in' : plain;
}
