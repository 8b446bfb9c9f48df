import type { Knex } from 'knex';
import { SENT_AGAIN } from '../capture/unreached.sql.ts';

/** Opt-outs that are looked at again in one statement: locks stay short. */
const PORTION = 5000;

/**
 * Has opt-outs that reached nobody looked at again, once a day each: a record may have come that no transfer brings. A call
 * of Salesforce finds the records of thousands. Answers how many.
 */
export async function retryUnreached(knex: Knex): Promise<number> {
  let total = 0;
  for (;;) {
    const { rowCount } = await knex.raw<{ rowCount: number }>(
      `UPDATE di.delivery d SET ${SENT_AGAIN}
       WHERE d.id IN (
         SELECT u.id FROM di.delivery u WHERE u.state = 'unreached' AND u.due_at <= now()
         ORDER BY u.integration_id, u.identity_id LIMIT ${PORTION} FOR UPDATE SKIP LOCKED)`,
    );
    total += rowCount;
    if (rowCount < PORTION) return total;
  }
}
