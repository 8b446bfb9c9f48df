import type { Session } from '../database/session.ts';
import type { Act, Asked, ConsentSource, ConsentStatus, ActOutcome } from './consent-rules.ts';
import type { ConsentAct } from './consent-act.ts';

/** An act that the ledger holds. */
export interface KeptAct extends Act {
  readonly eventId: number;
}

/** An act with what became of it. */
export interface RecordedEvent extends ConsentAct {
  readonly id: number;
  readonly previous: ConsentStatus | null;
  readonly status: ConsentStatus | null;
  readonly outcome: ActOutcome;
  readonly reason: string | null;
}

export type Paired = Pick<ConsentAct, 'identityId' | 'optInId'>;

const pairArrays = (pairs: readonly Paired[]): [string[], string[]] => [
  pairs.map((pair) => pair.identityId),
  pairs.map((pair) => pair.optInId),
];

/**
 * Has persons to itself until the transaction ends, in one order for everybody. Answers those that were merged into
 * others, with the others: they are not locked yet.
 */
export async function lockPersons(
  session: Session,
  identityIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await session.query<{ id: string; merged_into: string | null }>(
    'SELECT id, merged_into FROM di.record_identity WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    [[...new Set(identityIds)]],
  );
  return new Map(
    rows.flatMap((row) => (row.merged_into === null ? [] : [[row.id, row.merged_into] as const])),
  );
}

interface ReferencedRow {
  readonly id: number;
  readonly reference: string;
  readonly identity_id: string;
  readonly opt_in_id: string;
  readonly asked: Asked;
  readonly previous_status: ConsentStatus | null;
  readonly status: ConsentStatus | null;
  readonly outcome: ActOutcome;
  readonly reason: string | null;
}

/** Events that acts have told before, by their references. */
export async function eventsByReference(
  session: Session,
  projectId: string,
  acts: readonly ConsentAct[],
): Promise<Map<string, RecordedEvent>> {
  const byReference = new Map(
    acts.flatMap((act) => (act.reference === null ? [] : [[act.reference, act] as const])),
  );
  if (byReference.size === 0) return new Map();
  const rows = await session.query<ReferencedRow>(
    `SELECT id, reference, identity_id, opt_in_id, asked, previous_status, status, outcome, reason
     FROM di.consent_event WHERE project_id = $1::uuid AND reference = ANY($2::text[])`,
    [projectId, [...byReference.keys()]],
  );
  return new Map(
    rows.flatMap((row) => {
      const act = byReference.get(row.reference);
      return act ? [[row.reference, eventOf(row, act)] as const] : [];
    }),
  );
}

function eventOf(row: ReferencedRow, act: ConsentAct): RecordedEvent {
  const { id, asked, status, outcome, reason } = row;
  const pair = { identityId: row.identity_id, optInId: row.opt_in_id };
  return { ...act, ...pair, id, asked, previous: row.previous_status, status, outcome, reason };
}

/** What stands now, by `identity opt-in`. */
export async function consentStatesOf(
  session: Session,
  pairs: readonly Paired[],
): Promise<Map<string, ConsentStatus>> {
  const rows = await session.query<{ pair: string; status: ConsentStatus }>(
    `SELECT c.identity_id || ' ' || c.opt_in_id AS pair, c.status
     FROM unnest($1::uuid[], $2::uuid[]) AS p (identity_id, opt_in_id)
     JOIN di.consent c ON c.identity_id = p.identity_id AND c.opt_in_id = p.opt_in_id`,
    pairArrays(pairs),
  );
  return new Map(rows.map((row) => [row.pair, row.status]));
}

/**
 * Pairs, as `identity opt-in`, of which Salesforce has the last word in the ledger, with its moment: somebody there has
 * taken back what the person withdrew, and was overruled.
 */
export async function contradictedIn(session: Session, pairs: readonly Paired[]): Promise<Map<string, Date>> {
  if (pairs.length === 0) return new Map();
  const rows = await session.query<{ pair: string; occurred_at: Date }>(
    `SELECT p.identity_id || ' ' || p.opt_in_id AS pair, last.occurred_at
     FROM (SELECT DISTINCT identity_id, opt_in_id FROM unnest($1::uuid[], $2::uuid[]) AS u (identity_id, opt_in_id)) p
     CROSS JOIN LATERAL (
       SELECT e.asked, e.source, e.outcome, e.occurred_at FROM di.consent_event e
       WHERE e.identity_id = p.identity_id AND e.opt_in_id = p.opt_in_id ORDER BY e.id DESC LIMIT 1) AS last
     WHERE last.source = 'salesforce' AND last.asked = 'granted' AND last.outcome = 'overruled'`,
    pairArrays(pairs),
  );
  return new Map(rows.map((row) => [row.pair, row.occurred_at]));
}

