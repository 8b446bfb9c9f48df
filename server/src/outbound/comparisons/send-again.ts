import { quoteTable } from '../../database/identifiers.ts';
import { knexSession, type Session } from '../../database/session.ts';
import { hasKey, keyFields } from '../../people/record-keys.ts';
import { COALESCE } from '../capture/capture.sql.ts';
import type { Integration } from '../integrations/integrations.ts';
import { settleWanted, type WantedDifference } from './differences.ts';
import type { Ground, Sending } from './ground.ts';

/** Makes deliveries of rows, as an edit of theirs would. */
export async function sendAgain(ground: Ground, wanted: readonly WantedDifference[]): Promise<void> {
  const { database, sendings, run, comparison } = ground;
  const sent: number[] = [];
  const open = new Map<number, string>();
  await database.knex.transaction(async (transaction) => {
    const session = knexSession(transaction);
    await run.lease.fence(session);
    for (const sending of sendings) {
      const own = wanted.filter(({ integration_id: id }) => id === sending.integration.id);
      if (own.length === 0) continue;
      const made = new Set(await deliver(session, sending, own));
      for (const { id, identity_id: identity } of own)
        if (made.has(identity)) sent.push(id);
        else open.set(id, `There is no such row in ${comparison.table.code} any more.`);
    }
    const known = new Set(sendings.map(({ integration }) => integration.id));
    for (const { id, integration_id: integration } of wanted)
      if (integration === null || !known.has(integration)) open.set(id, NOTHING_SENDS);
    await settleWanted(transaction, 'send', sent, open);
  });
}

const NOTHING_SENDS =
  'The integration that would send the row is not active: activate it, and send the row again.';

/**
 * Marks rows as edited and notes their deliveries. The base of a column that comes back is what Salesforce says now, so that
 * the row's value is written unless it changes there before that; of any other it is what the row does not say. Answers
 * whose rows are there.
 */
async function deliver(
  session: Session,
  { integration }: Sending,
  wanted: readonly WantedDifference[],
): Promise<string[]> {
  const { table, schemaName, connectionId } = integration;
  const rows = await session.query<{ identity: string }>(
    `WITH held AS MATERIALIZED (
       SELECT DISTINCT i.id, i.record_key FROM di.record_identity i WHERE i.id = ANY ($1::uuid[]) ORDER BY i.record_key)
     UPDATE ${quoteTable(schemaName, table.code)} r SET "_edited_at" = clock_timestamp() FROM held h
     WHERE ${hasKey(keyFields(table), 'r', 'h.record_key')} AND r."_archived_at" IS NULL RETURNING h.id AS identity`,
    [wanted.map(({ identity_id: id }) => id)],
  );
  const present = new Set(rows.map(({ identity }) => identity));
  const there = wanted.filter(({ identity_id: id }) => present.has(id));
  await session.query(
    `INSERT INTO di.delivery AS d (integration_id, connection_id, identity_id, row_change, base, edited_at, is_consent_changed, due_at)
     SELECT $1::uuid, $2::uuid, w.identity_id, CASE WHEN w.is_missing THEN 'created' ELSE 'updated' END, w.base,
       (SELECT jsonb_object_agg(k.name, clock_timestamp()) FROM jsonb_object_keys(w.base) AS k (name)), false, now()
     FROM (
       SELECT f.identity_id, bool_or(f.kind = 'missing-record') AS is_missing,
         CASE WHEN bool_or(f.kind = 'missing-record') THEN $4::jsonb ELSE '{}' END || coalesce(
           jsonb_object_agg(f.column_name, CASE WHEN f.may_take THEN f.salesforce_value
             WHEN f.row_value = 'null' THEN '""'::jsonb ELSE 'null'::jsonb END) FILTER (WHERE f.kind = 'field'), '{}') AS base
       FROM di.difference f WHERE f.id = ANY ($3::bigint[]) GROUP BY f.identity_id) w
     ORDER BY 1, 3 ${COALESCE}`,
    [integration.id, connectionId, there.map(({ id }) => id), nothingBefore(integration)],
  );
  return [...present];
}

/** Of a record that is to be made nothing is there before. */
function nothingBefore({ mapping }: Integration): string {
  const columns = mapping.flatMap((entry) =>
    'column' in entry && entry.on === 'always' ? [entry.column] : [],
  );
  return JSON.stringify(Object.fromEntries(columns.map((name) => [name, null])));
}
