import type { Knex } from 'knex';
import { quoteIdentifier, quoteTable } from '../database/identifiers.ts';
import { knexSession } from '../database/session.ts';
import type { RecordKey } from '../people/record-identities.ts';
import { hasKey, keyFields, keyObject } from '../people/record-keys.ts';
import type { BuiltTable } from '../projects/tables.ts';
import { MOST_COUNTED } from './duplicates.ts';

/** A record of an org, with the address where it is looked at; null where it is not known which org it is of. */
export interface LinkedRecord {
  readonly id: string;
  readonly link: string | null;
  /** Its SystemModstamp; null where a row does not say it. */
  readonly version: string | null;
}

/** A record that waits for the row of its key, which another record fills. */
export interface WaitingRecord {
  readonly key: RecordKey;
  readonly filledBy: LinkedRecord;
  readonly rival: LinkedRecord & { readonly isConverted: boolean; readonly seenAt: string };
}

type ListedTable = Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'> & {
  readonly schemaName: string;
};

/** Records of a table that wait for the rows of others, in the order of their ids. */
export async function listRivals(
  knex: Knex,
  table: ListedTable,
  page: { readonly after: string; readonly limit: number },
): Promise<WaitingRecord[]> {
  const key = keyFields(table);
  const rows = await knexSession(knex).query<RivalRow>(
    `SELECT ${keyObject(key, (field) => `r.${quoteIdentifier(field.name)}`)} AS key,
       r."_salesforce_id" AS holder_id, r."_source_modstamp" AS holder_version, o.instance_url AS holder_instance,
       v.salesforce_id AS id, v.modstamp, v.is_converted, v.seen_at, a.instance_url
     FROM di.rival v
     JOIN ${quoteTable(table.schemaName, table.code)} r
       ON ${hasKey(key, 'r', 'v.record_key')} AND r."_salesforce_id" <> v.salesforce_id AND r."_archived_at" IS NULL
     LEFT JOIN di.salesforce_authorization a ON a.connection_id = v.connection_id
     LEFT JOIN di.salesforce_authorization o ON o.connection_id = (
       SELECT min(x.connection_id::text)::uuid FROM di.transfer x
       WHERE x.table_id = $1::uuid HAVING count(DISTINCT x.connection_id) = 1)
     WHERE v.table_id = $1::uuid AND v.away_at IS NULL AND v.salesforce_id COLLATE "C" > $2::text
     ORDER BY v.salesforce_id COLLATE "C" LIMIT $3::int`,
    [table.id, page.after, page.limit],
  );
  return rows.map((row) => ({
    key: row.key,
    filledBy: linked(row.holder_id, row.holder_instance, row.holder_version),
    rival: {
      ...linked(row.id, row.instance_url, row.modstamp),
      isConverted: row.is_converted,
      seenAt: row.seen_at.toISOString(),
    },
  }));
}

interface RivalRow {
  readonly key: RecordKey;
  readonly holder_id: string;
  readonly holder_version: Date | null;
  readonly holder_instance: string | null;
  readonly id: string;
  readonly modstamp: Date;
  readonly is_converted: boolean;
  readonly seen_at: Date;
  readonly instance_url: string | null;
}

function linked(id: string, instance: string | null, version: Date | null): LinkedRecord {
  const link = instance === null ? null : `${instance}/${id}`;
  return { id, link, version: version?.toISOString() ?? null };
}

/** How many records of a table wait for the rows of others, up to `MOST_COUNTED`. */
export async function countRivals(knex: Knex, tableId: string): Promise<number> {
  const [row] = await knexSession(knex).query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT FROM di.rival v WHERE v.table_id = $1::uuid AND v.away_at IS NULL LIMIT ${MOST_COUNTED}) AS counted`,
    [tableId],
  );
  return row?.count ?? 0;
}
