import type { Knex } from 'knex';
import type { SalesforceOrg } from '../salesforce/org.ts';
import type { Deployment } from './deployments.ts';

/** Hours after which a removal that failed is tried again. */
const RETRY_HOURS = 24;

/** Active transfers of an object in an org, by whichever connection and account: they need its trigger. */
export async function needsOf(knex: Knex, organizationId: string, object: string): Promise<number> {
  const rows = await transfersOf(knex, organizationId, object)
    .where({ 't.status': 'active' })
    .select<{ id: string }[]>('t.id');
  return rows.length;
}

/** Notes that a trigger is in an org, so that it can be taken out again. */
export async function keepTrigger(
  knex: Knex,
  org: SalesforceOrg,
  { accountId, connectionId }: Pick<Deployment, 'accountId' | 'connectionId'>,
  trigger: { readonly object: string; readonly name: string },
): Promise<void> {
  await forgetTrigger(knex, org.organizationId, trigger.object);
  await knex('di.org_trigger').insert({
    account_id: accountId,
    connection_id: connectionId,
    organization_id: org.organizationId,
    ...trigger,
  });
}

export async function forgetTrigger(knex: Knex, organizationId: string, object: string): Promise<void> {
  await triggerOf(knex, organizationId, object).delete();
}

/** The name of the trigger that was deployed for an object; null where none is known. */
export async function keptTrigger(
  knex: Knex,
  organizationId: string,
  object: string,
): Promise<string | null> {
  const row = await triggerOf(knex, organizationId, object).first<{ name: string } | undefined>('name');
  return row?.name ?? null;
}

function triggerOf(knex: Knex, organizationId: string, object: string): Knex.QueryBuilder {
  return knex('di.org_trigger')
    .where({ organization_id: organizationId })
    .whereRaw('lower(object) = lower(?)', [object]);
}

/**
 * Asks for the removal of triggers that no transfer is left for: each of them was of a connection that has been revoked
 * since. Goes through the connection that is still authorized in the org. Answers how many.
 */
export async function retireTriggers(knex: Knex): Promise<number> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>(
    `WITH retired AS (
       SELECT g.id, g.object, way.account_id, way.connection_id
       FROM di.org_trigger g
       CROSS JOIN LATERAL (
         SELECT a.account_id, a.connection_id FROM di.salesforce_authorization a
         JOIN di.connection c ON c.id = a.connection_id AND c.status = 'active'
         WHERE a.organization_id = g.organization_id AND a.account_id = g.account_id AND a.status = 'authorized'
         LIMIT 1) way
       WHERE (g.removal_asked_at IS NULL OR g.removal_asked_at < now() - make_interval(hours => ?))
         AND NOT EXISTS (
           SELECT FROM di.transfer t JOIN di.connection c ON c.id = t.connection_id
           WHERE c.organization_id = g.organization_id AND c.status = 'active'
             AND lower(t.object) = lower(g.object))),
     marked AS (
       UPDATE di.org_trigger g SET removal_asked_at = now() FROM retired
       WHERE g.id = retired.id
         -- Again: another copy of the server may have asked meanwhile.
         AND (g.removal_asked_at IS NULL OR g.removal_asked_at < now() - make_interval(hours => ?))
       RETURNING g.id)
     INSERT INTO di.deployment (account_id, connection_id, kind, object, request, requested_by)
     SELECT r.account_id, r.connection_id, 'trigger-removal', r.object, '{}', 'DI Connect'
     FROM retired r JOIN marked m ON m.id = r.id
     RETURNING id`,
    [RETRY_HOURS, RETRY_HOURS],
  );
  return rows.length;
}

function transfersOf(knex: Knex, organizationId: string, object: string): Knex.QueryBuilder {
  return knex('di.transfer as t')
    .join('di.connection as c', 'c.id', 't.connection_id')
    .where({ 'c.organization_id': organizationId, 'c.status': 'active' })
    .whereRaw('lower(t.object) = lower(?)', [object]);
}
