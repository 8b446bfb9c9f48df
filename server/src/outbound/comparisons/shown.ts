import { z } from 'zod';
import { scheduleSchema } from '../../inbound/pulls/pull-schema.ts';
import { REASONS, RUN_STATES, WORKS, type ComparisonRun } from './comparison-runs.ts';
import type { Comparison } from './comparisons.ts';
import { ACTS, DIFFERENCE_KINDS, type ListedDifference } from './differences.ts';

const count = z.int().min(0);
const moment = z.iso.datetime().nullable();

export const graceSchema = z.int().min(0).max(10_080).meta({
  description:
    'Minutes that a change may be on its way from Salesforce before it counts as missing, 15 unless told otherwise; changes that wait for the next run of a pull are always on their way',
});

export const runAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(WORKS).meta({ description: 'heal takes and sends again what was asked for' }),
  reason: z.enum(['schedule', 'request']),
  state: z.enum(RUN_STATES),
  queuedAt: z.iso.datetime(),
  startedAt: moment,
  finishedAt: moment,
  expected: count.nullable().meta({ description: 'Records that the org counted before' }),
  records: count.meta({ description: 'Records of Salesforce that were compared with their rows' }),
  rows: count.meta({ description: 'Rows whose records were looked for' }),
  explained: z.partialRecord(z.enum(REASONS), count).meta({
    description:
      'How many records and fields differ for a reason that is known, and are no differences: what waits to be sent or was given up, what is on its way, conflicts, rejected records, rivals, records that are left out, what was archived or deleted, and what changed while it was read',
  }),
  differences: count.meta({ description: 'What differs and nothing explains' }),
  code: z.string().nullable(),
  message: z.string().nullable(),
});

export const comparisonAnswer = z.object({
  id: z.uuid(),
  connection: z.uuid(),
  table: z.string(),
  object: z.string(),
  transfer: z.uuid().nullable().meta({ description: 'The active transfer whose records are compared' }),
  schedule: scheduleSchema.nullable(),
  nextRunAt: moment,
  graceMinutes: graceSchema,
  latestRun: runAnswer.nullable(),
  result: runAnswer.nullable().meta({
    description: 'The latest comparing that came to its end: its differences are listed',
  }),
});

export const differenceAnswer = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  kind: z.enum(DIFFERENCE_KINDS),
  key: z.record(z.string(), z.unknown()).meta({ description: 'The row’s primary key' }),
  recordId: z.string().nullable(),
  column: z.string().nullable(),
  field: z.string().nullable(),
  rowValue: z.unknown(),
  salesforceValue: z.unknown(),
  acts: z.array(z.enum(ACTS)).meta({
    description: 'take: Salesforce’s record is taken again; send: the row is sent again',
  }),
  wanted: z.enum(ACTS).nullable().meta({ description: 'What was asked for and is not done yet' }),
  healedAt: moment,
  healedBy: z.enum(ACTS).nullable(),
  message: z.string().nullable().meta({ description: 'Why it could not be healed' }),
});

export function shownRun(run: ComparisonRun): z.input<typeof runAnswer> {
  const { id, kind, reason, state, expected, records, rows, differences, code, message } = run;
  return {
    ...{ id, kind, reason, state, expected, records, rows, differences, code, message },
    explained: { ...run.explained },
    queuedAt: run.queued_at.toISOString(),
    startedAt: run.started_at?.toISOString() ?? null,
    finishedAt: run.finished_at?.toISOString() ?? null,
  };
}

export function shownComparison(
  comparison: Comparison,
  runs: { readonly latest: ComparisonRun | null; readonly result: ComparisonRun | null } | undefined,
): z.input<typeof comparisonAnswer> {
  const { id, connectionId, table, object, transfer, schedule, nextRunAt, graceMinutes } = comparison;
  return {
    ...{ id, object, schedule, graceMinutes },
    connection: connectionId,
    table: table.code,
    transfer: transfer?.id ?? null,
    nextRunAt: nextRunAt?.toISOString() ?? null,
    latestRun: runs?.latest ? shownRun(runs.latest) : null,
    result: runs?.result ? shownRun(runs.result) : null,
  };
}

export function shownDifference(row: ListedDifference): z.input<typeof differenceAnswer> {
  const acts = [
    ...(row.may_take && row.salesforce_id !== null ? (['take'] as const) : []),
    ...(row.integration_id !== null ? (['send'] as const) : []),
  ];
  return {
    ...{ kind: row.kind, acts, wanted: row.wanted, message: row.message },
    id: String(row.id),
    at: row.at.toISOString(),
    key: row.record_key,
    recordId: row.salesforce_id,
    column: row.column_name,
    field: row.field,
    rowValue: row.row_value,
    salesforceValue: row.salesforce_value,
    healedAt: row.healed_at?.toISOString() ?? null,
    healedBy: row.healed_by,
  };
}
