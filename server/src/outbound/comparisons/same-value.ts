import type { OrgField } from '../../salesforce/org.ts';
import { fitValue, UnfitValue } from '../engine/fit-shape.ts';

/**
 * Whether a field of a record says what would be written to it. Both are put into the shape that the field takes: Salesforce
 * answers moments, numbers and addresses in a spelling of its own, and keeps no spaces at the ends of a text.
 */
export function isSameValue(field: OrgField, written: unknown, read: unknown): boolean {
  return shapeOf(field, written) === shapeOf(field, read);
}

function shapeOf(field: OrgField, value: unknown): string {
  if (value === null || value === undefined) return field.type === 'boolean' ? 'false' : '';
  const text = textOf(fittedValue(field, value)).trim();
  if (field.type === 'multipicklist') return text.split(';').sort().join(';');
  return text;
}

/** What does not fit is compared as it is: it differs from whatever the record says. */
function fittedValue(field: OrgField, value: unknown): unknown {
  try {
    return fitValue(field, value);
  } catch (error) {
    if (error instanceof UnfitValue) return value;
    throw error;
  }
}

function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
