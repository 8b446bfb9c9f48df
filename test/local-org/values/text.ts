import type { ApexValue } from './object.ts';
import { ApexList, ApexMap, ApexSet } from './collections.ts';
import { ApexException } from './exception.ts';
import { isSourceObject } from './instance.ts';

/** What String.valueOf gives, and what stands for a value in a concatenation. */
export function apexToString(value: ApexValue): string {
  return valueText(value, new Set());
}

function valueText(value: ApexValue, around: Set<object>): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return String(value);
  if (around.has(value)) return '(already output)';
  around.add(value);
  const text = referenceText(value, around);
  around.delete(value);
  return text;
}

function referenceText(
  value: NonNullable<Exclude<ApexValue, string | number | boolean | bigint>>,
  around: Set<object>,
): string {
  const inner = (each: ApexValue) => valueText(each, around);
  if (value instanceof ApexList) return `(${value.items.map(inner).join(', ')})`;
  if (value instanceof ApexSet) return `{${[...value].map(inner).join(', ')}}`;
  if (value instanceof ApexMap)
    return `{${[...value].map(([key, each]) => `${inner(key)}=${inner(each)}`).join(', ')}}`;
  if (isSourceObject(value)) {
    const own = value.$methods['tostring/0'];
    if (own) return String(own.call(value));
    if (value instanceof ApexException) return `${value.typeName}: ${value.text}`;
    const fields = value.$class.fields
      .filter((field) => !field.isStatic)
      .map((field) => `${field.name}=${inner(field.get(value))}`);
    // A stub is of a class that the platform makes for it.
    const suffix = '$isStub' in value ? '__sfdc_ApexStub' : '';
    return `${value.$class.name.split('.').at(-1) ?? ''}${suffix}:[${fields.join(', ')}]`;
  }
  if (value instanceof ApexException) return value.toString();
  const written = (value as { toString(): string }).toString();
  return written === '[object Object]'
    ? value.$type.kind === 'platform'
      ? `${value.$type.name.split('.').at(-1) ?? ''}[]`
      : written
    : written;
}
