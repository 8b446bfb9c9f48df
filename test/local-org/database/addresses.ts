import { newBean } from '../library/beans.ts';
import { ApexDouble, isApexNumber, toFloat } from '../values/numbers.ts';
import type { ApexValue } from '../values/object.ts';
import type { StoredRecord } from './store.ts';

const PARTS = [
  'street',
  'city',
  'state',
  'stateCode',
  'postalCode',
  'country',
  'countryCode',
  'geocodeAccuracy',
];

/** A compound address of its parts, `billing` of `billingcity` and so on; null where all are empty. */
export function addressOf(row: StoredRecord, prefix: string): ApexValue {
  const values: Record<string, ApexValue> = {};
  for (const part of PARTS) values[part] = row.get(`${prefix}${part.toLowerCase()}`) ?? null;
  for (const part of ['latitude', 'longitude']) {
    const value = row.get(`${prefix}${part}`) ?? null;
    values[part] = isApexNumber(value) ? new ApexDouble(toFloat(value)) : null;
  }
  return Object.values(values).every((value) => value === null) ? null : newBean('System.Address', values);
}
