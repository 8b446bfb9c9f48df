/** What stands of a person and an opt-in; where nothing does, the person was never asked. */
export const CONSENT_STATUSES = ['granted', 'pending', 'withdrawn'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

/** What an act asks for. A grant of an opt-in with double opt-in asks for `pending` only. */
export type Asked = ConsentStatus | 'confirmed';

export const CONSENT_SOURCES = [
  'api',
  'unsubscribe-link',
  'preference-page',
  'confirmation',
  'console',
  'import',
  'salesforce',
  /** Two persons turned out to be one. */
  'merge',
  /** Somebody came back who had been erased. */
  'erasure',
] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** Sources that tell what somebody has on file, and not what the person does now: they never raise. */
const COPIES: ReadonlySet<ConsentSource> = new Set(['import', 'salesforce', 'merge', 'erasure']);

/** Whether a source tells what somebody has on file, rather than what the person does. */
export const isCopy = (source: ConsentSource): boolean => COPIES.has(source);

/** Whether the person did it with their own hands, by a link of a mail. */
export const isByLink = (source: ConsentSource): boolean =>
  source === 'unsubscribe-link' || source === 'preference-page';

/** An act as the rules see it. Moments are milliseconds since 1970. */
export interface Act {
  readonly asked: Asked;
  readonly source: ConsentSource;
  /** When the person did it. */
  readonly occurredAt: number;
  /** Until when a pending consent can be confirmed. */
  readonly pendingUntil: number | null;
}

/** Where a person stands. */
export interface ConsentState {
  readonly status: ConsentStatus | null;
  readonly pendingUntil: number | null;
}

export type ActOutcome = 'applied' | 'unchanged' | 'overruled';

/** Why an act did not change what stands. */
export type ActReason = 'withdrawn-before' | 'confirmation-expired' | 'nothing-to-confirm' | 'newer-act';

export interface Judgement {
  readonly standing: ConsentState;
  readonly outcome: ActOutcome;
  readonly reason: ActReason | null;
}

export const NEVER_ASKED: ConsentState = { status: null, pendingUntil: null };

/** What an act makes of where a person stands. */
export function judge(standing: ConsentState, act: Act): Judgement {
  switch (act.asked) {
    case 'withdrawn':
      return standing.status === 'withdrawn' ? same(standing) : become('withdrawn');
    case 'granted':
      if (standing.status === 'granted') return same(standing);
      return isBarred(standing, act) ? overruled(standing, 'withdrawn-before') : become('granted');
    case 'pending':
      return judgePending(standing, act);
    case 'confirmed':
      return judgeConfirmation(standing, act);
  }
}

function judgePending(standing: ConsentState, act: Act): Judgement {
  if (isBarred(standing, act)) return overruled(standing, 'withdrawn-before');
  // Of two persons who are one, the lower consent counts; nobody else lowers by asking to be confirmed.
  if (standing.status === 'granted' && act.source !== 'merge') return same(standing);
  return become('pending', act.pendingUntil);
}

function judgeConfirmation(standing: ConsentState, act: Act): Judgement {
  if (standing.status === 'granted') return same(standing);
  if (standing.status === 'withdrawn') return overruled(standing, 'withdrawn-before');
  if (standing.status === null) return overruled(standing, 'nothing-to-confirm');
  const isLate = standing.pendingUntil !== null && act.occurredAt > standing.pendingUntil;
  return isLate ? overruled(standing, 'confirmation-expired') : become('granted');
}

/** Whoever withdrew is not brought back by what is on file somewhere. */
function isBarred(standing: ConsentState, act: Act): boolean {
  return standing.status === 'withdrawn' && COPIES.has(act.source);
}

function become(status: ConsentStatus, pendingUntil: number | null = null): Judgement {
  return { standing: { status, pendingUntil }, outcome: 'applied', reason: null };
}

function same(standing: ConsentState): Judgement {
  return { standing, outcome: 'unchanged', reason: null };
}

function overruled(standing: ConsentState, reason: ActReason): Judgement {
  return { standing, outcome: 'overruled', reason };
}

/** At one moment a withdrawal has the last word, and a confirmation follows what it confirms. */
const TURN: Readonly<Record<Asked, number>> = { granted: 0, pending: 1, confirmed: 2, withdrawn: 3 };

/**
 * Acts in the order in which they are judged: when the person did them. What stands depends on what was done, never on
 * the order in which word of it came.
 */
export function inOrder<A extends Act>(acts: readonly A[]): A[] {
  return [...acts].sort(
    (one, other) =>
      one.occurredAt - other.occurredAt ||
      TURN[one.asked] - TURN[other.asked] ||
      Number(COPIES.has(one.source)) - Number(COPIES.has(other.source)) ||
      (one.pendingUntil ?? 0) - (other.pendingUntil ?? 0),
  );
}

/** What stands after some acts, and the act that last made it so. */
export function standingAfter<A extends Act>(
  acts: readonly A[],
): { readonly standing: ConsentState; readonly decisive: A | null } {
  let standing = NEVER_ASKED;
  let decisive: A | null = null;
  for (const act of inOrder(acts)) {
    const judgement = judge(standing, act);
    if (judgement.outcome === 'applied') decisive = act;
    standing = judgement.standing;
  }
  return { standing, decisive };
}

/**
 * What one more act makes of those there are. An act older than others is judged in its place among them: it changes what
 * stands only where that would have come out of it at the time.
 */
export function addAct(before: readonly Act[], act: Act): Judgement {
  const was = standingAfter(before).standing;
  const isLatest = before.every((other) => other.occurredAt < act.occurredAt);
  if (isLatest) return judge(was, act);
  const now = standingAfter([...before, act]).standing;
  if (now.status !== was.status || now.pendingUntil !== was.pendingUntil)
    return { standing: now, outcome: 'applied', reason: null };
  const isAsAsked = now.status === (act.asked === 'confirmed' ? 'granted' : act.asked);
  return isAsAsked ? same(now) : overruled(now, 'newer-act');
}
