import { say } from '../../messages/message.ts';
import { fitValue, UnfitValue } from './fit-shape.ts';
import type { OrgField, OrgObject, OrgRecord } from '../../salesforce/org.ts';
import type { RecordWrite } from './record-write.ts';

/** An object with its fields by name, in lower case: Salesforce does not mind the case. */
export interface DescribedObject {
  readonly object: OrgObject;
  readonly fields: ReadonlyMap<string, OrgField>;
}

export function described(object: OrgObject): DescribedObject {
  const known = DESCRIBED.get(object);
  if (known) return known;
  const fields = new Map(object.fields.map((field) => [field.name.toLowerCase(), field]));
  DESCRIBED.set(object, { object, fields });
  return { object, fields };
}

/** Made once of a description that is used again. */
const DESCRIBED = new WeakMap<OrgObject, DescribedObject>();

/** Values as an org takes them, by the names of its fields; or what is wrong with them. */
export type FittedValues =
  | { readonly values: OrgRecord; readonly leftOut: Readonly<Record<string, string>> }
  | { readonly code: string; readonly message: string };

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
  const leftOut: Record<string, string> = { ...write.leftOut };
  for (const [name, value] of Object.entries(write.values)) {
    if (value === undefined) continue;
    const field = fieldNamed(described, name, write.findsCustomFields === true);
    if (!field) {
      if (write.unknownFields !== 'leave-out' && write.optionalFields?.has(name.toLowerCase()) !== true)
        return {
          code: 'unknown-field',
          message: say('items.unknown-field', { object: described.object.name, field: name }),
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
