import { z } from 'zod';
import { badRequest, Problem } from '../http/problem.ts';
import { salesforceId } from '../values/salesforce-id.ts';
import { readMoment } from './coerce.ts';

/** Records of one batch; Apex sends up to 2,000. */
export const MAXIMUM_RECORDS = 10_000;

/** An id of a record, in its 18 characters from here on. */
export const idSchema = z.string().transform((text, context) => {
  const id = salesforceId(text);
  if (id !== null) return id;
  context.addIssue({ code: 'custom', message: 'is no Salesforce id' });
  return z.NEVER;
});
const moment = z.string().transform((text, context) => {
  const read = readMoment(text);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'is no moment with its zone' });
  return z.NEVER;
});
const fields = z
  .array(z.string().min(1).max(255))
  .max(600)
  .refine(
    (names) => names[0] === 'Id' && names[1] === 'SystemModstamp',
    'must start with Id and SystemModstamp',
  )
  .refine(
    (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
    'names a field twice',
  );

/** A batch as Apex sends it. Rows are arrays in the order of `fields`. */
export const batchSchema = z.strictObject({
  object: z
    .string()
    .regex(/^[A-Za-z]\w{0,79}$/, 'is no API name of a Salesforce object')
    .meta({ description: 'API name of the Salesforce object' }),
  fields: fields.meta({
    description: 'Names of the values in upserts; the first two are Id and SystemModstamp',
  }),
  upserts: z
    // The values themselves are looked at by the mapping; a hundred thousand of them are not copied first.
    .array(z.custom<readonly unknown[]>(Array.isArray, 'is no list of values').meta({ type: 'array' }))
    .default([])
    .meta({ description: 'A list of values for each record, in the order of fields' }),
  archives: z
    .array(z.tuple([idSchema, moment]))
    .default([])
    .meta({ description: 'Records that are archived: id and moment' }),
  deletes: z
    .array(z.strictObject({ id: idSchema, at: moment, key: z.record(z.string(), z.unknown()).default({}) }))
    .default([])
    .meta({ description: 'Records that are gone: id, moment, and the primary key by its Salesforce fields' }),
});

export type BatchBody = z.output<typeof batchSchema>;

/** What the schema leaves open: how many records there are, and how long each is. */
export function checkRecords(body: BatchBody): void {
  if (body.upserts.length + body.archives.length + body.deletes.length > MAXIMUM_RECORDS) {
    throw new Problem(
      413,
      'batch-too-large',
      'The batch is too large',
      `A batch takes ${MAXIMUM_RECORDS} records; send fewer at a time.`,
    );
  }
  const short = body.upserts.findIndex((row) => row.length !== body.fields.length);
  if (short >= 0)
    throw badRequest('invalid-body', `upserts[${short}] must be a list of ${body.fields.length} values.`);
}
