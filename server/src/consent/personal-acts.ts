import type { Knex } from 'knex';
import { knexSession, type Session } from '../database/session.ts';
import { askedOf } from './consent-changes.ts';
import type { ConsentKeys } from './consent-keys.ts';
import type { Asked, ConsentSource } from './consent-rules.ts';
import type { LinkVisit, PersonalOptIn } from './links.ts';
import { recordConsent, type ConsentAct } from './record-consent.ts';

/** How the person did it. */
export interface ActProof {
  readonly source: ConsentSource;
  readonly now: Date;
  readonly proof: Readonly<Record<string, unknown>>;
}

/** What the person of a link does themselves. Each is one transaction; a repetition of it changes nothing. */
export class PersonalActs {
  readonly #knex: Knex;
  readonly #keys: ConsentKeys;

  constructor(knex: Knex, keys: ConsentKeys) {
    this.#knex = knex;
    this.#keys = keys;
  }

  /** Withdraws opt-ins: those of the link, or everything. */
  async withdraw(visit: LinkVisit, proof: ActProof, optIns: readonly PersonalOptIn[]): Promise<void> {
    await this.#record(
      visit,
      proof,
      optIns.map((optIn) => ({ optIn, asked: 'withdrawn', pendingUntil: null })),
    );
  }

  async confirm(visit: LinkVisit, proof: ActProof): Promise<void> {
    await this.#record(
      visit,
      proof,
      visit.optIns.map((optIn) => ({ optIn, asked: 'confirmed', pendingUntil: null })),
    );
  }

  /** Grants again what of some opt-ins this person's unsubscribe links withdrew within a day. */
  async undo(visit: LinkVisit, proof: ActProof, optIns: readonly PersonalOptIn[]): Promise<void> {
    const undone = await justWithdrawn(knexSession(this.#knex), visit.person.identityId);
    await this.#record(
      visit,
      proof,
      optIns
        .filter((optIn) => undone.has(optIn.id) && !optIn.isArchived)
        .map((optIn) => ({ optIn, asked: 'granted', pendingUntil: null })),
    );
  }

  /**
   * Grants and withdraws as somebody has ticked. An opt-in that was never asked for and is not ticked stays so. What was
   * granted once needs no confirmation again: its address is known to be the person's.
   */
  async choose(visit: LinkVisit, ticked: ReadonlySet<string>, proof: ActProof): Promise<void> {
    const confirmed = await onceGranted(knexSession(this.#knex), visit.person.identityId);
    const wanted = visit.optIns.flatMap((optIn) => {
      const isOn = optIn.status === 'granted' || optIn.status === 'pending';
      if (isOn === ticked.has(optIn.code)) return [];
      if (isOn) return [{ optIn, asked: 'withdrawn' as const, pendingUntil: null }];
      const isKnown = confirmed.has(optIn.id);
      return optIn.status === null && !ticked.has(optIn.code)
        ? []
        : [{ optIn, ...askedOf({ ...optIn, isDouble: optIn.isDouble && !isKnown }, 'granted', proof.now) }];
    });
    await this.#record(visit, proof, wanted);
  }

  async #record(
    { project, person }: LinkVisit,
    { source, now, proof }: ActProof,
    wanted: readonly { optIn: PersonalOptIn; asked: Asked; pendingUntil: Date | null }[],
  ): Promise<void> {
    await this.#knex.transaction(async (transaction) => {
      const session = knexSession(transaction);
      const addressHash =
        person.address === null ? null : await this.#keys.hashAddress(session, person.address);
      const acts = wanted.map(({ optIn, asked, pendingUntil }): ConsentAct => ({
        optInId: optIn.id,
        identityId: person.identityId,
        asked,
        source,
        actor: { kind: 'person', id: null, name: 'the person, by a link' },
        occurredAt: now,
        pendingUntil,
        reference: null,
        recordKey: person.recordKey,
        addressHash,
        proof,
        note: null,
      }));
      await recordConsent(session, project.id, acts, { changesOnly: true });
    });
  }
}

/** Opt-ins whose consent a link took away within a day. */
async function justWithdrawn(session: Session, identityId: string): Promise<Set<string>> {
  const rows = await session.query<{ opt_in_id: string }>(
    `SELECT c.opt_in_id FROM di.consent c JOIN di.consent_event e ON e.id = c.event_id
     WHERE c.identity_id = $1::uuid AND c.status = 'withdrawn' AND e.previous_status = 'granted'
       AND e.source = 'unsubscribe-link' AND e.recorded_at > now() - interval '1 day'`,
    [identityId],
  );
  return new Set(rows.map((row) => row.opt_in_id));
}

async function onceGranted(session: Session, identityId: string): Promise<Set<string>> {
  const rows = await session.query<{ opt_in_id: string }>(
    `SELECT DISTINCT opt_in_id FROM di.consent_event WHERE identity_id = $1::uuid AND status = 'granted'`,
    [identityId],
  );
  return new Set(rows.map((row) => row.opt_in_id));
}
