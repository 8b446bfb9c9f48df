import { say } from '../../messages/message.ts';
import type pg from 'pg';
import { saysGranted } from '../../consent/opt-in-fields.ts';
import type { RecordRefusal } from '../../salesforce/refusals.ts';
import type { Claim } from '../deliveries/claims.ts';
import { idsInUse } from './current-state.ts';
import type { Integration } from '../integrations/integrations.ts';
import type { Refused, Settled } from '../deliveries/outcomes.ts';
import { wishOf, type PlanContext, type Wish } from './plan.ts';
import type { Successors } from './successor-records.ts';
import { MERGED_WITH_ANOTHER } from '../capture/unreached.sql.ts';
import { withoutRecord } from './without-record.ts';

/** A delivery whose record turned out to be gone when it was written. */
export interface Lost {
  readonly claim: Claim;
  readonly id: string;
  /** Whether it was the row's own record, rather than another one of the person's address. */
  readonly isOwn: boolean;
  /** Whether it told of an opt-out. */
  readonly isOptOut: boolean;
  /** Whether the row is there, and not archived. */
  readonly hasRow: boolean;
  readonly refusal: RecordRefusal;
  /** What it came to by other records of the person. */
  readonly done: Settled | null;
}

/** What is wanted of the org once more, without the records that are gone. */
interface OpenLook {
  readonly wishes: Wish[];
  readonly settled: Settled[];
  /** Parts that nobody can place, whatever becomes of the wishes. */
  readonly refused: Refused[];
}
export type SecondLook = Readonly<OpenLook>;

/**
 * Plans deliveries again whose records are gone: for the record that theirs was merged into, else for whatever the
 * integration's matching finds. A record of another row is told of opt-outs alone: it has its own values.
 *
 * @param written records of rows that were written with these
 */
export async function lookAgain(
  pool: pg.Pool,
  context: PlanContext,
  lost: readonly Lost[],
  successors: Successors,
  written: readonly string[],
): Promise<SecondLook> {
  const { integration, state } = context;
  const identityIds = lost.map(({ claim }) => claim.identityId);
  const linked = await idsInUse(pool, integration, [...successors.values()], identityIds);
  const inUse = new Set([...linked, ...written]);
  const gone = new Set(lost.map(({ id }) => id));
  const look: OpenLook = { wishes: [], settled: [], refused: [] };
  for (const each of lost) {
    const successor = successors.get(each.id) ?? null;
    const wish = wishOf(claimOf(each, successor), context);
    if ('outcome' in wish) look.settled.push(wish);
    // What cannot be looked for is not written to once more.
    else if (wish.id !== null && gone.has(wish.id)) look.settled.push(withoutRecord(wish, each.refusal));
    else if (wish.id === null || wish.id !== successor || !isOfAnother(each, successor))
      look.wishes.push(wish);
    else shareRecord(look, integration, wish, successor);
  }
  return look;

  function isOfAnother({ claim }: Lost, id: string): boolean {
    return inUse.has(id) && state.rows.get(claim.identityId)?.salesforceId !== id;
  }
}

/** The delivery as if its record had been known to be gone; a link to another record of the person stands. */
function claimOf({ claim, id, isOwn }: Lost, successor: string | null): Claim {
  if (!isOwn && claim.linkedId !== null && claim.linkedId !== id) return claim;
  return successor === null
    ? { ...claim, linkedId: id, isLinkGone: true }
    : { ...claim, linkedId: successor, isLinkGone: false, isLinkNew: true };
}

/** The record that the row's was merged into is another row's, and has its values. */
function shareRecord(look: OpenLook, integration: Integration, wish: Wish, successor: string): void {
  const optOuts = Object.entries(wish.optIns).filter(([name, value]) =>
    integration.optInFields.some(
      (target) => target.field.toLowerCase() === name.toLowerCase() && !saysGranted(target, value === true),
    ),
  );
  const told: Wish = {
    ...wish,
    fields: {},
    newFields: null,
    optIns: Object.fromEntries(optOuts),
    isOfAnother: true,
  };
  const refusal = Object.keys(wish.fields).length > 0 ? merged(wish.claim, integration, successor) : null;
  if (refusal && optOuts.length === 0) look.settled.push({ outcome: 'dead', ...refusal });
  else {
    if (refusal) look.refused.push(refusal);
    look.wishes.push(told);
  }
}

function merged(claim: Claim, { object }: Integration, successor: string): Refused {
  return {
    claim,
    code: MERGED_WITH_ANOTHER,
    message: say('deliveries.merged', { object, successor }),
  };
}

/** What a delivery comes to that was looked at twice. */
export function afterSecondLook(settled: Settled, { isOwn, done }: Lost): Settled {
  if (done !== null && NOTHING_WRITTEN.has(settled.outcome)) return done;
  if (isOwn) return settled;
  const { goneId: _anothers, ...rest } = settled;
  return rest;
}

const NOTHING_WRITTEN: ReadonlySet<Settled['outcome']> = new Set([
  'unneeded',
  'no-record',
  'gone',
  'unreached',
]);