/** Has opt-ins of persons sent to Salesforce although nothing has changed here. */
export async function sendConsentAgain(session: Session, pairs: readonly Paired[]): Promise<void> {
  if (pairs.length === 0) return;
  const [persons, optIns] = pairArrays(pairs);
  await session.query('SELECT di.note_consent($1::uuid[], $2::uuid[])', [optIns, persons]);
}

interface ActRow {
  readonly id: number;
  readonly identity_id: string;
  readonly opt_in_id: string;
  readonly asked: Asked;
  readonly source: ConsentSource;
  readonly occurred_at: Date;
  readonly pending_until: Date | null;
}

/** Everything that the ledger holds of some persons and opt-ins. */
export async function actsOfPairs(session: Session, pairs: readonly Paired[]): Promise<(KeptAct & Paired)[]> {
  if (pairs.length === 0) return [];
  const rows = await session.query<ActRow>(
    `SELECT e.id, e.identity_id, e.opt_in_id, e.asked, e.source, e.occurred_at, e.pending_until
     FROM (SELECT DISTINCT identity_id, opt_in_id FROM unnest($1::uuid[], $2::uuid[]) AS u (identity_id, opt_in_id)) p
     JOIN di.consent_event e ON e.identity_id = p.identity_id AND e.opt_in_id = p.opt_in_id
     ORDER BY e.id`,
    pairArrays(pairs),
  );
  return rows.map((row) => ({
    identityId: row.identity_id,
    optInId: row.opt_in_id,
    eventId: row.id,
    asked: row.asked,
    source: row.source,
    occurredAt: row.occurred_at.getTime(),
    pendingUntil: row.pending_until?.getTime() ?? null,
  }));
}

export async function nextEventIds(session: Session, count: number): Promise<number[]> {
  if (count === 0) return [];
  const rows = await session.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence('di.consent_event', 'id')) AS id FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map((row) => row.id);
}

export async function insertEvents(
  session: Session,
  projectId: string,
  events: readonly RecordedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await session.query(
    `INSERT INTO di.consent_event (project_id, id, opt_in_id, identity_id, asked, pending_until, previous_status, status, outcome,
       reason, source, actor_kind, actor_id, actor_name, occurred_at, reference, record_key, proof, note, address_hash)
     SELECT $1::uuid, id, opt_in_id, identity_id, asked, pending_until, previous_status, status, outcome,
       reason, source, actor_kind, actor_id, actor_name, occurred_at, reference, record_key, proof, note, decode(address_hash, 'hex')
     FROM jsonb_to_recordset($2::jsonb) AS e (id bigint, opt_in_id uuid, identity_id uuid, asked text, pending_until timestamptz,
       previous_status text, status text, outcome text, reason text, source text, actor_kind text, actor_id text, actor_name text,
       occurred_at timestamptz, reference text, record_key jsonb, proof jsonb, note text, address_hash text)`,
    [projectId, JSON.stringify(events.map(columnsOf))],
  );
}

function columnsOf(event: RecordedEvent): Record<string, unknown> {
  return {
    id: event.id,
    opt_in_id: event.optInId,
    identity_id: event.identityId,
    asked: event.asked,
    pending_until: event.pendingUntil,
    previous_status: event.previous,
    status: event.status,
    outcome: event.outcome,
    reason: event.reason,
    source: event.source,
    actor_kind: event.actor.kind,
    actor_id: event.actor.id,
    actor_name: event.actor.name,
    occurred_at: event.occurredAt,
    reference: event.reference,
    record_key: event.recordKey,
    proof: event.proof,
    note: event.note,
    address_hash: event.addressHash?.toString('hex') ?? null,
  };
}

/** What stands of a person and an opt-in, and the event that made it so. Moments are milliseconds since 1970. */
export interface NewStanding extends Paired {
  readonly status: ConsentStatus;
  readonly pendingUntil: number | null;
  readonly changedAt: number;
  readonly eventId: number;
}

export async function writeStandings(session: Session, standings: readonly NewStanding[]): Promise<void> {
  if (standings.length === 0) return;
  const moment = (value: number | null): string | null =>
    value === null ? null : new Date(value).toISOString();
  await session.query(
    `INSERT INTO di.consent AS c (opt_in_id, identity_id, status, pending_until, changed_at, event_id)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::bigint[])
     ON CONFLICT (opt_in_id, identity_id) DO UPDATE
     SET status = EXCLUDED.status, pending_until = EXCLUDED.pending_until, changed_at = EXCLUDED.changed_at, event_id = EXCLUDED.event_id
     WHERE (c.status, c.pending_until, c.event_id) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.pending_until, EXCLUDED.event_id)`,
    [
      standings.map((each) => each.optInId),
      standings.map((each) => each.identityId),
      standings.map((each) => each.status),
      standings.map((each) => moment(each.pendingUntil)),
      standings.map((each) => moment(each.changedAt)),
      standings.map((each) => each.eventId),
    ],
  );
}
