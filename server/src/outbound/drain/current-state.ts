import type pg from 'pg';
import { currentConsents, type CurrentConsent } from '../../consent/current-consents.ts';
import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import { clientSession } from '../../database/session.ts';
import { sqlType } from '../../values/field-types.ts';
import type { BuiltField } from '../../projects/tables.ts';
import type { Claim } from '../deliveries/claims.ts';
import { columnsAsJson } from '../../projects/column-json.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { RowValues } from './row-mapping.ts';

/** A row as it stands now. */
export interface CurrentRow {
  readonly salesforceId: string | null;
  readonly isArchived: boolean;
  readonly values: RowValues;
  /** What is to be sent. */
  readonly edited: Edited;
}

/** Columns that are no longer what they were when they were last sent; null for every one. */
export type Edited = { readonly columns: ReadonlySet<string>; readonly values: string } | null;

/** What is there now of the records that changed, by identity. */
export interface CurrentState {
  readonly rows: ReadonlyMap<string, CurrentRow>;
  readonly consents: ReadonlyMap<string, CurrentConsent>;
  /** Records that rows or other links still stand for: those are not deleted. */
  readonly usedIds: ReadonlySet<string>;
}

/** Reads the current values of claimed deliveries' rows and consents: a thousand edits are sent as one. */
export async function currentState(
  pool: pg.Pool,
  integration: Integration,
  columns: readonly string[],
  claims: readonly Claim[],
): Promise<CurrentState> {
  return {
    rows: await currentRows(pool, integration, columns, claims),
    consents: integration.optInFields.length === 0 ? new Map() : await consentsOf(pool, integration, claims),
    usedIds: await usedIds(pool, integration, claims),
  };
}

function consentsOf(
  pool: pg.Pool,
  { projectId }: Integration,
  claims: readonly Claim[],
): Promise<ReadonlyMap<string, CurrentConsent>> {
  const changed = new Map(claims.map((claim) => [claim.identityId, claim.changedOptIns]));
  return currentConsents(clientSession(pool), projectId, changed);
}

interface FoundRow {
  readonly _identity: string;
  readonly _salesforce_id: string | null;
  readonly _is_archived: boolean;
  readonly _edited: string | null;
}

/**
 * Of the columns that a delivery has a base of, those that differ from it, with their values. The OFFSET keeps the planner
 * from making the row's object anew for each of them.
 */
const editedSql = (fields: readonly BuiltField[]): string => `
  CASE WHEN k."_base" IS NOT NULL THEN (
    SELECT coalesce(jsonb_object_agg(b.key, n.now->b.key), '{}')::text
    FROM (SELECT ${columnsAsJson('r', fields)} AS now OFFSET 0) n CROSS JOIN jsonb_each(k."_base") b
    WHERE n.now->b.key <> b.value) END AS "_edited"`;

/** Columns of a row `r` as a mapping takes them. A whole number may be longer than JavaScript's are. */
export function columnsRead(fields: readonly BuiltField[]): string[] {
  return fields.map(({ name, type }) => {
    const column = `r.${quoteIdentifier(name)}`;
    return type === 'integer' ? `${column}::text AS ${quoteIdentifier(name)}` : column;
  });
}

async function currentRows(
  pool: pg.Pool,
  { schemaName, table }: Integration,
  columns: readonly string[],
  claims: readonly Claim[],
): Promise<ReadonlyMap<string, CurrentRow>> {
  const fields = table.fields.filter((field) => columns.includes(field.name));
  const keys = table.fields.filter((field) => table.primaryKey.includes(field.name));
  const selected = columnsRead(fields);
  const shape = keys.map((field) => `${quoteIdentifier(field.name)} ${sqlType(field)}`);
  const same = keys.map(({ name }) => `r.${quoteIdentifier(name)} = k.${quoteIdentifier(name)}`);
  const found = await pool.query<FoundRow & Record<string, unknown>>(
    `SELECT ${['k."_identity"', 'r."_salesforce_id"', 'r."_archived_at" IS NOT NULL AS "_is_archived"', editedSql(fields), ...selected].join(', ')}
     FROM jsonb_to_recordset($1::jsonb) AS k ("_identity" uuid, "_base" jsonb, ${shape.join(', ')})
     JOIN ${quoteTable(schemaName, table.code)} r ON ${same.join(' AND ')}`,
    [claimsAsJson(claims)],
  );
  return new Map(
    found.rows.map(({ _identity, _salesforce_id, _is_archived, _edited, ...values }) => [
      _identity,
      { salesforceId: _salesforce_id, isArchived: _is_archived, values, edited: editedOf(_edited) },
    ]),
  );
}

/** Keys and bases of claims. A base stays the text that it is: its numbers may be longer than JavaScript's are. */
function claimsAsJson(claims: readonly Claim[]): string {
  const all = claims.map(({ recordKey, identityId, base }) => {
    const known = JSON.stringify({ ...recordKey, _identity: identityId });
    return base === null ? known : `${known.slice(0, -1)},"_base":${base}}`;
  });
  return `[${all.join(',')}]`;
}

function editedOf(values: string | null): Edited {
  if (values === null) return null;
  const read: unknown = JSON.parse(values);
  return { columns: new Set(typeof read === 'object' && read !== null ? Object.keys(read) : []), values };
}

/**
 * Of the records that deletions name, those that somebody else is now: a row that took another key was deleted under its
 * old one, and two people may turn out to be one.
 */
function usedIds(
  pool: pg.Pool,
  integration: Integration,
  claims: readonly Claim[],
): Promise<ReadonlySet<string>> {
  const deletions = claims.filter((claim) => claim.rowChange === 'deleted');
  const ids = deletions.flatMap((claim) => [claim.salesforceId, claim.linkedId].filter((id) => id !== null));
  return idsInUse(
    pool,
    integration,
    ids,
    deletions.map((claim) => claim.identityId),
  );
}

/** Of some records those that a row of the table came from, or that somebody else than these persons is linked to. */
export async function idsInUse(
  pool: pg.Pool,
  { schemaName, table, connectionId }: Integration,
  ids: readonly string[],
  except: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await pool.query<{ id: string }>(
    `SELECT "_salesforce_id" AS id FROM ${quoteTable(schemaName, table.code)} WHERE "_salesforce_id" = ANY ($1)
     UNION SELECT salesforce_id FROM di.record_link
     WHERE connection_id = $2 AND salesforce_id = ANY ($1) AND NOT identity_id = ANY ($3::uuid[])`,
    [ids, connectionId, except],
  );
  return new Set(found.rows.map((row) => row.id));
}

/** Of some records those that a row of the table came from that is there. */
export async function idsOfRows(
  pool: pg.Pool,
  { schemaName, table }: Integration,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await pool.query<{ id: string }>(
    `SELECT r."_salesforce_id" AS id FROM ${quoteTable(schemaName, table.code)} r
     WHERE r."_salesforce_id" = ANY ($1) AND r."_archived_at" IS NULL`,
    [ids],
  );
  return new Set(found.rows.map((row) => row.id));
}
