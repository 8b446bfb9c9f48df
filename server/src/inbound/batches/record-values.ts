import { addressField } from '../../consent/contacts.ts';
import type { RecordKey } from '../../people/record-identities.ts';
import { keyValue } from '../../people/record-keys.ts';
import type { MappedRecords } from '../../projects/map-records.ts';
import type { Batch } from './batch.ts';

/** What a checkbox says: values come as JSON's, or as text where they were read by Bulk API. */
export function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' ? true : text === 'false' ? false : null;
}

/** The primary key that a record has in the batch. */
export function keyOf({ mapping }: Pick<Batch, 'mapping'>, mapped: MappedRecords, place: number): RecordKey {
  const values = mapping.key.flatMap((column) => {
    const field = mapping.columns[column]?.field;
    const value = mapped.columns[column]?.[place] ?? null;
    return field && value !== null ? [[field.name, keyValue(field, value)] as const] : [];
  });
  return Object.fromEntries(values);
}

/** The address that a record has in the batch, where the table has a column of addresses. */
export function addressOf({ mapping, target }: Batch, mapped: MappedRecords, place: number): string | null {
  const field = addressField(target);
  const column = mapping.columns.findIndex((each) => each.field.name === field?.name);
  return mapped.columns[column]?.[place] ?? null;
}
