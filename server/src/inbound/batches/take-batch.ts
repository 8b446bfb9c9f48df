import type pg from 'pg';
import { unavailable } from '../../http/problem.ts';
import { traced } from '../../process/tracing.ts';
import { applyBatch } from './apply-batch.ts';
import { TargetChanged, type Batch, type BatchAnswer } from './batch.ts';
import type { Wanted } from './target.ts';
import type { Targets } from './targets.ts';

/** Changes of a transfer in the middle of a batch that are followed. */
const CHANGES_FOLLOWED = 3;

/** Applies a batch by the transfer as it is, read again where it has changed since it was last read. */
export async function takeBatch(
  targets: Targets,
  pool: pg.Pool,
  wanted: Wanted,
  batch: Omit<Batch, 'target' | 'mapping' | 'sql' | 'lowering' | 'consentKeys'>,
): Promise<{ answer: BatchAnswer; isReplay: boolean }> {
  for (let change = 0; change < CHANGES_FOLLOWED; change++) {
    const compiled = await targets.find(wanted, batch.body.fields);
    try {
      return await appliedAs(wanted, batch, () => applyBatch(pool, { ...batch, ...compiled }));
    } catch (error) {
      if (!(error instanceof TargetChanged)) throw error;
      targets.forget(wanted, batch.body.fields);
    }
  }
  throw unavailable('transfer-changing', 'The transfer is being changed; send the batch again.', 5);
}

type Applied = Awaited<ReturnType<typeof applyBatch>>;

/** Applies a batch within a span that says which it was, and what became of its records. */
function appliedAs(
  { connectionId, tableCode, object }: Wanted,
  { idempotencyKey, body }: Pick<Batch, 'idempotencyKey' | 'body'>,
  apply: () => Promise<Applied>,
): Promise<Applied> {
  return traced(
    () => ({
      name: 'apply batch',
      attributes: {
        ...{ 'di.connection': connectionId, 'di.table': tableCode, 'di.object': object },
        ...{ 'di.idempotency_key': idempotencyKey, 'di.records': body.upserts.length },
      },
    }),
    async (span) => {
      const applied = await apply();
      const { answer, isReplay } = applied;
      const { applied: written, unchanged, stale, rejected } = answer;
      span.set({
        ...{ 'di.applied': written, 'di.unchanged': unchanged, 'di.stale': stale },
        ...{ 'di.rejected': rejected.length, 'di.replay': String(isReplay) },
      });
      return applied;
    },
  );
}
