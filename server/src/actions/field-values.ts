import { NUMBER_TYPES } from '../salesforce/number-types.ts';
import type { OrgField, OrgObject, OrgRecord } from '../salesforce/org.ts';
import { normalizedAddress } from '../values/email-address.ts';
import type { RecordWrite } from './record-write.ts';

/** An object with its fields by name, in lower case: Salesforce does not mind the case. */
export interface DescribedObject {
  readonly object: OrgObject;
  readonly fields: ReadonlyMap<string, OrgField>;
}

export function described(object: OrgObject): DescribedObject {
  return { object, fields: new Map(object.fields.map((field) => [field.name.toLowerCase(), field])) };
}

/** Values as an org takes them, by the names of its fields; or what is wrong with them. */
export type FittedValues =
  | { readonly values: OrgRecord; readonly leftOut: Readonly<Record<string, string>> }
  | { readonly code: string; readonly message: string };

/** A value that a field does not take. */
class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}

const CUSTOM = '__c';

/** Finds the field that a name means. */
export function fieldNamed(
  { fields }: DescribedObject,
  name: string,
  findsCustomFields: boolean,
): OrgField | undefined {
  const lower = name.toLowerCase();
  const exact = fields.get(lower);
  if (exact || !findsCustomFields) return exact;
  return fields.get(lower.endsWith(CUSTOM) ? lower.slice(0, -CUSTOM.length) : lower + CUSTOM);
}

/**
 * Puts values into the shape their fields take, before anything is sent: one value of a wrong shape would have Salesforce
 * refuse the whole call, and its neighbours with it.
 */
export function fitValues(described: DescribedObject, write: RecordWrite): FittedValues {
  const values: Record<string, unknown> = {};
  const leftOut: Record<string, string> = {};
  for (const [name, value] of Object.entries(write.values)) {
    if (value === undefined) continue;
    const field = fieldNamed(described, name, write.findsCustomFields === true);
    if (!field) {
      if (write.unknownFields !== 'leave-out' && write.optionalFields?.has(name.toLowerCase()) !== true)
        return {
          code: 'unknown-field',
          message: `${described.object.name} has no field ${name}. Create it in Salesforce, or stop sending it; then try again.`,
        };
      leftOut[name] = 'unknown';
      continue;
    }
    // An address names the record; it is not written.
    if (field.name === 'Id') continue;
    try {
      values[field.name] = fitValue(field, value);
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      return { code: 'invalid-value', message: error.message };
    }
  }
  return { values, leftOut };
}

/** A value in the shape its field takes. Throws UnfitValue. */
function fitValue(field: OrgField, value: unknown): unknown {
  if (value === null) return null;
  if (Array.isArray(value)) return fitList(field, value);
  if (typeof value === 'object') throw new UnfitValue(`${field.name} takes no object.`);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw new UnfitValue(`${field.name} takes no ${typeof value}.`);
  // Salesforce holds an empty text for none; to the Bulk API an empty cell would mean to leave the field alone.
  if (value === '') return null;
  if (field.type === 'boolean') return fitBoolean(field, value);
  if (NUMBER_TYPES.has(field.type)) return fitNumber(field, value);
  if (isMoment(field.type)) return fitMoment(field, String(value));
  const text = field.type === 'email' ? normalizedAddress(String(value)) : String(value);
  return text === '' ? null : text;
}

/** Several choices are parted by semicolons. */
function fitList(field: OrgField, list: readonly unknown[]): string {
  const isPlain = list.every((item) => typeof item === 'string' || typeof item === 'number');
  if (!isPlain) throw new UnfitValue(`${field.name} takes a list of texts and numbers only.`);
  return list.map(String).join(';');
}

function fitBoolean(field: OrgField, value: string | number | boolean): boolean {
  if (typeof value === 'boolean') return value;
  const text = String(value).trim().toLowerCase();
  if (['true', '1', 'yes'].includes(text)) return true;
  if (['false', '0', 'no'].includes(text)) return false;
  throw new UnfitValue(`${field.name} is a checkbox, and takes true or false, not ${JSON.stringify(value)}.`);
}

function fitNumber(field: OrgField, value: string | number | boolean): unknown {
  if (typeof value === 'number') return value;
  const text = String(value).trim();
  const number = Number(text);
  if (typeof value === 'boolean' || text === '' || !Number.isFinite(number))
    throw new UnfitValue(`${field.name} is a number, and takes no ${JSON.stringify(value)}.`);
  // A decimal longer than a float holds stays the text it is: Salesforce reads numbers from texts too.
  return String(number) === text ? number : text;
}

function isMoment(type: string): boolean {
  return type === 'date' || type === 'datetime';
}

function fitMoment(field: OrgField, text: string): string {
  const isWritten = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?$/.test(text);
  const milliseconds = isWritten ? Date.parse(text) : NaN;
  if (Number.isNaN(milliseconds))
    throw new UnfitValue(
      `${field.name} is a ${field.type}, and takes no ${JSON.stringify(text.slice(0, 40))}.`,
    );
  return field.type === 'date' ? text.slice(0, 10) : new Date(milliseconds).toISOString();
}

/** Parts what a record may be given from what only the org writes. */
export function writable(
  { fields }: DescribedObject,
  values: OrgRecord,
  kind: 'insert' | 'update',
): { readonly values: OrgRecord; readonly leftOut: Readonly<Record<string, string>> } {
  const kept: Record<string, unknown> = {};
  const leftOut: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(name.toLowerCase());
    const isWritable = kind === 'insert' ? field?.isCreateable : field?.isUpdateable;
    if (isWritable === true) kept[name] = value;
    else leftOut[name] = 'read-only';
  }
  return { values: kept, leftOut };
}

/** Fields without which the org creates no record of this object. */
export function requiredFields(object: OrgObject): string[] {
  return object.fields
    .filter((field) => field.isCreateable && !field.isNillable && !field.isDefaultedOnCreate)
    .filter((field) => field.type !== 'boolean')
    .map((field) => field.name);
}
