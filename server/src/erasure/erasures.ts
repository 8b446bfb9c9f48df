import type { Knex } from 'knex';
import { z } from 'zod';
import type { Actor } from '../access/caller.ts';
import type { Erased } from '../people/person.ts';

/** Who asks for an erasure. */
export interface Requester {
  readonly accountId: string;
  readonly actor: Actor;
  readonly requestId: string;
}

const count = z.int().min(0);
export const placeSchema = z.object({
  place: z
    .string()
    .meta({ description: 'rows, values, deliveries, record-links, batches, import-results, …' }),
  table: z.string().nullable().meta({ description: 'Code of the table, where the place is one' }),
  count,
});
export const keptSchema = placeSchema.extend({
  code: z.string(),
  reason: z.string().meta({ description: 'Why it stays' }),
});

/** The receipt of an erasure: it holds nothing of the person. */
export const receiptSchema = z.object({
  id: z.uuid(),
  erasedAt: z.iso.datetime(),
  actor: z.object({ kind: z.string(), name: z.string() }),
  requestId: z.string(),
  hash: z.string().meta({ description: 'Keyed hash of the address, or of the key where there was none' }),
  erased: z.array(placeSchema),
  kept: z.array(keptSchema),
});
export type Receipt = z.input<typeof receiptSchema>;

/** Keeps the receipt of an erasure, in its transaction. */
export async function addErasure(
  transaction: Knex,
  { accountId, actor, requestId }: Requester,
  erasure: Erased & { readonly id: string; readonly projectId: string; readonly hash: Buffer },
): Promise<void> {
  await transaction('di.erasure').insert({
    id: erasure.id,
    account_id: accountId,
    project_id: erasure.projectId,
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_name: actor.name,
    request_id: requestId,
    erased: JSON.stringify(erasure.erased),
    kept: JSON.stringify(erasure.kept),
    hash: erasure.hash,
  });
}

interface ErasureRow extends Erased {
  readonly id: string;
  readonly erased_at: Date;
  readonly actor_kind: string;
  readonly actor_name: string;
  readonly request_id: string;
  readonly hash: Buffer;
}

/** Erasures of a project, newest first; `before` is the moment of the last one seen. */
export async function listErasures(
  knex: Knex,
  accountId: string,
  projectId: string,
  page: { readonly limit: number; readonly before?: Date | undefined },
): Promise<Receipt[]> {
  const rows = await knex('di.erasure')
    .where({ account_id: accountId, project_id: projectId })
    .modify((query) => {
      if (page.before !== undefined) void query.where('erased_at', '<', page.before);
    })
    .orderBy('erased_at', 'desc')
    .limit(page.limit)
    .select<ErasureRow[]>();
  return rows.map(receiptOf);
}

/** Erasures that have left one of some marks, newest first. */
export async function erasuresWithMarks(
  knex: Knex,
  accountId: string,
  projectId: string,
  marks: readonly Buffer[],
): Promise<Receipt[]> {
  if (marks.length === 0) return [];
  const rows = await knex('di.erasure')
    .where({ account_id: accountId, project_id: projectId })
    .whereIn(
      'id',
      knex('di.erased_mark')
        .where({ project_id: projectId })
        .whereIn('hash', [...marks])
        .select('erasure_id'),
    )
    .orderBy('erased_at', 'desc')
    .limit(100)
    .select<ErasureRow[]>();
  return rows.map(receiptOf);
}

function receiptOf(row: ErasureRow): Receipt {
  return {
    id: row.id,
    erasedAt: row.erased_at.toISOString(),
    actor: { kind: row.actor_kind, name: row.actor_name },
    requestId: row.request_id,
    hash: row.hash.toString('hex'),
    erased: [...row.erased],
    kept: [...row.kept],
  };
}
