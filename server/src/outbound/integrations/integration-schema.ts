import { z } from 'zod';
import { optInFieldsSchema } from '../../consent/opt-in-fields.ts';
import { CONFLICT_RULES } from '../../inbound/batches/merge-field.ts';
import { isTimeZone } from '../../jobs/schedules.ts';
import { decimalsSchema } from '../../values/decimals.ts';
import { transformSchema } from '../../values/transforms.ts';
import { fieldName } from '../../http/inputs.ts';

export const OPERATIONS = ['created', 'updated', 'deleted', 'consent'] as const;
export type Operation = (typeof OPERATIONS)[number];

const column = z.string().max(63);

const shared = {
  salesforceField: fieldName,
  on: z
    .enum(['always', 'create'])
    .default('always')
    .meta({ description: 'create writes the field of new records only' }),
  transforms: z.array(transformSchema).max(10).optional(),
  onlyWhenEmpty: z.boolean().optional().meta({
    description:
      'Writes the field only where the record has no value in it, which is looked at before each write; one that is there stays. Where a transfer fills the column from the same field, Salesforce’s value is what counts, and the row’s fills an empty field: that is no conflict, so that onConflict cannot be set with it. Not with on: create, nor for checkboxes, which are never empty',
  }),
  decimals: decimalsSchema.optional().meta({
    description:
      'What becomes of digits beyond those that the field shows: round (the default), half up; refuse gives the delivery up',
  }),
};

/** Where a field's value comes from: a column, or one value for all. */
const fieldMappingSchema = z.union(
  [
    z.strictObject({
      ...shared,
      column,
      onConflict: z.enum(CONFLICT_RULES).optional().meta({
        description:
          'Where the field fills the column too, and both sides have changed it: the later change wins (newest, the default; Salesforce where SystemModstamp cannot tell), or always one side',
      }),
    }),
    z.strictObject({ ...shared, constant: z.union([z.string().max(10_000), z.number(), z.boolean()]) }),
  ],
  { error: 'takes a salesforceField, and one of column or constant' },
);
export type FieldMapping = z.output<typeof fieldMappingSchema>;

export const fieldMappingsSchema = z.array(fieldMappingSchema).max(500);

/** How the record of a row is found that has no id of the org yet. */
export const matchingSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('record-id') }),
    z.strictObject({
      by: z.literal('external-id'),
      field: fieldName.meta({ description: 'Holds the id that DI gives the person or row' }),
    }),
    z.strictObject({
      by: z.literal('lookup'),
      field: fieldName,
      column,
      several: z.enum(['refuse', 'all']).optional().meta({
        description:
          'What opt-ins reach where several records are found: all of them, which is the default of an integration that sends consent, or (refuse) the record that is known to be the row’s, and none where none is. Rows are written to one record only, whatever is chosen here.',
      }),
    }),
  ])
  .default({ by: 'record-id' });
type AskedMatching = z.output<typeof matchingSchema>;
export type Matching =
  Exclude<AskedMatching, { by: 'lookup' }> | Required<Extract<AskedMatching, { by: 'lookup' }>>;

const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('at-once') }),
  z.strictObject({
    kind: z.literal('daily'),
    hour: z.int().min(0).max(23),
    timeZone: z.string().max(64).refine(isTimeZone, 'an IANA time zone, as Europe/Paris'),
  }),
]);

export const settingsSchema = z.strictObject({
  allowDuplicates: z
    .boolean()
    .default(false)
    .meta({ description: 'Saves although a duplicate rule warns (Sforce-Duplicate-Rule-Header)' }),
  autoAssign: z
    .boolean()
    .default(false)
    .meta({ description: 'Lets assignment rules run (Sforce-Auto-Assign)' }),
  bulkThreshold: z
    .int()
    .min(200)
    .max(1_000_000)
    .default(2000)
    .meta({ description: 'Waiting deliveries from which the Bulk API is used' }),
  schedule: scheduleSchema.default({ kind: 'at-once' }),
  apiShare: z.number().min(0.01).max(1).default(0.8).meta({
    description:
      'Share of the org’s daily API calls, used by any client, beyond which this integration’s rows wait, where that is less than the connection’s own; consent goes on',
  }),
});
export type Settings = z.output<typeof settingsSchema>;

/** What an integration is told: everything but where it belongs and whether it is on. */
export const definitionSchema = z.strictObject({
  name: z.string().trim().min(1).max(255),
  operations: z
    .array(z.enum(OPERATIONS))
    .min(1)
    .max(OPERATIONS.length)
    .transform((chosen) => OPERATIONS.filter((operation) => chosen.includes(operation))),
  mapping: fieldMappingsSchema.default([]),
  optInFields: optInFieldsSchema.default([]),
  matching: matchingSchema,
  settings: settingsSchema.prefault({}),
});
export type AskedDefinition = z.output<typeof definitionSchema>;
export interface Definition extends Omit<AskedDefinition, 'matching'> {
  readonly matching: Matching;
}

/** A definition with what was left open: who opts out opts out on every record, unless something else is asked for. */
export function completed({ matching, ...asked }: AskedDefinition): Definition {
  if (matching.by !== 'lookup') return { ...asked, matching };
  const several = matching.several ?? (asked.operations.includes('consent') ? 'all' : 'refuse');
  return { ...asked, matching: { ...matching, several } };
}
