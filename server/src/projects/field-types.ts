import { z } from 'zod';
import { MAXIMUM_IDENTIFIER } from '../database/identifiers.ts';

export const FIELD_TYPES = [
  'text',
  'longtext',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'email',
  'phone',
  'url',
  'picklist',
  'multipicklist',
  'salesforce_id',
  'json',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A column of a project table. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters, for text. */
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly required: boolean;
  /** Values a picklist allows; null for an open one. */
  readonly picklist: readonly string[] | null;
}

/** Names starting with an underscore are the system's own columns. */
const columnName = z
  .string()
  .max(MAXIMUM_IDENTIFIER)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'letters, digits and underscores, a letter first');

/** A field as the admin API takes it. */
export const fieldSchema = z
  .strictObject({
    name: columnName,
    label: z.string().min(1).max(255).optional(),
    type: z.enum(FIELD_TYPES),
    length: z.int().min(1).max(100_000).optional(),
    precision: z.int().min(1).max(38).optional(),
    scale: z.int().min(0).max(30).optional(),
    required: z.boolean().default(false),
    picklist: z.array(z.string().min(1).max(255)).min(1).max(1000).optional(),
  })
  .transform((field): Field => ({
    name: field.name,
    label: field.label ?? field.name,
    type: field.type,
    length: field.length ?? defaultLength(field.type),
    precision: field.type === 'decimal' ? (field.precision ?? 18) : null,
    scale: field.type === 'decimal' ? (field.scale ?? 2) : null,
    required: field.required,
    picklist: field.picklist ?? null,
  }));

function defaultLength(type: FieldType): number | null {
  switch (type) {
    case 'text':
    case 'picklist':
      return 255;
    // RFC 5321: 64 characters before the @, 255 after.
    case 'email':
      return 320;
    case 'phone':
      return 40;
    case 'url':
      return 2048;
    case 'salesforce_id':
      return 18;
    default:
      return null;
  }
}

/** The column's type in SQL. */
export function sqlType(field: Pick<Field, 'type' | 'precision' | 'scale'>): string {
  switch (field.type) {
    case 'integer':
      return 'bigint';
    case 'decimal':
      return `numeric(${field.precision ?? 18},${field.scale ?? 2})`;
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'timestamp':
      return 'timestamptz';
    case 'multipicklist':
      return 'text[]';
    case 'json':
      return 'jsonb';
    // Lengths are checked before a value is written, with a message of ours.
    default:
      return 'text';
  }
}

/** Types a primary key may have: those whose values are compared as people compare them. */
export const KEY_TYPES: ReadonlySet<FieldType> = new Set([
  'text',
  'integer',
  'email',
  'phone',
  'salesforce_id',
]);
