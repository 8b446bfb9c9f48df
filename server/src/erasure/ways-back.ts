import type { Knex } from 'knex';
import { z } from 'zod';

export const wayBackSchema = z.object({
  connection: z.uuid(),
  name: z.string(),
  object: z.string(),
  by: z
    .enum(['transfer', 'pull'])
    .meta({ description: 'transfer: the plugin sends changes; pull: fetched by schedule' }),
});
export type WayBack = z.output<typeof wayBackSchema>;

/**
 * What could bring an erased person back into a table: transfers that take records of an org, which has its own copy. Only
 * a change there after the erasure does; what is as it was stays out.
 */
export async function waysBack(knex: Knex, accountId: string, tableId: string): Promise<WayBack[]> {
  const rows = await knex('di.transfer as x')
    .join('di.connection as c', 'c.id', 'x.connection_id')
    .leftJoin('di.pull as l', 'l.transfer_id', 'x.id')
    .where({ 'c.account_id': accountId, 'x.table_id': tableId })
    .whereNot('x.status', 'draft')
    .whereNot('c.status', 'revoked')
    .orderBy(['c.name', 'x.object'])
    .select<{ connection: string; name: string; object: string; pull: string | null }[]>(
      'c.id as connection',
      'c.name',
      'x.object',
      'l.id as pull',
    );
  return rows.map(({ pull, ...way }) => ({ ...way, by: pull === null ? 'transfer' : 'pull' }));
}
