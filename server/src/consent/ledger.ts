import { z } from 'zod';
import type { Session } from '../database/session.ts';
import { identitiesOf, type RecordKey } from '../people/record-identities.ts';
import { CONSENT_SOURCES } from './consent-rules.ts';

/** An event of the ledger as it is shown. */
export const eventSchema = z.object({
  id: z.int(),
  optIn: z.string(),
  contact: z.record(z.string(), z.unknown()).nullable().meta({
    description: 'The key that the contact had then; null where it was erased',
  }),
  asked: z.string(),
  previous: z.string().nullable(),
  status: z.string().nullable(),
  outcome: z.string(),
  reason: z.string().nullable(),
  source: z.enum(CONSENT_SOURCES),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  occurredAt: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  reference: z.string().nullable(),
  proof: z.record(z.string(), z.unknown()).nullable(),
  note: z.string().nullable(),
});

interface EventRow {
  readonly id: number;
  readonly opt_in: string;
  readonly record_key: RecordKey | null;
  readonly asked: string;
  readonly previous_status: string | null;
  readonly status: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly source: (typeof CONSENT_SOURCES)[number];
  readonly actor_kind: string;
  readonly actor_id: string | null;
  readonly actor_name: string;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
  readonly reference: string | null;
  readonly proof: Record<string, unknown> | null;
  readonly note: string | null;
}

export type LedgerEvent = Omit<z.input<typeof eventSchema>, 'occurredAt' | 'recordedAt'> & {
  readonly occurredAt: Date;
  readonly recordedAt: Date;
};

/** Which events are wanted; what is null is not asked for. */
export interface LedgerFilter {
  readonly optIn: string | null;
  readonly source: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
  /** Persons, those who were merged into them included. */
  readonly identities: readonly string[] | null;
  readonly addressHash: Buffer | null;
}

const NO_FILTER: LedgerFilter = {
  optIn: null,
  source: null,
  from: null,
  to: null,
  identities: null,
  addressHash: null,
};

/** A page of the ledger of a project in the order it was written. */
export async function ledgerPage(
  session: Session,
  projectId: string,
  filter: LedgerFilter,
  page: { readonly after: number; readonly limit: number },
): Promise<LedgerEvent[]> {
  const rows = await session.query<EventRow>(
    `SELECT e.id, o.code AS opt_in, e.record_key, e.asked, e.previous_status, e.status, e.outcome, e.reason, e.source,
       e.actor_kind, e.actor_id, e.actor_name, e.occurred_at, e.recorded_at, e.reference, e.proof, e.note
     FROM di.consent_event e JOIN di.opt_in o ON o.id = e.opt_in_id
     WHERE e.project_id = $1::uuid AND e.id > $2::bigint
       AND ($3::text IS NULL OR o.code = $3::text)
       AND ($4::text IS NULL OR e.source = $4::text)
       AND ($5::timestamptz IS NULL OR e.occurred_at >= $5::timestamptz)
       AND ($6::timestamptz IS NULL OR e.occurred_at < $6::timestamptz)
       AND ($7::uuid[] IS NULL OR e.identity_id = ANY($7::uuid[]))
       AND ($8::bytea IS NULL OR e.id IN (
         SELECT h.id FROM di.consent_event h WHERE h.project_id = $1::uuid AND h.address_hash = $8::bytea
         UNION ALL
         SELECT h.id FROM di.erased_mark m JOIN di.consent_event h ON h.identity_id = m.identity_id
         WHERE m.project_id = $1::uuid AND m.hash = $8::bytea))
     ORDER BY e.id LIMIT $9::int`,
    [
      projectId,
      page.after,
      filter.optIn,
      filter.source,
      filter.from,
      filter.to,
      filter.identities,
      filter.addressHash,
      page.limit,
    ],
  );
  return rows.map(eventOf);
}

/** Events of one person that are shown at once; the export holds all. */
const MOST_EVENTS = 1000;

/** The ledger of a person, and of those who turned out to be the same. */
export async function eventsOfPerson(
  session: Session,
  projectId: string,
  tableId: string,
  key: RecordKey,
): Promise<LedgerEvent[]> {
  const identities = await identitiesOf(session, tableId, [key]);
  if (identities.length === 0) return [];
  return ledgerPage(session, projectId, { ...NO_FILTER, identities }, { after: 0, limit: MOST_EVENTS });
}

/** The whole ledger of some identities. */
export async function eventsOfIdentities(
  session: Session,
  projectId: string,
  identities: readonly string[],
): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.id ?? 0;
    const page = await ledgerPage(
      session,
      projectId,
      { ...NO_FILTER, identities },
      { after, limit: MOST_EVENTS },
    );
    events.push(...page);
    if (page.length < MOST_EVENTS) return events;
  }
}

function eventOf(row: EventRow): LedgerEvent {
  return {
    id: row.id,
    optIn: row.opt_in,
    contact: row.record_key,
    asked: row.asked,
    previous: row.previous_status,
    status: row.status,
    outcome: row.outcome,
    reason: row.reason,
    source: row.source,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    reference: row.reference,
    proof: row.proof,
    note: row.note,
  };
}
