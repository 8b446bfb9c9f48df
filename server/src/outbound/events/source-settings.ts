import { z } from 'zod';

/** A site as browsers name it: scheme, host and port, and nothing after them. */
const origin = z
  .string()
  .max(300)
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'is no origin, as https://www.example.com is one',
  );

/** Where a source's events come from, and how they become records. */
export const settingsSchema = z.strictObject({
  object: z
    .enum(['Lead', 'Contact'])
    .default('Lead')
    .meta({ description: 'What a person becomes whom the org does not know' }),
  mapProperties: z
    .boolean()
    .default(true)
    .meta({ description: 'Map traits to standard fields, and the others to custom ones (__c)' }),
  useContactId: z
    .boolean()
    .default(false)
    .meta({ description: 'Update the contact that a converted lead became, instead of the lead' }),
  lookUpContacts: z
    .boolean()
    .default(true)
    .meta({ description: 'Look among contacts for a person who is no lead, before a lead is created' }),
  unknownFields: z.enum(['refuse', 'leave-out']).default('refuse').meta({
    description: 'What to do with traits that the org has no field for: refuse the event, or leave them out',
  }),
  allowDuplicates: z
    .boolean()
    .default(false)
    .meta({ description: 'Save although a duplicate rule of the org warns' }),
  allowedOrigins: z.array(origin).min(1).max(100).nullable().default(null).meta({
    description:
      'Sites whose pages may send events, as https://www.example.com; null for any. Who sends from no page is not asked.',
  }),
});
export type SourceSettings = z.output<typeof settingsSchema>;
