import type pg from 'pg';
import { unavailable } from '../../http/problem.ts';
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
      return await applyBatch(pool, { ...batch, ...compiled });
    } catch (error) {
      if (!(error instanceof TargetChanged)) throw error;
      targets.forget(wanted, batch.body.fields);
    }
  }
  throw unavailable('transfer-changing', 'The transfer is being changed; send the batch again.', 5);
}
