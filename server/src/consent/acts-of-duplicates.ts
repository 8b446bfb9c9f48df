import type { Session } from '../database/session.ts';
import { samePersons } from '../people/same-persons.ts';
import { consentStatesOf } from './ledger-statements.ts';
import type { ConsentAct } from './consent-act.ts';

/**
 * What acts say of those who stand double with their persons: a withdrawal is of the mailbox, whichever of its spellings was
 * named. Whoever agreed to nothing has nothing to withdraw.
 */
export async function actsOfDuplicates(session: Session, acts: readonly ConsentAct[]): Promise<ConsentAct[]> {
  const withdrawn = acts.filter(({ asked }) => asked === 'withdrawn');
  if (withdrawn.length === 0) return [];
  const others = await samePersons(session, [...new Set(withdrawn.map(({ identityId }) => identityId))]);
  if (others.length === 0) return [];
  const theirs = others.flatMap(({ of, identityId, recordKey }) =>
    withdrawn
      .filter((act) => act.identityId === of)
      .map((act): ConsentAct => ({ ...act, identityId, recordKey, reference: null })),
  );
  const statuses = await consentStatesOf(session, theirs);
  return theirs.filter(({ identityId, optInId }) => {
    const status = statuses.get(`${identityId} ${optInId}`);
    return status !== undefined && status !== 'withdrawn';
  });
}
