import { quoteLiteral } from '../database/identifiers.ts';
import type { BuiltField } from '../projects/tables.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import type { RecordKey } from './record-identities.ts';

/** A column, as far as its values have one spelling of several. */
export type SpelledField = Pick<BuiltField, 'name' | 'type'>;

/** Whether the same value can be written in several ways. */
export function isSpelled({ type }: SpelledField): boolean {
  return type === 'email' || type === 'salesforce_id';
}

/** A value in the spelling in which its column stores it. What is no address and no id stays as it is. */
export function normalized({ type }: SpelledField, value: string | null): string | null {
  if (value === null) return null;
  if (type === 'email') return normalizedAddress(value) || value;
  return type === 'salesforce_id' ? (salesforceId(value.trim()) ?? value) : value;
}

/** A key in the spelling in which rows have it. */
export function normalizedKey(fields: readonly SpelledField[], key: RecordKey): RecordKey {
  const members = fields.map((field) => {
    const value = key[field.name];
    return [field.name, typeof value === 'string' ? normalized(field, value) : value] as const;
  });
  return Object.fromEntries(members);
}

/**
 * In SQL, whether a value may be spelled otherwise than it is stored: whoever reads those that are sees for themselves. An id
 * of 18 characters loses its case as a whole, where it does.
 */
export function maySpellOtherwise({ type }: SpelledField, value: string): string {
  if (type === 'email') return `(${value} COLLATE "C" ~ '[^!-@[-~]' OR starts_with(${value}, 'mailto:'))`;
  return `(char_length(${value}) <> 18 OR ${value} = lower(${value}) OR ${value} = upper(${value})
    OR substr(${value}, 16) <> upper(substr(${value}, 16)))`;
}

/** The same of a value in a key. */
export function mayKeySpellOtherwise(field: SpelledField, key: string): string {
  return maySpellOtherwise(field, `(${key}->>${quoteLiteral(field.name)})`);
}
