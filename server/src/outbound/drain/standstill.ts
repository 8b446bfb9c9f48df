import { say } from '../../messages/message.ts';
import type { Knex } from 'knex';
import type pg from 'pg';
import { LIMIT_REST_SECONDS } from '../../salesforce/api-budget.ts';
import type { DrainServices } from './drain-services.ts';
import type { Integration } from '../integrations/integrations.ts';

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
  { code, message: reason }: { readonly code: string; readonly message: string },
): Promise<void> {
  const { knex } = database;
  const message = say('deliveries.stopped', { reason });
  await knex('di.integration')
    .where({ id: integration.id, version: integration.version })
    .update({ stopped_at: knex.fn.now(), stopped_code: code, stopped_message: message });
  await incidents.open(knex, { ...keyOf(integration), kind: 'integration-stopped', message });
}

/** Has the rows of an integration wait whose share of the org's calls is used up; consent goes on. */
export async function restRows(
  { database: { knex } }: Pick<Told, 'database'>,
  integration: Integration,
  message: string,
): Promise<void> {
  await knex('di.integration')
    .where({ id: integration.id })
    .update({
      waits_until: knex.raw('now() + make_interval(secs => ?)', [LIMIT_REST_SECONDS]),
      waits_message: message,
    });
}

/** Has the rows of a connection's integrations sent again at once that wait for API calls. */
export async function resumeRows(knex: Knex, connectionId: string): Promise<void> {
  await knex('di.integration').where({ connection_id: connectionId }).update({ waits_until: null });
}

/** After an integration has sent all that was due: it no longer waits, and few or many of its deliveries are dead. */
export async function afterDrain({ database, incidents }: Told, integration: Integration): Promise<void> {
  const { knex, pool } = database;
  if (integration.waitsMessage !== null)
    await knex('di.integration')
      .where({ id: integration.id })
      .update({ waits_until: null, waits_message: null });
  const kind = 'deliveries-dead';
  const dead = await countDead(pool, integration.id);
  if (dead < MANY_DEAD) await incidents.close(knex, { ...keyOf(integration), kind });
  else
    await incidents.open(knex, {
      ...keyOf(integration),
      kind,
      message: say('deliveries.many-dead', { count: MANY_DEAD, integration: integration.name }),
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
