import type pg from 'pg';
import { objectOf } from '../../records/rival-values.sql.ts';
import { say } from '../../messages/message.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Integration } from '../integrations/integrations.ts';
import { isOfOtherObject } from './known-record.ts';
import type { Retried } from '../deliveries/outcomes.ts';
import type { PlanContext } from './plan.ts';

/** Whether the ids in the table's rows are this org's: only one connection brings records into it, and this is it. */
export async function isOwnOrg(
  pool: pg.Pool,
  { tableId, connectionId, object }: Pick<Integration, 'tableId' | 'connectionId' | 'object'>,
): Promise<boolean> {
  const found = await pool.query<{ own: number; others: number }>(
    `SELECT count(*) FILTER (WHERE connection_id = $2 AND lower(object) = lower($3)) AS own,
       count(*) FILTER (WHERE connection_id <> $2) AS others
     FROM di.transfer WHERE table_id = $1`,
    [tableId, connectionId, object],
  );
  const [row] = found.rows;
  return row !== undefined && row.own > 0 && row.others === 0;
}

/** Whether what rows say that became records of another object, a lead's, say, is sent to those by another integration. */
export async function isSentElsewhere(
  pool: pg.Pool,
  { id, tableId, connectionId, object }: Integration,
): Promise<boolean> {
  const { rows } = await pool.query(
    `SELECT FROM di.integration g
     WHERE g.table_id = $2 AND g.connection_id = $3 AND g.id <> $1 AND lower(g.object) <> lower($4)
       AND g.status IN ('active', 'paused') AND 'updated' = ANY (g.operations) LIMIT 1`,
    [id, tableId, connectionId, object],
  );
  return rows.length > 0;
}

/**
 * Of changes of rows that became records of another object those that still wait to be sent to that one, by another integration:
 * until then the row may come back, and who has the row gets them.
 */
export async function waitingElsewhere(
  pool: pg.Pool,
  { integration, state, ...context }: PlanContext,
  claims: readonly Claim[],
): Promise<ReadonlySet<string>> {
  if (!context.isSentElsewhere) return new Set();
  const elsewhere = claims.flatMap(({ identityId, rowChange, isConsentChanged }) => {
    const row = state.rows.get(identityId);
    const isHeld = rowChange !== null && rowChange !== 'deleted' && !isConsentChanged;
    if (!row || row.isArchived || !isHeld) return [];
    return isOfOtherObject(row.salesforceId, context) ? [{ identityId, recordId: row.salesforceId }] : [];
  });
  if (elsewhere.length === 0) return new Set();
  const found = await pool.query<{ id: string }>(
    `SELECT r.id FROM unnest($3::uuid[], $4::text[]) AS r (id, record_id)
     CROSS JOIN LATERAL (SELECT ${objectOf({ tableId: '$1::uuid', id: 'r.record_id' })} AS name) AS o
     WHERE EXISTS (
       SELECT FROM di.delivery d JOIN di.integration g ON g.id = d.integration_id
       WHERE d.identity_id = r.id AND d.row_change IS NOT NULL AND g.table_id = $1::uuid AND g.connection_id = $2
         AND lower(g.object) = o.name AND g.status IN ('active', 'paused') AND 'updated' = ANY (g.operations))`,
    [
      integration.tableId,
      integration.connectionId,
      elsewhere.map(({ identityId }) => identityId),
      elsewhere.map(({ recordId }) => recordId),
    ],
  );
  return new Set(found.rows.map(({ id }) => id));
}

/** A change that waits for what becomes of it elsewhere. */
export const heldForAnotherObject = (claim: Claim, { object }: Integration): Retried => ({
  claim,
  outcome: 'retry',
  code: 'record-of-another-object',
  message: say('deliveries.of-another-object', { object }),
});
