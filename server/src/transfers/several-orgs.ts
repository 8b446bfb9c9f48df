import type { Knex } from 'knex';
import { conflict } from '../http/problem.ts';
import { say } from '../messages/message.ts';

interface TwoWays {
  readonly integration: string;
  readonly column: string;
}

/**
 * Throws a 409 problem where two connections fill a table, and an integration writes a column back to the field that its own
 * connection fills it from. A row is one record's at a time, and versions of two orgs say nothing of each other: what one org
 * has changed would be written over by what the other one said before, without a conflict. Call it in the transaction that
 * changes a transfer or an integration, when it is changed. A connection that was revoked fills nothing any more.
 */
export async function refuseSeveralOrgs(knex: Knex, tableId: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: TwoWays[] }>(
    `SELECT g.name AS integration, m.entry->>'column' AS "column"
     FROM di.integration g
     JOIN di.connection own ON own.id = g.connection_id AND own.status = 'active'
     JOIN di.transfer x ON x.table_id = g.table_id AND x.connection_id = g.connection_id AND lower(x.object) = lower(g.object)
     CROSS JOIN LATERAL jsonb_array_elements(g.mapping) AS m (entry)
     JOIN LATERAL jsonb_array_elements(x.mapping) AS e (entry) ON e.entry->>'column' = m.entry->>'column'
       AND lower(e.entry->>'salesforceField') = lower(m.entry->>'salesforceField')
     WHERE g.table_id = :tableId AND g.status = 'active' AND x.status = 'active' AND 'updated' = ANY (g.operations)
       AND m.entry->>'on' = 'always'
       AND EXISTS (
         SELECT FROM di.transfer o JOIN di.connection c ON c.id = o.connection_id AND c.status = 'active'
         WHERE o.table_id = g.table_id AND o.connection_id <> g.connection_id AND o.status = 'active')
     ORDER BY 1, 2 LIMIT 1`,
    { tableId },
  );
  const [found] = rows;
  if (found) throw conflict('several-orgs', say('transfers.several-orgs', { ...found }));
}
