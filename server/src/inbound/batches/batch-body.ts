import { z } from 'zod';
import { anyMembers, objectName } from '../../http/inputs.ts';
import { badRequest, Problem } from '../../http/problem.ts';
import { salesforceId } from '../../values/salesforce-id.ts';
import { readMoment } from '../../values/check-value.ts';

/** Records of one batch; Apex sends up to 2,000. */
export const MAXIMUM_RECORDS = 10_000;
/** Values of a record. */
const MAXIMUM_FIELDS = 600;

/** An id of a record, in its 18 characters from here on. */
export const idSchema = z
  .string()
  .max(18)
  .transform((text, context) => {
    const id = salesforceId(text);
    if (id !== null) return id;
    context.addIssue({ code: 'custom', message: 'is no Salesforce id' });
    return z.NEVER;
  });
const moment = z
  .string()
  .max(40)
  .transform((text, context) => {
    const read = readMoment(text);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: 'is no moment with its zone' });
    return z.NEVER;
  });
const fields = z
  .array(z.string().min(1).max(255))
  .max(MAXIMUM_FIELDS)
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
  object: objectName,
  fields: fields.meta({
    description: 'Names of the values in upserts; the first two are Id and SystemModstamp',
  }),
  upserts: z
    // The values themselves are looked at by the mapping; a hundred thousand of them are not copied first.
    .array(
      z
        .custom<readonly unknown[]>(Array.isArray, 'is no list of values')
        .meta({ type: 'array', maxItems: MAXIMUM_FIELDS }),
    )
    .max(MAXIMUM_RECORDS)
    .default([])
    .meta({ description: 'A list of values for each record, in the order of fields' }),
  archives: z
    .array(z.tuple([idSchema, moment]))
    .max(MAXIMUM_RECORDS)
    .default([])
    .meta({ description: 'Records that are archived: id and moment' }),
  deletes: z
    .array(z.strictObject({ id: idSchema, at: moment, key: anyMembers.default({}) }))
    .max(MAXIMUM_RECORDS)
    .default([])
    .meta({ description: 'Records that are gone: id, moment, and the primary key by its Salesforce fields' }),
});

export type BatchBody = z.output<typeof batchSchema>;

/** Throws a 413 problem for more records than a batch takes, before any of them is looked at. */
export function refuseManyRecords(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const records = ['upserts', 'archives', 'deletes'].reduce((sum, name) => {
    const list: unknown = Reflect.get(body, name);
    return sum + (Array.isArray(list) ? list.length : 0);
  }, 0);
  if (records > MAXIMUM_RECORDS)
    throw new Problem(
      413,
      'batch-too-large',
      'The batch is too large',
      `A batch takes ${MAXIMUM_RECORDS} records; send fewer at a time.`,
    );
}

/** What the schema leaves open: how long each record is. Throws a 400 problem. */
export function checkRecords(body: BatchBody): void {
  const short = body.upserts.findIndex((row) => row.length !== body.fields.length);
  if (short >= 0)
    throw badRequest('invalid-body', `upserts[${short}] must be a list of ${body.fields.length} values.`);
}
