import { sentenceAnswer, worded } from '../../messages/message-answer.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import type { RecordKey } from '../../people/record-identities.ts';

export const DELIVERY_STATES = ['pending', 'held', 'unreached', 'dead'] as const;

/** A delivery as the API answers it. */
export const deliveryAnswer = z.object({
  id: z.string(),
  integration: z.uuid(),
  key: z.record(z.string(), z.unknown()).meta({ description: 'The row’s primary key' }),
  changes: z.array(z.enum(['created', 'updated', 'deleted', 'consent'])),
  state: z.enum(DELIVERY_STATES).meta({
    description:
      'held: its integration is paused, stopped or waits for API calls, or its connection cannot be reached; unreached: an opt-out that Salesforce has no record for, which is sent when one comes; dead: given up until it is replayed or its row changes',
  }),
  attempts: z.int(),
  changedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  sentence: sentenceAnswer,
});

/** Which deliveries are meant. */
export interface DeliverySelection {
  readonly integration?: string | undefined;
  readonly state?: (typeof DELIVERY_STATES)[number] | undefined;
  readonly code?: string | undefined;
}

interface DeliveryRow {
  readonly id: number;
  readonly integration_id: string;
  readonly record_key: RecordKey;
  readonly row_change: 'created' | 'updated' | 'deleted' | null;
  readonly is_consent_changed: boolean;
  readonly state: 'pending' | 'unreached' | 'dead';
  readonly is_held: boolean;
  readonly attempts: number;
  readonly changed_at: Date;
  readonly due_at: Date;
  readonly last_code: string | null;
  readonly last_message: string | null;
}

/** Held is what a pending delivery is where nothing of its integration can be sent: no row has to be written for it. */
const IS_HELD = `(g.status <> 'active' OR g.stopped_at IS NOT NULL OR coalesce(g.waits_until > now(), false)
  OR coalesce(h.resume_at > now(), false))`;

/** Deliveries of an account, in the order in which they came; `after` is the id of the last one seen. */
export async function listDeliveries(
  knex: Knex,
  accountId: string,
  selection: DeliverySelection,
  page: { readonly limit: number; readonly after?: string | undefined },
): Promise<z.input<typeof deliveryAnswer>[]> {
  const rows = await ofAccount(knex, accountId, selection)
    .join('di.record_identity as i', 'i.id', 'd.identity_id')
    .modify((query) => {
      if (page.after !== undefined) void query.where('d.id', '>', page.after);
    })
    .orderBy('d.id')
    .limit(page.limit)
    .select<DeliveryRow[]>('d.*', 'i.record_key', knex.raw(`${IS_HELD} AS is_held`));
  return rows.map((row) => ({
    id: String(row.id),
    integration: row.integration_id,
    key: row.record_key,
    changes: [
      ...(row.row_change === null ? [] : [row.row_change]),
      ...(row.is_consent_changed ? (['consent'] as const) : []),
    ],
    state: row.state !== 'pending' ? row.state : row.is_held ? 'held' : 'pending',
    attempts: row.attempts,
    changedAt: row.changed_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    code: row.last_code,
    ...worded(row.last_message),
  }));
}

/** Deliveries of an account; every look at them goes through here. */
export function ofAccount(knex: Knex, accountId: string, selection: DeliverySelection): Knex.QueryBuilder {
  const query = knex('di.delivery as d')
    .join('di.integration as g', 'g.id', 'd.integration_id')
    .join('di.connection as c', 'c.id', 'g.connection_id')
    .leftJoin('di.delivery_channel as h', 'h.connection_id', 'g.connection_id')
    .where('c.account_id', accountId);
  if (selection.integration !== undefined) void query.where('d.integration_id', selection.integration);
  if (selection.code !== undefined) void query.where('d.last_code', selection.code);
  if (selection.state === 'dead' || selection.state === 'unreached')
    void query.where('d.state', selection.state);
  else if (selection.state !== undefined)
    void query.where('d.state', 'pending').whereRaw(selection.state === 'held' ? IS_HELD : `NOT ${IS_HELD}`);
  return query;
}
