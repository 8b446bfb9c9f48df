import { z } from 'zod';
import { mapRecords } from '../projects/map-records.ts';
import { compileMapping } from '../projects/mapping.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { fieldsOf, mappingSchema } from '../projects/mapping-schema.ts';
import { checkMapping, type Transfer } from './transfers.ts';
import { anyMembers } from '../http/inputs.ts';

export const dryRunSchema = z.strictObject({
  records: z
    .array(anyMembers)
    .min(1)
    .max(100)
    .meta({ description: 'Records by Salesforce field, as the REST API answers them' }),
  mapping: mappingSchema.optional().meta({ description: 'To be tried in the place of the transfer’s own' }),
});

export const dryRunAnswer = z.object({
  rows: z.array(z.object({ record: z.int(), values: z.record(z.string(), z.string().nullable()) })),
  rejected: z.array(
    z.object({ record: z.int(), code: z.string(), field: z.string().nullable(), message: z.string() }),
  ),
  superseded: z
    .array(z.int())
    .meta({ description: 'Records that another one of the same primary key stands for' }),
  leftOut: z.array(z.int()).meta({ description: 'Records without a primary key' }),
});

/** A sample has no id of its own where it is made up: it gets one, to be told apart by. */
const SAMPLE_ID = (index: number): string => `000${String(index).padStart(12, '0')}`;

/** What records would write, and why some would be rejected, by their place among the samples. */
export function dryRun(
  transfer: Pick<Transfer, 'mapping'>,
  table: BuiltTable,
  records: readonly Readonly<Record<string, unknown>>[],
): z.input<typeof dryRunAnswer> {
  checkMapping(table, transfer.mapping);
  const names = [...new Set(transfer.mapping.flatMap(fieldsOf))];
  const fields = ['Id', 'SystemModstamp', ...names.filter((name) => !/^(Id|SystemModstamp)$/i.test(name))];
  const mapping = compileMapping({ ...table, mapping: transfer.mapping }, fields);
  const now = new Date().toISOString();
  const answer: z.input<typeof dryRunAnswer> = { rows: [], rejected: [], superseded: [], leftOut: [] };
  const samples = records.map((record, index) => {
    const read = reader(record);
    const [, modstamp, ...values] = fields.map(read);
    return [SAMPLE_ID(index), modstamp ?? now, ...values];
  });
  const { ids, columns, rows, rejected, superseded, contenders, keyless } = mapRecords(mapping, samples);
  for (const place of [...rows].sort((one, other) => one - other)) {
    const values = mapping.columns.map(
      ({ field }, index) => [field.name, columns[index]?.[place] ?? null] as const,
    );
    answer.rows.push({ record: place, values: Object.fromEntries(values) });
  }
  for (const { id, code, field, message } of rejected)
    answer.rejected.push({ record: ids.indexOf(id ?? ''), code, field, message });
  answer.superseded.push(...superseded, ...[...contenders.values()].flat());
  answer.leftOut.push(...keyless);
  return answer;
}

/** Reads fields of a record by their path, as `Account.Name`, without regard to case. */
function reader(record: Readonly<Record<string, unknown>>): (path: string) => unknown {
  return (path) => {
    let value: unknown = record;
    for (const part of path.split('.')) {
      if (typeof value !== 'object' || value === null) return null;
      const entry = Object.entries(value).find(([name]) => name.toLowerCase() === part.toLowerCase());
      value = entry?.[1] ?? null;
    }
    return value;
  };
}
