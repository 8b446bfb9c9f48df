import type { Knex } from 'knex';
import { z } from 'zod';
import { ofAccount } from './delivery-list.ts';
import { Integrations } from '../integrations/integrations.ts';
import { keepUnsentEdits } from '../integrations/unsent-edits.ts';
import { GONE } from '../../salesforce/error-codes.ts';

/** Which dead letters are meant: some by their ids, or all of an integration, or those of one reason. */
export const deadLettersSchema = z.strictObject({
  integration: z.uuid(),
  ids: z
    .array(
      z
        .string()
        .max(18)
        .regex(/^\d{1,18}$/),
    )
    .min(1)
    .max(1000)
    .optional(),
  code: z.string().max(200).optional(),
});
export type DeadLetters = z.output<typeof deadLettersSchema> & {
  /** Only what was given up, or only opt-outs that reached nobody; both where nothing is said. */
  readonly state?: 'dead' | 'unreached';
};

/** Sends dead letters again, and opt-outs that reached nobody; answers how many. A record that was deleted in the org is created again, where creating is checked. */
export function replay(knex: Knex, accountId: string, meant: DeadLetters): Promise<number> {
  return knex('di.delivery')
    .whereIn('id', dead(knex, accountId, meant))
    .update({
      state: 'pending',
      attempts: 0,
      due_at: knex.fn.now(),
      revision: knex.raw('revision + 1'),
      row_change: knex.raw(
        `CASE WHEN last_code = ANY (?) AND row_change IS NOT NULL AND EXISTS (
           SELECT FROM di.integration g WHERE g.id = integration_id AND 'created' = ANY (g.operations))
         THEN 'created' ELSE row_change END`,
        [[...GONE]],
      ),
    });
}

/**
 * Forgets dead letters; answers how many. Opt-outs that reached nobody are forgotten only where they are meant by their ids
 * or their reason: they are still owed. What Salesforce's next word will be written over is kept as conflicts.
 */
export async function discard(knex: Knex, accountId: string, meant: DeadLetters): Promise<number> {
  const integration = await new Integrations(knex, accountId).find(meant.integration);
  const all = meant.ids === undefined && meant.code === undefined && meant.state === undefined;
  const ids = await knex('di.delivery')
    .whereIn('id', dead(knex, accountId, all ? { ...meant, state: 'dead' } : meant))
    .orderBy('identity_id')
    .forUpdate()
    .pluck<number[]>('id');
  await keepUnsentEdits(knex, integration, ids);
  return knex('di.delivery').whereIn('id', ids).delete();
}

function dead(
  knex: Knex,
  accountId: string,
  { integration, ids, code, state }: DeadLetters,
): Knex.QueryBuilder {
  const query = ofAccount(knex, accountId, { integration, code })
    .whereIn('d.state', state === undefined ? ['dead', 'unreached'] : [state])
    .select('d.id');
  return ids === undefined ? query : query.whereIn('d.id', ids);
}
