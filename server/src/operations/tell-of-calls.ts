import type { Knex } from 'knex';
import type { TroubleListener } from '../salesforce/connection-calls.ts';
import { closeIncident, openIncident } from '../connections/incidents.ts';

/**
 * Tells of a connection whose calls wait for the org's limit or for its API, and that they go on.
 *
 * @param resume what a connection did not do meanwhile
 */
export function tellOfCalls(
  knex: Knex,
  resume: (transaction: Knex, connectionId: string) => Promise<void>,
): TroubleListener {
  return {
    open: (about, kind, message) => openIncident(knex, { ...about, kind, message }),
    close: (about, kind) =>
      closeIncident(knex, { ...about, kind }, (transaction) => resume(transaction, about.connectionId)),
  };
}
