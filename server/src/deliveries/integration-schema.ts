import { z } from 'zod';
import { isTimeZone } from '../jobs/schedules.ts';
import { transformSchema } from '../transfers/mapping-schema.ts';

export const OPERATIONS = ['created', 'updated', 'deleted', 'consent'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A field of the object itself: nothing is written through a relationship. */
const salesforceField = z
  .string()
  .max(80)
  .regex(/^[A-Za-z]\w*$/, 'the API name of a Salesforce field');
const column = z.string().max(63);

const shared = {
  salesforceField,
  on: z
    .enum(['always', 'create'])
    .default('always')
    .meta({ description: 'create writes the field of new records only' }),
  transforms: z.array(transformSchema).max(10).optional(),
};

/** Where a field's value comes from: a column, or one value for all. */
const fieldMappingSchema = z.union(
  [
    z.strictObject({ ...shared, column }),
    z.strictObject({ ...shared, constant: z.union([z.string().max(10_000), z.number(), z.boolean()]) }),
  ],
  { error: 'takes a salesforceField, and one of column or constant' },
);
export type FieldMapping = z.output<typeof fieldMappingSchema>;

export const fieldMappingsSchema = z.array(fieldMappingSchema).max(500);

/** A checkbox of the object that follows an opt-in. */
const optInFieldSchema = z
  .strictObject({
    optIn: z.string().max(100).nullable().meta({
      description: 'The code of an opt-in; null for any of the project, which withdrawn ones stand for',
    }),
    field: salesforceField,
    trueWhen: z.enum(['granted', 'withdrawn']),
    goesBack: z.boolean().optional().meta({
      description:
        'Whether the checkbox is cleared when consent changes back. Not for HasOptedOutOfEmail unless said so: somebody may have set it in Salesforce.',
    }),
  })
  .refine((field) => field.optIn !== null || field.trueWhen === 'withdrawn', {
    path: ['trueWhen'],
    message: 'is withdrawn where no opt-in is named',
  })
  .transform((field) => ({
    ...field,
    goesBack: field.goesBack ?? !/^HasOptedOutOfEmail$/i.test(field.field),
  }));
export type OptInField = z.output<typeof optInFieldSchema>;

export const optInFieldsSchema = z.array(optInFieldSchema).max(100);

/** How the record of a row is found that has no id of the org yet. */
export const matchingSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('record-id') }),
    z.strictObject({
      by: z.literal('external-id'),
      field: salesforceField.meta({ description: 'Holds the id that DI gives the person or row' }),
    }),
    z.strictObject({
      by: z.literal('lookup'),
      field: salesforceField,
      column,
      several: z.enum(['refuse', 'all']).default('refuse').meta({
        description: 'all writes every record found: for opt-outs by e-mail address, and for nothing else',
      }),
    }),
  ])
  .default({ by: 'record-id' });
export type Matching = z.output<typeof matchingSchema>;

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
    .transform((chosen) => OPERATIONS.filter((operation) => chosen.includes(operation))),
  mapping: fieldMappingsSchema.default([]),
  optInFields: optInFieldsSchema.default([]),
  matching: matchingSchema,
  settings: settingsSchema.prefault({}),
});
export type Definition = z.output<typeof definitionSchema>;
