import fc from 'fast-check';
import { actKind, anyOne, pick, type ActKind } from './act.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const copy = fc.nat({ max: 1 });

/** Time that goes by, and the work that either side does in it. */
export const turns: readonly ActKind[] = [
  actKind(
    'wait',
    { group: null, weight: 6 },
    fc.record({
      milliseconds: fc.constantFrom(1, 400, SECOND, 7 * SECOND, MINUTE, 11 * MINUTE, 70 * MINUTE),
    }),
    (history, act) => history.pass(act.milliseconds),
  ),
  actKind(
    'org works',
    { group: null, weight: 8 },
    fc.record({ steps: fc.integer({ min: 1, max: 4 }) }),
    async (history, act) => {
      for (let step = 0; step < act.steps; step++) if (!(await history.org.order('step'))) return;
    },
  ),
  actKind('DI delivers', { group: null, weight: 6 }, fc.record({ copy }), async (history, act) => {
    await history.turn(act.copy, 'deliveries');
  }),
  actKind('DI does what is due', { group: null, weight: 1 }, fc.record({ copy }), async (history, act) => {
    await history.turn(act.copy, 'housekeeping');
    await history.turn(act.copy, 'incidents');
    await history.turn(act.copy, 'asking-again');
  }),
];

/** What befalls the net between the two sides, and the processes on it. */
export const weather: readonly ActKind[] = [
  actKind(
    'batch cut',
    { group: 'net', weight: 2 },
    fc.record({ when: fc.constantFrom('cut-before' as const, 'cut-after' as const) }),
    (history, act) => {
      history.api.weather.push(act.when);
      return Promise.resolve();
    },
  ),
  actKind(
    'batch comes again',
    { group: 'net', weight: 2 },
    fc.record({ batch: anyOne }),
    async (history, act) => {
      const call = pick(history.api.calls, act.batch);
      if (call) await history.api.repeat(call);
    },
  ),
  actKind(
    'call cut',
    { group: 'net' },
    fc.record({ when: fc.constantFrom('cut-before' as const, 'cut-after' as const) }),
    (history, act) => {
      history.calls.weather.push(act.when);
      return Promise.resolve();
    },
  ),
  actKind('call hangs', { group: 'hangs' }, fc.record({}), (history) => {
    history.calls.weather.push('hold');
    return Promise.resolve();
  }),
  actKind('hanging calls end', { group: 'hangs' }, fc.record({}), (history) => history.resume()),
  actKind(
    'org fault',
    { group: 'org-faults' },
    fc.record({ kind: fc.constantFrom('unavailable', 'session', 'lock', 'request-limit') }),
    async (history, act) => {
      // Two sessions that end at once are an org that ends them all: somebody has to authorize again.
      if (act.kind === 'session' && history.hasSessionEnded) return;
      history.hasSessionEnded ||= act.kind === 'session';
      await history.org.order('fault', { kind: act.kind, match: { object: 'Contact' } });
    },
  ),
];
