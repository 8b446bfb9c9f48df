import { undoesOptOut } from '../engine/opt-outs.ts';
import { ADDRESS, COMPANY, STANDARD } from './lead-mapping.ts';
import { nameParts } from './person-name.ts';

/** Values by name: traits as they came, or fields. */
export type Values = Record<string, unknown>;

const CUSTOM = /__c$/i;
const STANDARD_FIELDS = new Map(Object.entries(STANDARD));
const ADDRESS_FIELDS = Object.entries(ADDRESS);
const COMPANY_FIELDS = Object.entries(COMPANY);
/** A trait may also bear the field's own name. */
const OWN_NAMES = new Set([...Object.values(STANDARD), ...Object.values(COMPANY)]);
/** Traits that are more than one field, or name the record. */
const OTHERWISE_READ = new Set(['address', 'company', 'name', 'id', 'Id', '__proto__']);

/** An event's traits stand beside its other members, or in its context; the former go before. Null where there are none. */
export function traitsOf(event: Values, context: Values): Values | null {
  const own = isObject(event.traits) ? event.traits : null;
  const inContext = isObject(context.traits) ? context.traits : null;
  if (own === null || inContext === null) return own ?? inContext;
  return { ...inContext, ...own };
}

/** Traits as they came, without those that say nothing. */
export function asTheyAre(traits: Values): Values {
  const values: Values = {};
  for (const name in traits) {
    const value = traits[name];
    if (value === null || value === undefined || name === '__proto__') continue;
    if (!undoesOptOut(name, value)) values[name] = value;
  }
  return values;
}

/** Traits under the names of a lead's fields; what is no standard trait is a custom field. */
export function leadValues(traits: Values): Values {
  const values: Values = {};
  const { address, company, name } = traits;
  if (isObject(address)) put(values, address, ADDRESS_FIELDS);
  if (isObject(company)) put(values, company, COMPANY_FIELDS);
  else if (company !== null && company !== undefined) values.Company = company;
  for (const trait in traits) {
    const value = traits[trait];
    if (value === null || value === undefined || OTHERWISE_READ.has(trait)) continue;
    const field = STANDARD_FIELDS.get(trait) ?? (OWN_NAMES.has(trait) ? trait : null);
    if (field !== null) values[field] ??= value;
    else if (!undoesOptOut(trait, value)) values[CUSTOM.test(trait) ? trait : `${trait}__c`] = value;
  }
  // A text holds the whole address: a street that is told apart is the better one.
  if (typeof address === 'string') values.Street ??= address;
  if (typeof name === 'string') putName(values, name);
  return values;
}

function put(values: Values, from: Values, fields: readonly (readonly [string, string])[]): void {
  for (const [member, field] of fields) {
    const value = from[member];
    if (value !== null && value !== undefined) values[field] = value;
  }
}

function putName(values: Values, name: string): void {
  const { FirstName, LastName } = values;
  const parts = nameParts(name, {
    ...(typeof FirstName === 'string' && FirstName !== '' ? { firstName: FirstName } : {}),
    ...(typeof LastName === 'string' && LastName !== '' ? { lastName: LastName } : {}),
  });
  if (parts.firstName !== undefined) values.FirstName = parts.firstName;
  if (parts.lastName !== undefined) values.LastName = parts.lastName;
}

/** Traits that are not taken since they would take an opt-out back, with why; undefined where there are none. */
export function undoneOptOuts(traits: Values): Readonly<Record<string, string>> | undefined {
  const names = Object.keys(traits).filter(
    (name) => traits[name] !== null && traits[name] !== undefined && undoesOptOut(name, traits[name]),
  );
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, 'undoes-opt-out']));
}

/** A text that says something. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

export function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
