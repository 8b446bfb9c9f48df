import type { Knex } from 'knex';
import type { IncidentKind } from '../../connections/incidents.ts';
import { checkEnding } from '../../jobs/interrupted.ts';
import type { ScheduledJob } from '../../jobs/scheduled-jobs.ts';
import { SalesforceFault, type SalesforceOrgs } from '../../salesforce/org.ts';

/** What any call that works ends, whoever makes it. */
const ENDED_BY_A_CALL: readonly IncidentKind[] = ['api-unavailable', 'api-budget-used'];

/**
 * Asks orgs that were away, or had no calls left, whether they are back: where nothing waits to be sent or fetched, nobody
 * else would find out, and health would go on telling of it.
 */
export function askAgain(knex: Knex, orgs: SalesforceOrgs): ScheduledJob {
  return {
    name: 'asking-again',
    schedule: '*/10 * * * *',
    run: async (ending) => {
      let answered = 0;
      const connections = await troubledConnections(knex);
      for (const id of connections) {
        checkEnding(ending);
        if (await answers(orgs, id)) answered += 1;
      }
      return { asked: connections.length, answered };
    },
  };
}

async function troubledConnections(knex: Knex): Promise<string[]> {
  const rows = await knex('di.incident as i')
    .join('di.connection as c', 'c.id', 'i.connection_id')
    .whereNull('i.closed_at')
    .whereIn('i.kind', [...ENDED_BY_A_CALL])
    .where('c.status', 'active')
    .distinct<{ id: string }[]>('c.id');
  return rows.map(({ id }) => id);
}

/** The call itself ends the incident, or keeps it open. */
async function answers(orgs: SalesforceOrgs, connectionId: string): Promise<boolean> {
  try {
    const org = await orgs.open(connectionId, 'checks');
    await org.query('SELECT Id FROM Organization LIMIT 1')[Symbol.asyncIterator]().next();
    return true;
  } catch (error) {
    if (error instanceof SalesforceFault) return false;
    throw error;
  }
}
