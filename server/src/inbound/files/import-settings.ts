import { z } from 'zod';
import { isTimeZone } from '../../jobs/schedules.ts';
import { WRITE_MODES } from '../rows/write-rows.ts';
import { transformSchema } from '../../values/transforms.ts';
import { DELIMITERS } from './csv-record.ts';
import { DATE_ORDERS } from '../../values/dates.ts';
import { encodingNamed, ENCODINGS } from './encoding-names.ts';

/** Beside tables, records of an object may be written: as Salesforce calls it. */
export const OBJECT_OPERATIONS = ['insert', 'update', 'upsert'] as const;

const timeZone = z.string().max(64).refine(isTimeZone, 'is no time zone, as America/Toronto is one');

const words = z.array(z.string().min(1).max(200)).min(1).max(100).optional();

const consentColumn = z.strictObject({
  heading: z.string().max(1000).meta({ description: 'Of the file’s column, as found' }),
  optIn: z.string().max(100).meta({ description: 'Code of the opt-in that the column speaks of' }),
  grantedWhen: words.meta({ description: 'Values that mean opted in; words for yes, if left out' }),
  withdrawnWhen: words.meta({ description: 'Values that mean opted out; words for no, if left out' }),
  date: z
    .string()
    .max(1000)
    .optional()
    .meta({ description: 'The column that tells when; the moment of the import, if left out' }),
});

/** How a file is read and where its columns go. */
export const importSettingsSchema = z.strictObject({
  encoding: z.enum(ENCODINGS),
  delimiter: z.enum(DELIMITERS),
  mapping: z
    .array(
      z.strictObject({
        heading: z.string().max(1000).meta({ description: 'Of the file’s column, as found' }),
        to: z.string().max(255).meta({ description: 'Column of the table, or field of the object' }),
        transforms: z.array(transformSchema).max(10).optional(),
      }),
    )
    .max(500),
  consents: z.array(consentColumn).max(50).optional().meta({
    description: 'Columns that tell what contacts agreed to; a list never raises what somebody withdrew',
  }),
  mode: z
    .enum(WRITE_MODES)
    .meta({ description: 'All rows, new ones only, or existing ones only; for a table' }),
  emptyCells: z
    .enum(['leave', 'empty'])
    .meta({ description: 'Whether an empty cell leaves what is there alone, or empties it' }),
  dates: z.enum(DATE_ORDERS).nullable().meta({
    description: 'Order of day, month and year; null where the file leaves it open: then it must be chosen',
  }),
  decimals: z.enum(['point', 'comma']),
  timeZone: timeZone.meta({ description: 'Of moments without a zone of their own' }),
  overridesSalesforce: z
    .boolean()
    .meta({ description: 'Writes contacts of a project of type A, which come from Salesforce' }),
  operation: z.enum(OBJECT_OPERATIONS).meta({ description: 'For an object' }),
  externalIdField: z
    .string()
    .max(80)
    .nullable()
    .meta({ description: 'That an upsert of an object finds records by' }),
});
export type ImportSettings = z.output<typeof importSettingsSchema>;

/** An encoding by whichever of its names. */
const encodingChange = z
  .preprocess(
    (name) => (typeof name === 'string' ? (encodingNamed(name.slice(0, 40)) ?? name) : name),
    z.enum(ENCODINGS),
  )
  .meta({ description: 'By whichever of its names: cp1251 is windows-1251' });

export const settingsChangeSchema = importSettingsSchema
  .extend({ encoding: encodingChange })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'say what to change');

const values = z
  .array(z.string())
  .meta({ description: 'Some cells with letters that depend on the encoding' });

/** What was found in a file. */
export const foundSchema = z.object({
  encoding: z.enum(ENCODINGS),
  markLength: z.int().meta({ description: 'Bytes of the byte order mark' }),
  preambleLength: z
    .int()
    .optional()
    .meta({ description: 'Bytes, in UTF-8, of a first line that tells the delimiter: sep=;' }),
  guess: z
    .object({ values, others: z.array(z.object({ encoding: z.enum(ENCODINGS), values })) })
    .nullish()
    .meta({
      description:
        'Where the encoding was guessed: what cells hold, read that way, and what they would in encodings that are as likely. Look whether they are right',
    }),
  delimiter: z.enum(DELIMITERS),
  lines: z.int().meta({ description: 'Lines of the file, the one of the headings too' }),
  headings: z.array(z.string()),
  sample: z.array(z.array(z.string())).meta({ description: 'The first rows' }),
  dates: z.record(z.string(), z.enum([...DATE_ORDERS, 'ambiguous'])).meta({
    description: 'Columns that hold dates, and the order they are written in, as far as the first rows tell',
  }),
  warnings: z.array(z.string()),
});
export type FoundFile = z.output<typeof foundSchema>;
