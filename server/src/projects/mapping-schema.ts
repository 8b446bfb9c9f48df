import { z } from 'zod';
import { decimalsSchema } from '../values/decimals.ts';
import { scalar, transformSchema } from '../values/transforms.ts';

/** A field of a Salesforce object, or a path of relationships to one. */
export const salesforceField = z
  .string()
  .max(255)
  .regex(/^[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}$/, 'a Salesforce field, or a path of relationships to one');

const shared = {
  column: z.string().max(63),
  transforms: z.array(transformSchema).max(10).optional(),
  decimals: decimalsSchema.optional().meta({
    description:
      'What becomes of digits beyond those that a number column has: round (the default), half up, as Salesforce shows a field; refuse rejects the record',
  }),
  onlyWhenEmpty: z.boolean().optional().meta({
    description:
      'Fills the column only where the row has no value in it; one that is there stays, whatever the record says. Where an integration writes the column back to the same field, the row’s value is what counts, and a value of Salesforce is taken only into an empty column: that is no conflict. Not for columns of the primary key',
  }),
};

/** Where a column's values come from: a field, several fields joined, or one value for all. */
export const mappingEntrySchema = z.union(
  [
    z.strictObject({ ...shared, salesforceField }),
    z.strictObject({
      ...shared,
      concat: z.strictObject({
        salesforceFields: z.array(salesforceField).min(2).max(10),
        separator: z.string().max(100),
      }),
    }),
    z.strictObject({ ...shared, constant: scalar }),
  ],
  {
    error:
      'takes a column, and one of salesforceField, concat or constant; see the API reference for transforms',
  },
);
export type MappingEntry = z.output<typeof mappingEntrySchema>;

export const mappingSchema = z.array(mappingEntrySchema).min(1).max(500);

/** The Salesforce fields that an entry reads. */
export function fieldsOf(entry: MappingEntry): readonly string[] {
  if ('salesforceField' in entry) return [entry.salesforceField];
  return 'concat' in entry ? entry.concat.salesforceFields : [];
}
