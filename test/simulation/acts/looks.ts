import fc from 'fast-check';
import type { History } from '../history.ts';
import { actKind, type ActKind } from './act.ts';

const copy = fc.nat({ max: 1 });

/** Lets a copy of the server do what a loop of it has to do. */
async function workOff(history: History, number: number, loop: string): Promise<void> {
  while (await history.turn(number, loop));
}

/** An operator who lets the server look at the org as a whole, instead of waiting for what comes. */
export const lookActs: readonly ActKind[] = [
  actKind(
    'pull',
    { group: 'pulls', weight: 2 },
    fc.record({ kind: fc.constantFrom('full' as const, 'changes' as const), copy }),
    async (history, act) => {
      await history.ask('POST', `/v1/admin/pulls/${history.setUp.pullId}/runs`, { kind: act.kind });
      await workOff(history, act.copy, 'pulls');
    },
  ),
  actKind(
    'compare',
    { group: 'comparisons', weight: 2 },
    fc.record({ transfer: fc.nat({ max: 1 }), copy }),
    async (history, act) => {
      await history.compare(act.transfer);
      await workOff(history, act.copy, 'comparisons');
    },
  ),
  actKind(
    'heal',
    { group: 'comparisons' },
    fc.record({
      comparison: fc.nat({ max: 1 }),
      act: fc.constantFrom('take' as const, 'send' as const),
      copy,
    }),
    async (history, act) => {
      const { comparisons } = await history.di.call<{ comparisons: { id: string }[] }>(
        'GET',
        '/v1/admin/comparisons',
      );
      const comparison = comparisons[act.comparison];
      if (!comparison) return;
      await history.ask('POST', `/v1/admin/comparisons/${comparison.id}/heal`, {
        act: act.act,
        differences: 'all',
      });
      await workOff(history, act.copy, 'comparisons');
    },
  ),
];
