import type { FieldSchema, ObjectSchema } from './schema.ts';
import { system } from './system-fields.ts';

/** What an org has switched on, and its objects and fields show. */
export interface OrgFeatures {
  /** Accounts that are people: fields of Account that no other org has. */
  readonly personAccounts: boolean;
  /** Every object has a currency; without it no object has. */
  readonly severalCurrencies: boolean;
  /** Off: a deployment that brings translations is refused. */
  readonly translationWorkbench: boolean;
}

export const USUAL_FEATURES: OrgFeatures = {
  personAccounts: true,
  severalCurrencies: false,
  translationWorkbench: true,
};

/** Fields of Account that are a person's, though their names do not begin with it. */
const OF_PERSONS = new Set([
  'firstname',
  'lastname',
  'middlename',
  'salutation',
  'suffix',
  'ispersonaccount',
]);

/** Whether a field of a standard object is there in an org with these features. */
export function hasField(features: OrgFeatures, object: string, field: string): boolean {
  const name = field.toLowerCase();
  if (name === 'currencyisocode') return features.severalCurrencies;
  if (features.personAccounts) return true;
  if (object === 'Account') return !OF_PERSONS.has(name) && !name.startsWith('person');
  return !(object === 'Contact' && name === 'ispersonaccount');
}

/** The currency of a record of the package's or the customer's own objects. */
export function currencyField(features: OrgFeatures, kind: ObjectSchema['kind']): FieldSchema[] {
  if (!features.severalCurrencies || (kind !== 'custom' && kind !== 'setting')) return [];
  return [
    system('CurrencyIsoCode', 'picklist', 'String', { length: 3, createable: true, defaultValue: 'USD' }),
  ];
}
