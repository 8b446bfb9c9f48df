import { z } from 'zod';
import { coercion, Refusal } from '../values/check-value.ts';
import { columnName } from './column-names.ts';
import { defaultLength, FIELD_TYPES, type Field } from '../values/field-types.ts';
import { lookupName } from '../http/inputs.ts';

/** A field as it is asked for: without an id. */
export type FieldDefinition = Omit<Field, 'id'>;

const shape = z.strictObject({
  name: columnName,
  label: z.string().trim().min(1).max(255).optional(),
  type: z.enum(FIELD_TYPES),
  length: z.int().min(1).max(100_000).nullish(),
  precision: z.int().min(1).max(38).nullish(),
  scale: z.int().min(0).max(30).nullish(),
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  default: z.union([z.string().max(10_000), z.number(), z.boolean()]).nullish(),
  picklist: z.array(z.string().min(1).max(255)).min(1).max(1000).nullish(),
  reference: z.strictObject({ table: lookupName, column: columnName }).nullish(),
});

const HAS_LENGTH = new Set(['text', 'email', 'phone', 'url', 'picklist']);
const IS_COMPARED = new Set(['json', 'multipicklist', 'longtext']);

/** A field as the admin API takes it; what belongs to another type is refused rather than forgotten. */
export const fieldSchema = shape
  .superRefine((field, context) => {
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [path], message });
    };
    if (field.length != null && !HAS_LENGTH.has(field.type)) refuse('length', `${field.type} has none`);
    const isDecimal = field.type === 'decimal';
    if (field.precision != null && !isDecimal) refuse('precision', `${field.type} has none`);
    if (field.scale != null && !isDecimal) refuse('scale', `${field.type} has none`);
    if (isDecimal && (field.scale ?? 2) > (field.precision ?? 18))
      refuse('scale', 'is more than the precision');
    if (field.picklist != null && field.type !== 'picklist' && field.type !== 'multipicklist')
      refuse('picklist', `${field.type} has no list of values`);
    if (field.unique && IS_COMPARED.has(field.type)) refuse('unique', `${field.type} is not compared`);
  })
  .transform((field, context): FieldDefinition => {
    const isDecimal = field.type === 'decimal';
    const definition: FieldDefinition = {
      name: field.name,
      label: field.label ?? field.name,
      type: field.type,
      length: field.length ?? defaultLength(field.type),
      precision: isDecimal ? (field.precision ?? 18) : null,
      scale: isDecimal ? (field.scale ?? 2) : null,
      required: field.required,
      unique: field.unique,
      default: null,
      picklist: field.picklist ?? null,
      reference: field.reference ?? null,
    };
    if (field.default == null) return definition;
    const value = coercion(definition)(field.default);
    if (value instanceof Refusal) {
      context.addIssue({ code: 'custom', path: ['default'], message: value.message });
      return z.NEVER;
    }
    return { ...definition, default: value };
  });

/** What a field's definition may be changed to; what is not given stays. */
export const fieldChangeSchema = shape
  .extend({ required: z.boolean(), unique: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'say what to change');

/** A definition with a change in it, checked as a whole. */
export function changedField(field: Field, change: z.output<typeof fieldChangeSchema>): unknown {
  const isSameType = change.type === undefined || change.type === field.type;
  const { id: _id, ...definition } = field;
  // What belongs to the type does not outlive it: a phone's length is no picklist's.
  const kept = isSameType
    ? definition
    : { ...definition, length: null, precision: null, scale: null, picklist: null };
  return { ...kept, ...change };
}
