import type { Request } from 'express';
import { z } from 'zod';
import { knexSession } from '../database/session.ts';
import { sqlState } from '../database/sql-state.ts';
import { lookupName } from '../http/inputs.ts';
import { badRequest, conflict } from '../http/problem.ts';
import { accountEndpoint, type Route } from '../http/route.ts';
import { Projects } from '../projects/projects.ts';
import { changeConsent, changeSchema, MOST_CHANGES, type ChangeResult } from './consent-changes.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { CONSENT_STATUSES } from './consent-rules.ts';
import { contactsOf } from './contacts.ts';
import { currentMoment } from './moments.ts';
import { OptIns } from './opt-ins.ts';

/** Two thousand changes, each with a proof of some size. */
const BODY_LIMIT = 8_000_000;

const count = z.int().min(0);
const answer = z.object({
  applied: count,
  unchanged: count,
  overruled: count,
  rejected: count,
  results: z.array(
    z.object({
      index: count,
      result: z.enum(['applied', 'unchanged', 'overruled', 'rejected']),
      code: z.string().nullable(),
      message: z.string().nullable(),
      status: z.enum(CONSENT_STATUSES).nullable(),
      isReplay: z.boolean(),
    }),
  ),
});

/** What people said, many at once. */
export function postConsent(keys: ConsentKeys): Route {
  return accountEndpoint({
    method: 'post',
    path: '/v1/admin/projects/{project}/consent',
    scope: 'consent:write',
    tag: 'Consent',
    summary: 'Records what people said about opt-ins, up to 2,000 at once',
    description:
      'Each change is answered for itself, in the order given. What stands depends on when people did things, not on when it is told. With an Idempotency-Key, or a reference of a change, the same told twice is recorded once.',
    headers: z.object({ 'Idempotency-Key': z.string().min(1).max(150).optional() }),
    params: z.strictObject({ project: lookupName }),
    body: z.strictObject({ changes: z.array(changeSchema).min(1).max(MOST_CHANGES) }),
    bodyLimit: BODY_LIMIT,
    answer: { schema: answer },
    handle: async ({ knex, caller, params, body, request, audit }) => {
      const project = await new Projects(knex, caller.accountId).findOpen(params.project);
      const context = {
        projectId: project.id,
        contacts: await contactsOf(knex, caller.accountId, project),
        optIns: await new OptIns(knex, project.id).list(),
        keys,
        actor: caller.actor,
        now: await currentMoment(knexSession(knex)),
        idempotencyKey: readIdempotencyKey(request),
      };
      const results = await changeConsent(knex, context, body.changes).catch(refuseTwin);
      const counts = countResults(results);
      audit({ action: 'consent.changed', subject: project.code, detail: counts });
      return { ...counts, results };
    },
  });
}

/** Two calls with one reference for two persons at the same time: neither waited for the other. */
function refuseTwin(error: unknown): never {
  const isTwin = sqlState(error) === '23505' && error instanceof Error && error.message.includes('reference');
  if (!isTwin) throw error;
  throw conflict(
    'reference-in-use',
    'A reference of these changes is being used by another call. Send them again.',
  );
}

export function readIdempotencyKey(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  if (!/^[\x21-\x7e]{1,150}$/.test(key))
    throw badRequest('idempotency-key', 'Send an Idempotency-Key of 1 to 150 visible characters.');
  return key;
}

function countResults(results: readonly ChangeResult[]): Record<ChangeResult['result'], number> {
  const counts = { applied: 0, unchanged: 0, overruled: 0, rejected: 0 };
  for (const { result } of results) counts[result] += 1;
  return counts;
}
