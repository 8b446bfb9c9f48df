import type { RecordKey } from '../records/record-identities.ts';
import type { Session } from '../database/session.ts';
import { actsOfDuplicates } from './acts-of-duplicates.ts';
import {
  addAct,
  inOrder,
  standingAfter,
  type Act,
  type Asked,
  type ConsentSource,
  type ConsentStatus,
  type Outcome,
} from './consent-rules.ts';
import {
  actsOfPairs,
  eventsByReference,
  insertEvents,
  lockPersons,
  nextEventIds,
  standingsOf,
  writeStandings,
  type KeptAct,
  type RecordedEvent,
} from './ledger-statements.ts';

/** Who did something to a consent, as the ledger names them. */
export interface ConsentActor {
  readonly kind: 'operator' | 'user' | 'api-key' | 'person' | 'connection' | 'system';
  readonly id: string | null;
  readonly name: string;
}

/** Something that a person did, or that is told of them, about one opt-in. */
export interface ConsentAct {
  readonly optInId: string;
  readonly identityId: string;
  readonly asked: Asked;
  readonly source: ConsentSource;
  readonly actor: ConsentActor;
  readonly occurredAt: Date;
  readonly pendingUntil: Date | null;
  /** Of two acts of a project with one reference the second one is the first one told again. */
  readonly reference: string | null;
  readonly recordKey: RecordKey | null;
  /** HMAC of the person's address. */
  readonly addressHash: Buffer | null;
  readonly proof: Readonly<Record<string, unknown>> | null;
  readonly note: string | null;
}

/** What became of an act. */
export interface ConsentResult {
  /** Null where nothing was recorded, since nothing would have changed. */
  readonly eventId: number | null;
  readonly previous: ConsentStatus | null;
  readonly status: ConsentStatus | null;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** The act came before, with this reference. */
  readonly isReplay: boolean;
  /** The reference belongs to another act. */
  readonly isMismatch: boolean;
}

export interface RecordOptions {
  /** Acts that change nothing leave no trace: a copy that is told with every batch would fill the ledger. */
  readonly changesOnly?: boolean;
}

/** What is known of one person and one opt-in while acts are judged. */
interface Pair {
  readonly acts: KeptAct[];
  isChanged: boolean;
}

const pairKey = (identityId: string, optInId: string): string => `${identityId} ${optInId}`;

/**
 * Judges acts in the order given, writes them into the ledger and what stands after them into di.consent; answers what
 * became of each. Persons are locked until the transaction ends, so that of two acts at the same time neither is lost. A
 * withdrawal reaches those too who stand double with its person. Call it in a transaction.
 */
export async function recordConsent(
  session: Session,
  projectId: string,
  acts: readonly ConsentAct[],
  options: RecordOptions = {},
): Promise<ConsentResult[]> {
  if (acts.length === 0) return [];
  const ofDuplicates = await actsOfDuplicates(session, acts);
  const results = await record(session, projectId, [...acts, ...ofDuplicates], options);
  return results.slice(0, acts.length);
}

async function record(
  session: Session,
  projectId: string,
  given: readonly ConsentAct[],
  options: RecordOptions,
): Promise<ConsentResult[]> {
  const acts = await withLockedPersons(session, given);
  const known = await eventsByReference(session, projectId, acts);
  const wanted = new Set(options.changesOnly === true ? await changing(session, acts) : acts);
  const pairs = await readPairs(session, [...wanted]);
  const ids = await nextEventIds(session, wanted.size);
  const events: RecordedEvent[] = [];
  const results = acts.map((act): ConsentResult => {
    const same = act.reference === null ? undefined : known.get(act.reference);
    if (same) return replayed(act, same);
    const pair = pairs.get(pairKey(act.identityId, act.optInId));
    if (!pair || !wanted.has(act)) return unrecorded();
    const event = judged(pair, act, ids[events.length] ?? 0);
    if (options.changesOnly === true && event.outcome === 'unchanged') return unrecorded();
    pair.acts.push(actOf(event));
    pair.isChanged ||= event.outcome === 'applied';
    events.push(event);
    if (act.reference !== null) known.set(act.reference, event);
    return resultOf(event, false);
  });
  await insertEvents(session, projectId, events);
  await writeStandings(session, changed(pairs));
  return results;
}

/** Whoever was one with somebody else in the meantime is that one. */
async function withLockedPersons(
  session: Session,
  acts: readonly ConsentAct[],
): Promise<readonly ConsentAct[]> {
  const merged = await lockPersons(
    session,
    acts.map((act) => act.identityId),
  );
  if (merged.size === 0) return acts;
  return withLockedPersons(
    session,
    acts.map((act) => ({ ...act, identityId: merged.get(act.identityId) ?? act.identityId })),
  );
}

/** Acts that may change what stands, told without reading histories. */
async function changing(session: Session, acts: readonly ConsentAct[]): Promise<readonly ConsentAct[]> {
  const statuses = await standingsOf(session, acts);
  return acts.filter((act) => statuses.get(pairKey(act.identityId, act.optInId)) !== act.asked);
}

async function readPairs(session: Session, acts: readonly ConsentAct[]): Promise<Map<string, Pair>> {
  const pairs = new Map<string, Pair>();
  for (const act of acts) pairs.set(pairKey(act.identityId, act.optInId), { acts: [], isChanged: false });
  for (const { identityId, optInId, ...act } of await actsOfPairs(session, acts))
    pairs.get(pairKey(identityId, optInId))?.acts.push(act);
  return pairs;
}

function judged(pair: Pair, act: ConsentAct, id: number): RecordedEvent {
  const previous = standingAfter(pair.acts).standing.status;
  const { standing, outcome, reason } = addAct(pair.acts, ruled(act));
  return { ...act, id, previous, status: standing.status, outcome, reason };
}

function ruled(act: ConsentAct): Act {
  return {
    asked: act.asked,
    source: act.source,
    occurredAt: act.occurredAt.getTime(),
    pendingUntil: act.pendingUntil?.getTime() ?? null,
  };
}

function actOf(event: RecordedEvent): KeptAct {
  return { ...ruled(event), eventId: event.id };
}

function changed(pairs: ReadonlyMap<string, Pair>): Parameters<typeof writeStandings>[1] {
  return [...pairs].flatMap(([key, { acts, isChanged }]) => {
    if (!isChanged) return [];
    const [identityId = '', optInId = ''] = key.split(' ');
    const { standing, decisive } = standingAfter(inOrder(acts));
    if (standing.status === null || decisive === null) return [];
    return [
      {
        identityId,
        optInId,
        status: standing.status,
        pendingUntil: standing.pendingUntil,
        changedAt: decisive.occurredAt,
        eventId: decisive.eventId,
      },
    ];
  });
}

function replayed(act: ConsentAct, event: RecordedEvent): ConsentResult {
  const isSame =
    event.identityId === act.identityId && event.optInId === act.optInId && event.asked === act.asked;
  return { ...resultOf(event, true), isMismatch: !isSame };
}

function resultOf(event: RecordedEvent, isReplay: boolean): ConsentResult {
  const { id, previous, status, outcome, reason } = event;
  return { eventId: id, previous, status, outcome, reason, isReplay, isMismatch: false };
}

function unrecorded(): ConsentResult {
  return {
    eventId: null,
    previous: null,
    status: null,
    outcome: 'unchanged',
    reason: null,
    isReplay: false,
    isMismatch: false,
  };
}
