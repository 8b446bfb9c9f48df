import { z } from 'zod';
import type { BuiltField } from './tables.ts';

/** A column as the plugin sees it. */
export const columnAnswer = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.int().nullable(),
  precision: z.int().nullable(),
  scale: z.int().nullable(),
  required: z.boolean(),
  unique: z.boolean(),
  values: z.array(z.string()).nullable(),
});

/** The columns that may be written. */
export function shownColumns(fields: readonly BuiltField[]): z.input<typeof columnAnswer>[] {
  return fields
    .filter((field) => field.isArchived !== true)
    .map(({ name, label, type, length, precision, scale, required, unique, picklist }) => ({
      name,
      label,
      type,
      length,
      precision,
      scale,
      required,
      unique,
      values: picklist === null ? null : [...picklist],
    }));
}
