import { z } from 'zod';
import { fieldName } from '../../http/inputs.ts';
import { isTimeZone, nextMoment } from '../../jobs/schedules.ts';

/** Which records of the object are fetched. */
export const selectionSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('all') }),
  z.strictObject({
    type: z.literal('checkbox'),
    field: fieldName.meta({
      description: 'Records with it checked are kept in step; unchecked ones are archived',
    }),
  }),
  z.strictObject({
    type: z.literal('query'),
    soql: z
      .string()
      .max(20_000)
      .meta({ description: 'A SELECT of mapped fields from the object, with any WHERE, ORDER BY and LIMIT' }),
  }),
]);
export type Selection = z.output<typeof selectionSchema>;

/** When a pull runs by itself: nightly, unless told otherwise. */
export const scheduleSchema = z.strictObject({
  cron: z
    .string()
    .max(100)
    .refine((text) => isCron(text), 'is no cron expression of five fields: 0 2 * * * is every night at two')
    .default('0 2 * * *'),
  timeZone: z
    .string()
    .max(60)
    .refine((text) => isTimeZone(text), 'is no time zone: Europe/Paris, America/Montreal, UTC')
    .default('UTC'),
});
export type Schedule = z.output<typeof scheduleSchema>;

/** Settings of a pull beside what it is for. */
export const settingsSchema = z.strictObject({
  selection: selectionSchema,
  schedule: scheduleSchema,
  isEnabled: z.boolean().meta({ description: 'Runs by schedule; a disabled pull runs on demand only' }),
  bulkThreshold: z
    .int()
    .min(0)
    .max(10_000_000)
    .meta({ description: 'Records from which on Bulk API 2.0 fetches them, not REST pages of 2,000' }),
  fullEveryDays: z.int().min(1).max(365).meta({
    description:
      'Days between runs that fetch everything: they see formulas, and records that left the selection',
  }),
});
export type PullSettings = z.output<typeof settingsSchema>;

/** The next moment of a schedule after another; null where there is none. */
export function nextRun({ cron, timeZone }: Schedule, after: Date): Date | null {
  return nextMoment(cron, timeZone, after);
}

function isCron(text: string): boolean {
  if (text.trim().split(/\s+/).length !== 5) return false;
  try {
    return nextMoment(text, 'UTC', new Date()) !== null;
  } catch {
    return false;
  }
}
