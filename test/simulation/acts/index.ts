import fc from 'fast-check';
import { GROUPS, type Act, type ActKind, type Group } from './act.ts';
import { consentActs } from './consent.ts';
import { importActs } from './imports.ts';
import { leadActs } from './leads.ts';
import { lookActs } from './looks.ts';
import { newPeopleActs } from './new-people.ts';
import { pauseActs } from './pauses.ts';
import { manyRecordsActs, recordActs } from './records.ts';
import { restartActs } from './restarts.ts';
import { rowActs } from './rows.ts';
import { turns, weather } from './turns.ts';

const KINDS: readonly ActKind[] = [
  ...recordActs,
  ...manyRecordsActs,
  ...leadActs,
  ...rowActs,
  ...importActs,
  ...newPeopleActs,
  ...lookActs,
  ...consentActs,
  ...turns,
  ...weather,
  ...pauseActs,
  ...restartActs,
];

export const isGroup = (name: string): name is Group => GROUPS.some((group) => group === name);

/** Histories as they may happen, without acts of some groups: what is done, one after the other. */
export function histories(without: readonly Group[], longest: number): fc.Arbitrary<Act[]> {
  // A lead that becomes a contact has its address too.
  const left: readonly Group[] = without.includes('rivals') ? [...without, 'leads'] : without;
  const kinds = KINDS.filter(({ group }) => group === null || !left.includes(group));
  const act = fc.oneof(...kinds.map(({ weight, acts: arbitrary }) => ({ weight, arbitrary })));
  return fc.array(act, { minLength: 1, maxLength: longest, size: 'max' });
}
