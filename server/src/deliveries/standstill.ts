import type pg from 'pg';
import type { SalesforceOrg } from '../salesforce/org.ts';
import type { DrainServices } from './drain.ts';
import type { Integration } from './integrations.ts';

/** Minutes that an integration waits whose share of API calls is used up: Salesforce counts those of the last 24 hours. */
const BUDGET_PAUSE = 15;
/** Dead letters of an integration that somebody is told of. */
const MANY_DEAD = 100;

type Told = Pick<DrainServices, 'database' | 'incidents'>;

const keyOf = ({ accountId, connectionId, name }: Integration) => ({
  accountId,
  connectionId,
  subject: name,
});

/** Stops an integration that the org has no place for any more: what waits, waits until somebody activates it again. */
export async function stopIntegration(
  { database, incidents }: Told,
  integration: Integration,
  { code, message }: { readonly code: string; readonly message: string },
): Promise<void> {
  const { knex } = database;
  await knex('di.integration')
    .where({ id: integration.id, version: integration.version })
    .update({ stopped_at: knex.fn.now(), stopped_code: code, stopped_message: message });
  await incidents.open(knex, { ...keyOf(integration), kind: 'integration-stopped', message });
}

/** Has an integration wait whose share of the org's calls is used up. */
export async function restIntegration(
  { database, incidents }: Told,
  integration: Integration,
  org: SalesforceOrg,
): Promise<void> {
  const { knex } = database;
  const share = Math.round(integration.settings.apiShare * 100);
  const { used, limit } = org.usage ?? { used: 0, limit: 0 };
  const message = `The org has used ${used} of its ${limit} API calls of 24 hours; ${integration.name} stops at ${share} %, and goes on when it is less.`;
  await knex('di.integration')
    .where({ id: integration.id })
    .update({
      waits_until: knex.raw('now() + make_interval(mins => ?)', [BUDGET_PAUSE]),
      waits_message: message,
    });
  await incidents.open(knex, { ...keyOf(integration), kind: 'api-budget-used', message });
}

/** After an integration has sent all that was due: it no longer waits, and few or many of its deliveries are dead. */
export async function afterDrain({ database, incidents }: Told, integration: Integration): Promise<void> {
  const { knex, pool } = database;
  if (integration.waitsMessage !== null) {
    await knex('di.integration')
      .where({ id: integration.id })
      .update({ waits_until: null, waits_message: null });
    await incidents.close(knex, { ...keyOf(integration), kind: 'api-budget-used' });
  }
  const kind = 'deliveries-dead';
  const dead = await countDead(pool, integration.id);
  if (dead < MANY_DEAD) await incidents.close(knex, { ...keyOf(integration), kind });
  else
    await incidents.open(knex, {
      ...keyOf(integration),
      kind,
      message: `${MANY_DEAD} or more deliveries of ${integration.name} were given up. Their reasons are listed with them; replay or discard them.`,
    });
}

async function countDead(pool: pg.Pool, integrationId: string): Promise<number> {
  const found = await pool.query<{ count: number }>(
    `SELECT count(*) AS count FROM (
       SELECT FROM di.delivery WHERE integration_id = $1 AND state = 'dead' LIMIT $2) d`,
    [integrationId, MANY_DEAD],
  );
  return found.rows[0]?.count ?? 0;
}
