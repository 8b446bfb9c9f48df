export const FIELD_TYPES = [
  'text',
  'longtext',
  'integer',
  'decimal',
  'boolean',
  'date',
  'timestamp',
  'time',
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
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Characters, for text. */
  readonly length: number | null;
  /** Digits of a decimal, and how many of them stand after the point. */
  readonly precision: number | null;
  readonly scale: number | null;
  readonly required: boolean;
  readonly unique: boolean;
  /** What a new row gets where its record brings no such field; as the column's type is written. */
  readonly default: string | null;
  /** Values a picklist allows; null for an open one. */
  readonly picklist: readonly string[] | null;
  /** The row of another table that this one belongs to, by that table's primary key. */
  readonly reference: { readonly table: string; readonly column: string } | null;
}

/** Types that are text in SQL. */
export const TEXT_TYPES: ReadonlySet<FieldType> = new Set([
  'text',
  'longtext',
  'email',
  'phone',
  'url',
  'picklist',
  'salesforce_id',
]);

/** Types a primary key may have: those whose values are compared as people compare them. */
export const KEY_TYPES: ReadonlySet<FieldType> = new Set([
  'text',
  'integer',
  'email',
  'phone',
  'salesforce_id',
]);

/** Characters of a type that is not told how many it takes; null where there is no limit. */
export function defaultLength(type: FieldType): number | null {
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
    case 'time':
      return 'time';
    case 'multipicklist':
      return 'text[]';
    case 'json':
      return 'jsonb';
    // Lengths are checked before a value is written, with a message of ours.
    default:
      return 'text';
  }
}
