import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import { keyFields } from '../../people/record-keys.ts';
import { sqlType } from '../../values/field-types.ts';
import type { Claim } from './claims.ts';
import type { Integration } from './integrations.ts';

/**
 * Locks the marked rows of deliveries that have come to their end, as writers of rows do before they note a change: whoever
 * changes one of them now comes after the end. Call it before the deliveries are locked.
 */
export async function holdMarkedRows(
  session: Session,
  integration: Integration,
  claims: readonly Claim[],
): Promise<void> {
  if (claims.length === 0) return;
  const { table, keys, same } = rowsOf(integration);
  const ordered = keys.map((key) => `k.${key}`).join(', ');
  await session.query(
    `SELECT FROM (SELECT * FROM ${keysGiven(integration)} ORDER BY ${ordered}) k
     CROSS JOIN LATERAL (SELECT FROM ${table} r WHERE ${same} AND r."_edited_at" IS NOT NULL FOR UPDATE) l`,
    [keysOf(claims)],
  );
}

/** Takes the mark off rows of which nothing waits any more. */
export async function unmarkRows(
  session: Session,
  integration: Integration,
  claims: readonly Claim[],
): Promise<void> {
  if (claims.length === 0) return;
  const { table, same } = rowsOf(integration);
  await session.query(
    `UPDATE ${table} r SET "_edited_at" = NULL FROM ${keysGiven(integration)}
     WHERE ${same} AND r."_edited_at" IS NOT NULL
       AND NOT EXISTS (
         SELECT FROM di.integration g JOIN di.delivery d ON d.integration_id = g.id
         WHERE g.table_id = $2 AND d.identity_id = k."_identity" AND d.row_change IS NOT NULL)`,
    [keysOf(claims), integration.tableId],
  );
}

function rowsOf({ schemaName, table }: Integration): { table: string; keys: string[]; same: string } {
  const keys = keyFields(table).map(({ name }) => quoteIdentifier(name));
  const same = keys.map((key) => `r.${key} = k.${key}`).join(' AND ');
  return { table: quoteTable(schemaName, table.code), keys, same };
}

function keysGiven({ table }: Integration): string {
  const shape = keyFields(table).map((field) => `${quoteIdentifier(field.name)} ${sqlType(field)}`);
  return `jsonb_to_recordset($1::jsonb) AS k ("_identity" uuid, ${shape.join(', ')})`;
}

const keysOf = (claims: readonly Claim[]): string =>
  JSON.stringify(claims.map(({ recordKey, identityId }) => ({ ...recordKey, _identity: identityId })));
