import { say } from '../../messages/message.ts';
import { GONE } from '../../salesforce/error-codes.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { Refused, Settled } from '../deliveries/outcomes.ts';
import { NOBODY_LEFT } from '../capture/unreached.sql.ts';

/** A delivery that the org has no record for, and that makes none. */
interface Unplaced {
  readonly claim: Claim;
  /** Whether the person has opted out of something that nobody was told of. */
  readonly isOptOut: boolean;
  /** Whether the row is there, and not archived. */
  readonly hasRow: boolean;
  /** The row is another object's record by now. */
  readonly isElsewhere?: boolean;
}

type Reason = Pick<Refused, 'code' | 'message'>;

/**
 * What a delivery without a record comes to. An opt-out is never dropped for that. Where the row is gone as well as its record,
 * or another object's record now, nothing of the row is left to be sent.
 *
 * @param refusal the org's word, where it was just given
 */
export function withoutRecord(
  { claim, isOptOut, hasRow, isElsewhere = false }: Unplaced,
  refusal: Reason = DELETED,
): Settled {
  const { isLinkGone, rowChange, linkedId } = claim;
  const gone = isLinkGone && linkedId !== null ? { goneId: linkedId } : {};
  if (isLinkGone && rowChange !== null && hasRow && !isElsewhere)
    return {
      claim,
      outcome: 'dead',
      ...gone,
      code: isOfGone(refusal) ? refusal.code : DELETED.code,
      message: say('deliveries.record-deleted', { said: refusal.message }),
    };
  if (isOptOut) return { claim, outcome: 'unreached', ...gone, ...(hasRow ? UNREACHED : UNREACHABLE) };
  return { claim, outcome: isLinkGone ? 'gone' : 'no-record', ...gone };
}

const isOfGone = ({ code }: Reason): boolean => GONE.some((known) => known === code);

/** Of a record that an earlier delivery found deleted. */
const DELETED: Reason = { code: 'ENTITY_IS_DELETED', message: 'entity is deleted' };

const UNREACHED: Reason = {
  code: 'no-record',
  message: say('deliveries.no-record'),
};

const UNREACHABLE: Reason = {
  code: NOBODY_LEFT,
  message: say('deliveries.nobody-left'),
};
