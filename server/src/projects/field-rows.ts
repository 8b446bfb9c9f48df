import type { Field } from '../values/field-types.ts';
import type { FieldDefinition } from './field-schema.ts';

/** A field as di.table_field has it. */
export interface FieldRow {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type: Field['type'];
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly required: boolean;
  readonly is_unique: boolean;
  readonly default_value: string | null;
  readonly picklist: string[] | null;
  readonly reference: Field['reference'];
  readonly archived_at: Date | null;
}

export function fieldOf(row: FieldRow): Field & { readonly isArchived: boolean } {
  const { id, name, label, type, length, precision, scale, required, picklist, reference } = row;
  return {
    id,
    name,
    label,
    type,
    length,
    precision,
    scale,
    required,
    unique: row.is_unique,
    default: row.default_value,
    picklist,
    reference,
    isArchived: row.archived_at !== null,
  };
}

export function columnsOf(field: FieldDefinition): Record<string, unknown> {
  const { unique, default: value, picklist, reference, ...plain } = field;
  return {
    name: plain.name,
    label: plain.label,
    type: plain.type,
    length: plain.length,
    precision: plain.precision,
    scale: plain.scale,
    required: plain.required,
    is_unique: unique,
    default_value: value === null ? null : JSON.stringify(value),
    picklist: picklist === null ? null : JSON.stringify(picklist),
    reference: reference === null ? null : JSON.stringify(reference),
  };
}
