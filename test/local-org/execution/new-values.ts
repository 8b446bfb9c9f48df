import type { ObjectSchema } from '../database/schema.ts';
import type { LocalOrg } from '../org.ts';
import type { ApexDatetime } from '../values/dates.ts';
import { ApexDecimal } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { ApexSObject } from '../values/sobject.ts';
import { autoNumber } from './derived-fields.ts';

/** Defaults stand on a new record before its triggers run. */
export function applyDefaults(org: LocalOrg, object: ObjectSchema, record: ApexSObject): void {
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    if (record.values.has(key) || field.autoNumber || !field.createable) continue;
    const chosen = field.picklist.find((each) => each.isDefault)?.value ?? org.defaultOf(field);
    if (chosen !== null) record.values.set(key, chosen);
  }
}

/** What a new record has whatever it was given. */
export function initialise(
  org: LocalOrg,
  object: ObjectSchema,
  record: ApexSObject,
  values: Map<string, ApexValue>,
  now: ApexDatetime,
  userId: string,
): void {
  for (const field of object.fields.values()) {
    if (field.autoNumber)
      values.set(
        field.name.toLowerCase(),
        autoNumber(field.defaultValue, org.store.next(`auto:${object.name}`)),
      );
  }
  // A checkbox is never empty, also one that nobody may write.
  for (const field of object.fields.values()) {
    const key = field.name.toLowerCase();
    if (field.type === 'boolean' && !field.calculated && !values.has(key)) values.set(key, false);
  }
  // A master starts with nothing summed up.
  for (const { field, operation } of org.schema.rollUps(object.name))
    if (operation === 'count' || operation === 'sum') values.set(field.toLowerCase(), ApexDecimal.of(0));
  values.set('isdeleted', false);
  values.set('createddate', now);
  values.set('createdbyid', userId);
  // A hierarchy setting that names no owner is the organization's.
  if (object.settingType === 'Hierarchy' && (record.values.get('setupownerid') ?? null) === null)
    values.set('setupownerid', org.organization.id);
  if (object.fields.has('ownerid') && !record.values.has('ownerid')) values.set('ownerid', userId);
}
