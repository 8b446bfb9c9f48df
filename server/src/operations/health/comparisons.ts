import type { Knex } from 'knex';
import { z } from 'zod';
import { latestRuns } from '../../outbound/comparisons/comparison-runs.ts';
import { Comparisons } from '../../outbound/comparisons/comparisons.ts';

const count = z.int().min(0);

export const comparisonHealth = z.object({
  id: z.uuid(),
  object: z.string(),
  table: z.string(),
  at: z.iso.datetime().meta({ description: 'When the comparing ended' }),
  records: count,
  rows: count,
  differences: count.meta({ description: 'What was found then; what stands of it is among the failures' }),
});

/** The last result of each comparison, by connection. */
export async function comparisonsByConnection(
  knex: Knex,
  accountId: string,
): Promise<ReadonlyMap<string, z.input<typeof comparisonHealth>[]>> {
  const comparisons = await new Comparisons(knex, accountId).list();
  const runs = await latestRuns(
    knex,
    comparisons.map(({ id }) => id),
  );
  const byConnection = new Map<string, z.input<typeof comparisonHealth>[]>();
  for (const { id, connectionId, object, table } of comparisons) {
    const result = runs.get(id)?.result;
    if (!result?.finished_at) continue;
    const { records, rows, differences, finished_at: at } = result;
    const shown = { id, object, table: table.code, at: at.toISOString(), records, rows, differences };
    byConnection.set(connectionId, [...(byConnection.get(connectionId) ?? []), shown]);
  }
  return byConnection;
}
