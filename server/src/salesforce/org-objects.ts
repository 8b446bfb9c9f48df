import type { Knex } from 'knex';
import type { OrgObject } from './org.ts';

/** What an org said of an object, and when. */
export interface KeptObject {
  readonly object: OrgObject;
  readonly describedAt: Date;
}

/** Keeps what an org says of an object, in the place of what it said before. */
export async function keepObject(knex: Knex, connectionId: string, described: OrgObject): Promise<void> {
  await knex('di.org_object')
    .insert({
      connection_id: connectionId,
      object: described.name.toLowerCase(),
      described: JSON.stringify(described),
      described_at: knex.fn.now(),
    })
    .onConflict(['connection_id', 'object'])
    .merge();
}

/** What an org said of an object when it was last asked; null where it was not. */
export async function keptObject(
  knex: Knex,
  connectionId: string,
  object: string,
): Promise<KeptObject | null> {
  const row = await knex('di.org_object')
    .where({ connection_id: connectionId, object: object.toLowerCase() })
    .first<{ described: OrgObject; described_at: Date } | undefined>('described', 'described_at');
  return row ? { object: row.described, describedAt: row.described_at } : null;
}

/** The org does not have the object any more. */
export async function forgetObject(knex: Knex, connectionId: string, object: string): Promise<void> {
  await knex('di.org_object').where({ connection_id: connectionId, object: object.toLowerCase() }).delete();
}
