import fc from 'fast-check';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

/** An admin who stops what flows for a while, either way. What waits meanwhile is neither lost nor sent twice. */
export const pauseActs: readonly ActKind[] = [
  actKind('pause', { group: 'pauses' }, fc.record({ flow: anyOne }), async (history, act) => {
    const flow = pick(history.flows, act.flow);
    if (flow !== undefined) await history.pause(flow);
  }),
  actKind('go on', { group: 'pauses' }, fc.record({ flow: anyOne }), async (history, act) => {
    const flow = pick(history.flows, act.flow);
    if (flow !== undefined) await history.goOn(flow);
  }),
];
