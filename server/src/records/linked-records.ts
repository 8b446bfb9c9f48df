import { z } from 'zod';
import type { Session } from '../database/session.ts';
import type { RecordKey } from '../people/record-identities.ts';

const record = z.object({
  id: z.string(),
  link: z.string().nullable().meta({ description: 'Where it is looked at; null where its org is not known' }),
});

export const linkedRecordSchema = record.extend({
  object: z.string().nullable(),
  connection: z.string().nullable().meta({ description: 'The name of its connection' }),
  isSource: z.boolean().meta({ description: 'The row comes from it' }),
  isGone: z.boolean().meta({ description: 'Deleted in its org, as far as is known' }),
  linkedAt: z.iso.datetime().nullable().meta({ description: 'When it was found or created for the row' }),
});

export const rivalRecordSchema = record.extend({
  version: z.iso.datetime().meta({ description: 'Its SystemModstamp' }),
  isConverted: z.boolean(),
  seenAt: z.iso.datetime(),
});

/**
 * Records of orgs that are a row's: the one that it comes from first, then those that are written for it. Where several orgs fill
 * the table, it is not known which one a record is of.
 */
export async function linkedRecords(
  session: Session,
  tableId: string,
  sourceId: string | null,
  identities: readonly string[],
): Promise<z.input<typeof linkedRecordSchema>[]> {
  const rows = await session.query<{
    id: string;
    object: string | null;
    connection: string | null;
    instance_url: string | null;
    is_gone: boolean;
    linked_at: Date | null;
  }>(
    `SELECT l.salesforce_id AS id, l.object, c.name AS connection, a.instance_url, l.is_gone, l.linked_at
     FROM di.record_link l JOIN di.connection c ON c.id = l.connection_id
     LEFT JOIN di.salesforce_authorization a ON a.connection_id = c.id
     WHERE l.identity_id = ANY($1::uuid[])
     UNION ALL
     SELECT $2::text, x.object, x.name, x.instance_url, false, NULL
     FROM (SELECT 1) AS one LEFT JOIN LATERAL (
       SELECT CASE WHEN count(DISTINCT t.object) = 1 THEN min(t.object) END AS object, min(c.name) AS name,
         min(a.instance_url) AS instance_url
       FROM di.transfer t JOIN di.connection c ON c.id = t.connection_id
       LEFT JOIN di.salesforce_authorization a ON a.connection_id = c.id
       WHERE t.table_id = $3::uuid AND t.status <> 'archived' HAVING count(DISTINCT t.connection_id) = 1) x ON true
     WHERE $2::text IS NOT NULL
       AND NOT EXISTS (SELECT FROM di.record_link k WHERE k.identity_id = ANY($1::uuid[]) AND k.salesforce_id = $2::text)
     ORDER BY linked_at NULLS FIRST, id`,
    [identities, sourceId, tableId],
  );
  const shown = rows.map((row) => ({
    id: row.id,
    link: row.instance_url === null ? null : `${row.instance_url}/${row.id}`,
    object: row.object,
    connection: row.connection,
    isSource: row.id === sourceId,
    isGone: row.is_gone,
    linkedAt: row.linked_at?.toISOString() ?? null,
  }));
  return [...shown.filter(({ isSource }) => isSource), ...shown.filter(({ isSource }) => !isSource)];
}

/** Records that wait for a row, which another record fills. */
export async function rivalsOf(
  session: Session,
  tableId: string,
  key: RecordKey,
  sourceId: string | null,
): Promise<z.input<typeof rivalRecordSchema>[]> {
  const rows = await session.query<{
    id: string;
    modstamp: Date;
    is_converted: boolean;
    seen_at: Date;
    instance_url: string | null;
  }>(
    `SELECT v.salesforce_id AS id, v.modstamp, v.is_converted, v.seen_at, a.instance_url
     FROM di.rival v LEFT JOIN di.salesforce_authorization a ON a.connection_id = v.connection_id
     WHERE v.table_id = $1::uuid AND v.record_key = $2::jsonb AND v.away_at IS NULL
       AND v.salesforce_id IS DISTINCT FROM $3::text
     ORDER BY v.salesforce_id COLLATE "C" LIMIT 100`,
    [tableId, JSON.stringify(key), sourceId],
  );
  return rows.map((row) => ({
    id: row.id,
    link: row.instance_url === null ? null : `${row.instance_url}/${row.id}`,
    version: row.modstamp.toISOString(),
    isConverted: row.is_converted,
    seenAt: row.seen_at.toISOString(),
  }));
}
