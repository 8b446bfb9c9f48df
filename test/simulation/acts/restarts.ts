import fc from 'fast-check';
import { actKind, type ActKind } from './act.ts';

/** Machines that fail: what a process knew is gone, and so are its sessions of the database. */
export const restartActs: readonly ActKind[] = [
  actKind(
    'server starts anew',
    { group: 'restarts' },
    fc.record({ copy: fc.nat({ max: 1 }) }),
    (history, act) => {
      history.copies[act.copy]?.renew();
      return Promise.resolve();
    },
  ),
  actKind('database ends sessions', { group: 'restarts' }, fc.record({}), (history) => history.endSessions()),
];
