import { carryTrace } from '../database/carry-trace.ts';
import type { Session } from '../database/session.ts';
import type { ConsentAct } from './consent-act.ts';
import { actsOfDuplicates } from './acts-of-duplicates.ts';
import {
  addAct,
  inOrder,
  isByLink,
  isCopy,
  standingAfter,
  type Act,
  type ConsentStatus,
  type ActOutcome,
} from './consent-rules.ts';
import { followConsent } from './current-consents.ts';
import { followedOfProject, holdFollowedRows } from './followed-columns.ts';
import {
  actsOfPairs,
  contradictedIn,
  eventsByReference,
  insertEvents,
  lockPersons,
  nextEventIds,
  sendConsentAgain,
  consentStatesOf,
  writeStandings,
  type KeptAct,
  type RecordedEvent,
} from './ledger-statements.ts';

/** What became of an act. */
export interface ConsentResult {
  /** Null where nothing was recorded, since nothing would have changed. */
  readonly eventId: number | null;
  readonly previous: ConsentStatus | null;
  readonly status: ConsentStatus | null;
  readonly outcome: ActOutcome;
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

const pairKey = (identityId: string, optInId: string): string => `${identityId} ${optInId}`;

/**
 * Judges acts in the order given, writes them into the ledger and what stands after them into di.consent; answers what
 * became of each. Columns that follow a checkbox of Salesforce say it at once. A withdrawal reaches those too who stand
 * double with its person. Persons are locked until the transaction ends, so that of two acts at the same time neither is
 * lost. Call it in a transaction.
 */
export async function recordConsent(
  session: Session,
  projectId: string,
  acts: readonly ConsentAct[],
  options: RecordOptions = {},
): Promise<ConsentResult[]> {
  if (acts.length === 0) return [];
  await carryTrace(session);
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
  const followed = await followedOfProject(session, projectId);
  if (followed.length > 0)
    await holdFollowedRows(session, followed, await concerned(session, given, options));
  const acts = await withLockedPersons(session, given);
  const recording = await Recording.begin(session, projectId, acts, options);
  const results = acts.map((act) => recording.record(act));
  await insertEvents(session, projectId, recording.events);
  const standings = changed(recording.pairs);
  await writeStandings(session, standings);
  await sendConsentAgain(session, recording.again);
  await followConsent(session, projectId, followed, [...standings, ...recording.again]);
  return results;
}

/** What is known of one person and one opt-in while acts are judged. */
interface Pair {
  readonly acts: KeptAct[];
  isChanged: boolean;
}

/** Acts on their way into the ledger. */
class Recording {
  readonly events: RecordedEvent[] = [];
  /** A no that was said before, and is said again: Salesforce may have forgotten it. */
  readonly again: ConsentAct[] = [];
  readonly pairs: ReadonlyMap<string, Pair>;
  readonly #wanted: ReadonlySet<ConsentAct>;
  readonly #known: Map<string, RecordedEvent>;
  readonly #contradicted: ReadonlyMap<string, Date>;
  readonly #ids: readonly number[];
  readonly #changesOnly: boolean;

  private constructor(
    { pairs, wanted, known, contradicted, ids }: Prepared,
    { changesOnly = false }: RecordOptions,
  ) {
    this.pairs = pairs;
    this.#wanted = wanted;
    this.#known = known;
    this.#contradicted = contradicted;
    this.#ids = ids;
    this.#changesOnly = changesOnly;
  }

  /** Reads what the acts are judged by. */
  static async begin(
    session: Session,
    projectId: string,
    acts: readonly ConsentAct[],
    options: RecordOptions,
  ): Promise<Recording> {
    const known = await eventsByReference(session, projectId, acts);
    const contradicted = await contradictedIn(session, acts.filter(isRefusal));
    const wanted = new Set(options.changesOnly === true ? await changing(session, acts, contradicted) : acts);
    const pairs = await readPairs(session, [...wanted]);
    const ids = await nextEventIds(session, wanted.size);
    return new Recording({ pairs, wanted, known, contradicted, ids }, options);
  }

  record(act: ConsentAct): ConsentResult {
    const same = act.reference === null ? undefined : this.#known.get(act.reference);
    if (same) return replayed(act, same);
    const pair = this.pairs.get(pairKey(act.identityId, act.optInId));
    if (!pair || !this.#wanted.has(act)) return this.#repeat(act);
    const event = judged(pair, act, this.#ids[this.events.length] ?? 0);
    const isUnchanged = event.outcome === 'unchanged';
    const isAnswer = isUnchanged && answersContradiction(act, this.#contradicted);
    if (this.#changesOnly && isUnchanged && !isAnswer) return this.#repeat(act);
    pair.acts.push(actOf(event));
    pair.isChanged ||= event.outcome === 'applied';
    this.events.push(event);
    if (isAnswer) this.again.push(act);
    if (act.reference !== null) this.#known.set(act.reference, event);
    return resultOf(event, false);
  }

  /** What the person says again by a link is sent again, though it is no news for the ledger. */
  #repeat(act: ConsentAct): ConsentResult {
    if (isRefusal(act) && isByLink(act.source)) this.again.push(act);
    return unrecorded();
  }
}

/** What acts are judged by. */
interface Prepared {
  readonly pairs: ReadonlyMap<string, Pair>;
  readonly wanted: ReadonlySet<ConsentAct>;
  readonly known: Map<string, RecordedEvent>;
  readonly contradicted: ReadonlyMap<string, Date>;
  readonly ids: readonly number[];
}

/** A person who says no. */
const isRefusal = ({ asked, source }: ConsentAct): boolean => asked === 'withdrawn' && !isCopy(source);

/** A no that comes after somebody in Salesforce has taken the one before back. */
function answersContradiction(act: ConsentAct, contradicted: ReadonlyMap<string, Date>): boolean {
  const at = contradicted.get(pairKey(act.identityId, act.optInId));
  return isRefusal(act) && at !== undefined && act.occurredAt >= at;
}

/** Persons of whom something may change. */
async function concerned(
  session: Session,
  acts: readonly ConsentAct[],
  { changesOnly }: RecordOptions,
): Promise<readonly string[]> {
  const some = changesOnly === true ? await changing(session, acts, new Map()) : acts;
  return some.map((act) => act.identityId);
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

/** Acts that may change what stands, told without reading histories; and a no that Salesforce has contradicted since. */
async function changing(
  session: Session,
  acts: readonly ConsentAct[],
  contradicted: ReadonlyMap<string, Date>,
): Promise<readonly ConsentAct[]> {
  const statuses = await consentStatesOf(session, acts);
  return acts.filter(
    (act) =>
      statuses.get(pairKey(act.identityId, act.optInId)) !== act.asked ||
      answersContradiction(act, contradicted),
  );
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
