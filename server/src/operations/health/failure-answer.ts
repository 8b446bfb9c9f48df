import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import { z } from 'zod';
import { SCOPES } from '../../access/scopes.ts';
import { canReplay, remedyScope } from './failure-remedies.ts';
import { FAILURE_KINDS, type Failure } from './failures.ts';

export const failureAnswer = z.object({
  kind: z.enum(FAILURE_KINDS),
  subject: z.string().meta({ description: 'What failed: with its kind it is replayed and discarded by it' }),
  name: z.string().meta({ description: 'What people call it' }),
  project: z.string(),
  connection: z.object({ id: z.uuid(), name: z.string() }).nullable(),
  transfer: z.uuid().nullable().meta({ description: 'Of batches, records and pulls, where there is one' }),
  code: z.string().nullable().meta({ description: 'Of the latest failure' }),
  message: z.string().nullable(),
  sentence: sentenceAnswer,
  canReplay: z.boolean().meta({ description: 'Whether it is done again by POST /v1/admin/failures/replay' }),
  remedyScope: z.enum(SCOPES).meta({
    description: 'What somebody must be allowed who replays or discards it, beside connections:write',
  }),
  count: z
    .int()
    .meta({ description: 'Records, deliveries, events or items; tried several times, each is one' }),
  since: z.iso.datetime(),
  latest: z.iso.datetime(),
});

/** A failure as it is answered. */
export function shownFailure(failure: Failure): z.input<typeof failureAnswer> {
  const { accountId: _account, since, latest, ...shown } = failure;
  return {
    ...shown,
    ...worded(shown.message),
    canReplay: canReplay(failure.kind),
    remedyScope: remedyScope(failure.kind),
    since: since.toISOString(),
    latest: latest.toISOString(),
  };
}
