import { quoteIdentifier, quoteTable } from '../../database/identifiers.ts';
import type { Session } from '../../database/session.ts';
import { keyFields } from '../../people/record-keys.ts';
import { sqlType } from '../../values/field-types.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Integration } from '../integrations/integrations.ts';

/** Rows of deliveries that have come to their end, which are marked as long as anything waits of them. */
export class MarkedRows {
  readonly #session: Session;
  readonly #integration: Integration;
  /** Their keys, as both statements take them; null where there are none. */
  readonly #keys: string | null;

  constructor(session: Session, integration: Integration, claims: readonly Claim[]) {
    this.#session = session;
    this.#integration = integration;
    this.#keys = claims.length === 0 ? null : keysOf(claims);
  }

  /**
   * Locks those that are marked, as writers of rows do before they note a change: whoever changes one of them now comes
   * after the end. Call it before the deliveries are locked.
   */
  async hold(): Promise<void> {
    if (this.#keys === null) return;
    const { table, keys, same } = rowsOf(this.#integration);
    const ordered = keys.map((key) => `k.${key}`).join(', ');
    await this.#session.query(
      `SELECT FROM (SELECT * FROM ${keysGiven(this.#integration)} ORDER BY ${ordered}) k
       CROSS JOIN LATERAL (SELECT FROM ${table} r WHERE ${same} AND r."_edited_at" IS NOT NULL FOR UPDATE) l`,
      [this.#keys],
    );
  }

  /**
   * Takes the mark off those of which nothing waits any more. Each is asked for by itself: an outbox that was full a moment
   * ago is taken for empty, and would be read whole for each row that it is joined with.
   */
  async unmark(): Promise<void> {
    if (this.#keys === null) return;
    const { table, same } = rowsOf(this.#integration);
    await this.#session.query(
      `UPDATE ${table} r SET "_edited_at" = NULL FROM ${keysGiven(this.#integration)}
       WHERE ${same} AND r."_edited_at" IS NOT NULL
         AND (SELECT count(*) FROM di.delivery d JOIN di.integration g ON g.id = d.integration_id
           WHERE d.identity_id = k."_identity" AND d.row_change IS NOT NULL AND g.table_id = $2) = 0`,
      [this.#keys, this.#integration.tableId],
    );
  }
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
