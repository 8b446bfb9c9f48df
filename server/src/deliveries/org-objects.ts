import type { Knex } from 'knex';
import type { OrgObject, SalesforceOrg } from '../salesforce/org.ts';

/** Asks an org what an object is, and keeps the answer. Throws SalesforceFault. */
export async function describeObject(knex: Knex, org: SalesforceOrg, object: string): Promise<OrgObject> {
  const described = await org.describe(object);
  await knex('di.org_object')
    .insert({
      connection_id: org.connectionId,
      object: object.toLowerCase(),
      described: JSON.stringify(described),
      described_at: knex.fn.now(),
    })
    .onConflict(['connection_id', 'object'])
    .merge();
  return described;
}

/** What an org said of an object when it was last asked; null where it was not. */
export async function keptObject(
  knex: Knex,
  connectionId: string,
  object: string,
): Promise<OrgObject | null> {
  const row = await knex('di.org_object')
    .where({ connection_id: connectionId, object: object.toLowerCase() })
    .first<{ described: OrgObject } | undefined>('described');
  return row?.described ?? null;
}
