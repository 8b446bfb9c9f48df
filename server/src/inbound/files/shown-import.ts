import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { z } from 'zod';
import { foundSchema, settingsSchema } from './import-settings.ts';
import { IMPORT_STATUSES, type Import } from './imports.ts';

const count = z.int().min(0);

/** An import as the API shows it. */
export const importAnswer = z.object({
  id: z.uuid(),
  name: z.string(),
  project: z.string(),
  table: z.string().nullable(),
  connection: z.uuid().nullable(),
  object: z.string().nullable(),
  status: z.enum(IMPORT_STATUSES),
  message: z.string().nullable().meta({ description: 'Why it failed, or what it waits for' }),
  sentence: sentenceAnswer,
  bytes: count.meta({ description: 'Of the file, as far as it has come' }),
  found: foundSchema.nullable(),
  settings: settingsSchema.nullable(),
  isDryRun: z.boolean().meta({ description: 'The counts are of a check; nothing was written' }),
  counts: z.object({ rows: count, created: count, updated: count, unchanged: count, rejected: count }),
  progress: z.object({
    share: z.number().meta({ description: 'Of the file, from 0 to 1' }),
    estimatedRows: count.nullable(),
    rowsPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});

export function shownImport(given: Import): z.input<typeof importAnswer> {
  const { target } = given;
  return {
    id: given.id,
    name: given.name,
    project: given.project,
    table: given.table,
    connection: target.kind === 'object' ? target.connectionId : null,
    object: target.kind === 'object' ? target.object : null,
    status: given.status,
    ...worded(given.message),
    bytes: given.bytes,
    found: given.found,
    settings: given.settings,
    isDryRun: given.isDryRun,
    counts: given.counts,
    progress: progressOf(given),
    createdAt: given.createdAt.toISOString(),
    startedAt: given.startedAt?.toISOString() ?? null,
    finishedAt: given.finishedAt?.toISOString() ?? null,
  };
}

/** Lines tell how far it is: values of several lines make rows fewer than lines, and rows are estimated by them. */
function progressOf({
  counts,
  line,
  found,
  seconds,
  status,
  startedAt,
}: Import): z.input<typeof importAnswer>['progress'] {
  const lines = Math.max(1, (found?.lines ?? 1) - 1);
  const isOver = status === 'done' || (status === 'ready' && startedAt !== null);
  const done = Math.min(Math.max(0, line - 2), lines);
  const share = isOver ? 1 : Math.round((done / lines) * 10_000) / 10_000;
  const rate = seconds > 0 ? counts.rows / seconds : null;
  const estimated = isOver ? counts.rows : share > 0 ? Math.round(counts.rows / share) : found ? lines : null;
  const left = rate !== null && rate > 0 && estimated !== null ? (estimated - counts.rows) / rate : null;
  return {
    share,
    estimatedRows: estimated,
    rowsPerSecond: rate === null ? null : Math.round(rate * 10) / 10,
    secondsLeft: left === null ? null : Math.max(0, Math.round(left * 10) / 10),
  };
}
