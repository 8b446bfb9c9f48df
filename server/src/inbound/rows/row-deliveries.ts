import type { Knex } from 'knex';
import { z } from 'zod';
import type { RecordKey } from '../../people/record-identities.ts';

export const rowDeliverySchema = z.object({
  id: z.string(),
  integration: z.uuid(),
  name: z.string().meta({ description: 'Of the integration' }),
  state: z.enum(['pending', 'unreached', 'dead']),
  attempts: z.int(),
  changedAt: z.iso.datetime(),
  code: z.string().nullable(),
  message: z.string().nullable(),
});

interface DeliveryRow {
  readonly id: string;
  readonly integration_id: string;
  readonly name: string;
  readonly state: 'pending' | 'unreached' | 'dead';
  readonly attempts: number;
  readonly changed_at: Date;
  readonly last_code: string | null;
  readonly last_message: string | null;
}

/** What of a row waits to be sent, or was given up: one delivery an integration at most. What went is no longer there. */
export async function rowDeliveries(
  knex: Knex,
  tableId: string,
  key: RecordKey,
): Promise<z.input<typeof rowDeliverySchema>[]> {
  const { rows } = await knex.raw<{ rows: DeliveryRow[] }>(
    `SELECT d.id::text AS id, d.integration_id, g.name, d.state, d.attempts, d.changed_at, d.last_code, d.last_message
     FROM di.record_identity i
     JOIN di.delivery d ON d.identity_id = i.id
     JOIN di.integration g ON g.id = d.integration_id
     WHERE i.table_id = ? AND i.record_key = ?::jsonb
     ORDER BY d.changed_at DESC`,
    [tableId, JSON.stringify(key)],
  );
  return rows.map((row) => ({
    id: row.id,
    integration: row.integration_id,
    name: row.name,
    state: row.state,
    attempts: row.attempts,
    changedAt: row.changed_at.toISOString(),
    code: row.last_code,
    message: row.last_message,
  }));
}
