import { z } from 'zod';
import { sentenceAnswer } from '../../messages/message-answer.ts';

export const ACTIVITY_KINDS = ['delivery', 'event', 'action', 'import'] as const;
export type ActivityKind = (typeof ACTIVITY_KINDS)[number];

/** What became of an entry, whatever its kind. */
export const ACTIVITY_STATUSES = ['waiting', 'done', 'no-record', 'failed'] as const;
export type ActivityStatus = (typeof ACTIVITY_STATUSES)[number];

const text = z.string().max(255);

/** Which entries are asked for. */
export const activityQuery = z.strictObject({
  kind: z.enum(ACTIVITY_KINDS).optional(),
  status: z.enum(ACTIVITY_STATUSES).optional(),
  project: text.optional(),
  connection: z.uuid().optional(),
  owner: z
    .uuid()
    .optional()
    .meta({ description: 'An integration, a source of events, an action or an import' }),
  search: text.optional().meta({
    description:
      'A whole primary key, an id of a record, whom an event or item is for, or its key; of imports a part of the name. Of events and items the last 20,000 of each source or action are looked at',
  }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(2000).optional().meta({ description: 'What the page before answered as next' }),
});
export type ActivitySelection = Omit<z.output<typeof activityQuery>, 'limit' | 'after'>;

const value = z.unknown().meta({ description: 'As JSON; not there where it is not known' });

/** One thing that went to Salesforce, waits to go, or came to nothing. */
export const activityAnswer = z.object({
  id: z.string().meta({ description: 'Of its kind; what replays and retries take' }),
  kind: z.enum(ACTIVITY_KINDS),
  status: z.enum(ACTIVITY_STATUSES).meta({
    description:
      'no-record: Salesforce has no record of it; an opt-out stays, and is sent when one comes. Of what failed nothing happens until it is replayed',
  }),
  outcome: z.string().meta({
    description:
      'Of deliveries created, updated, deleted, no-record, gone, pending, unreached or dead; of events and items delivered, waiting or failed; of imports their status',
  }),
  at: z.iso.datetime().meta({ description: 'When it ended; of what waits, when it is due' }),
  changedAt: z.iso.datetime().meta({ description: 'When it was asked for' }),
  owner: z.object({ id: z.uuid(), name: z.string() }),
  project: z.string(),
  connection: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  object: z.string().nullable(),
  table: z.string().nullable(),
  key: z.record(z.string(), z.unknown()).nullable().meta({ description: 'The row’s primary key' }),
  changes: z.array(z.string()).meta({ description: 'What asked for it' }),
  records: z.array(z.string()).meta({ description: 'Ids of records' }),
  attempts: z.int().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  sentence: sentenceAnswer,
  fields: z
    .array(z.object({ field: z.string(), before: value.optional(), after: value.optional() }))
    .meta({ description: 'What was sent, by field; before is what was there when it was last sent' }),
  counts: z.record(z.string(), z.number()).nullable().meta({ description: 'Of an import’s rows' }),
  canReplay: z.boolean(),
});
export type Activity = z.input<typeof activityAnswer>;
