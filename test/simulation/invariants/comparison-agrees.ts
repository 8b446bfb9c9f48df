import type { History } from '../history.ts';

interface Compared {
  readonly comparisons: readonly {
    readonly object: string;
    readonly result: { readonly differences: number } | null;
  }[];
}

/** After calm a comparison of both sides finds what there is to find: nothing. */
export async function comparisonAgrees(history: History): Promise<string[]> {
  for (const transfer of [0, 1]) await history.compare(transfer);
  while (await history.turn(0, 'comparisons'));
  const { comparisons } = await history.di.call<Compared>('GET', '/v1/admin/comparisons');
  return comparisons.flatMap(({ object, result }) =>
    result?.differences === 0
      ? []
      : [`The comparison of ${object} has found ${result?.differences ?? 'no end'}.`],
  );
}
