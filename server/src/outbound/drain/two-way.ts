import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { Problem } from '../../http/problem.ts';
import { takeBatch } from '../../inbound/batches/take-batch.ts';
import { batchOf } from '../../inbound/pulls/pulled-records.ts';
import { mappedFields } from '../../inbound/pulls/selection.ts';
import type { MappingEntry } from '../../projects/mapping-schema.ts';
import type { OrgObject, OrgRecord } from '../../salesforce/org.ts';
import type { IntegrationDrain } from './drain-services.ts';
import type { Integration } from '../integrations/integrations.ts';
import { returningColumns } from '../integrations/unsent-edits.ts';

/** What comes from an org by a transfer and goes back to it by an integration. */
export interface TwoWay {
  /** Columns that are filled from the field that they are written to. */
  readonly columns: ReadonlySet<string>;
  /** Fields that the transfer maps, as far as the authorized user may see them. */
  readonly fields: readonly string[];
}

/** Records of a batch of their own: a statement's values stay few. */
const PORTION = 2000;

/** Null where nothing that the integration writes comes back, or nothing is taken from the org now. */
export async function twoWayOf(
  knex: Knex,
  { connectionId, tableId, object, mapping }: Integration,
  described: OrgObject | null,
): Promise<TwoWay | null> {
  const transfer = await knex('di.transfer as x')
    .join('di.connection as c', 'c.id', 'x.connection_id')
    .where({
      'x.connection_id': connectionId,
      'x.table_id': tableId,
      'x.status': 'active',
      'c.status': 'active',
    })
    .whereNotNull('c.organization_id')
    .whereRaw('lower(x.object) = lower(?)', [object])
    .first<{ mapping: MappingEntry[] } | undefined>('x.mapping');
  if (!transfer || !described) return null;
  const columns = new Set(returningColumns(mapping, transfer.mapping).keys());
  if (columns.size === 0) return null;
  const visible = new Set(described.fields.map(({ name }) => name.toLowerCase()));
  const fields = mappedFields(transfer.mapping).filter((field) => visible.has(field.toLowerCase()));
  return { columns, fields };
}

/**
 * Takes what records say now as a batch of theirs: it is merged with what waits, by the same rules as every other batch.
 * Where the transfer cannot be followed any more, nothing is taken: the plugin's batches tell why. What passes by itself
 * is thrown, so that nothing is written unmerged and nothing is done before it was taken.
 *
 * @param isOwnWrite whether what a record has for a column is what the org made of DI's own write
 */
export async function takeRead(
  { database, targets, org, integration }: IntegrationDrain,
  { fields }: TwoWay,
  records: readonly OrgRecord[],
  isOwnWrite: (recordId: string, column: string) => boolean,
): Promise<void> {
  const { object, connectionId, table } = integration;
  const { organizationId } = org;
  const wanted = { connectionId, organizationId, tableCode: table.code, object };
  for (let start = 0; start < records.length; start += PORTION) {
    const page = records.slice(start, start + PORTION);
    const { body } = batchOf(object, { fields, withDeleted: false, checkbox: null }, page);
    try {
      await takeBatch(targets, database.pool, wanted, {
        organizationId,
        idempotencyKey: `read-back:${randomUUID()}`,
        rawBody: Buffer.from(JSON.stringify(body)),
        body,
        edits: { isOwnWrite },
      });
    } catch (error) {
      if (!(error instanceof Problem) || error.isRetryable) throw error;
    }
  }
}
