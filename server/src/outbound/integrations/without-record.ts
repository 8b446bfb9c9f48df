import { GONE } from '../../salesforce/error-codes.ts';
import type { Claim } from './claims.ts';
import type { Refused, Settled } from './outcomes.ts';

/** A delivery that the org has no record for, and that makes none. */
interface Unplaced {
  readonly claim: Claim;
  /** Whether the person has opted out of something that nobody was told of. */
  readonly isOptOut: boolean;
}

type Reason = Pick<Refused, 'code' | 'message'>;

/**
 * What a delivery without a record comes to. An opt-out is never dropped for that.
 *
 * @param refusal the org's word, where it was just given
 */
export function withoutRecord({ claim, isOptOut }: Unplaced, refusal: Reason = DELETED): Settled {
  const { isLinkGone, rowChange, linkedId } = claim;
  const gone = isLinkGone && linkedId !== null ? { goneId: linkedId } : {};
  if (isLinkGone && rowChange !== null)
    return {
      claim,
      outcome: 'dead',
      ...gone,
      code: isOfGone(refusal) ? refusal.code : DELETED.code,
      message: `The record was deleted in Salesforce, and no other one is found for the row. It is sent when one comes; replay creates one, where the integration creates records. Salesforce: ${refusal.message}`,
    };
  if (isOptOut) return { claim, outcome: 'unreached', ...gone, ...UNREACHED };
  return { claim, outcome: isLinkGone ? 'gone' : 'no-record', ...gone };
}

const isOfGone = ({ code }: Reason): boolean => GONE.some((known) => known === code);

/** Of a record that an earlier delivery found deleted. */
const DELETED: Reason = { code: 'ENTITY_IS_DELETED', message: 'entity is deleted' };

const UNREACHED: Reason = {
  code: 'no-record',
  message:
    'The person has opted out, and Salesforce has no record to tell: the opt-out is sent as soon as one comes.',
};
