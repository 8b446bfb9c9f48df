import type { Knex } from 'knex';
import { allOccasionFunctions } from './outbound/actions/occasions.ts';
import { renewFunctions } from './database/trigger-functions.ts';
import { allCaptureFunctions, refreshOldCaptures } from './outbound/integrations/refresh-capture.ts';

/** Lets the triggers on tables of projects do what this version of the server has them do. */
export async function renewTriggers(knex: Knex): Promise<void> {
  await knex.transaction(async (transaction) => {
    await renewFunctions(transaction, [
      ...(await allCaptureFunctions(transaction)),
      ...(await allOccasionFunctions(transaction)),
    ]);
    await refreshOldCaptures(transaction);
  });
}
