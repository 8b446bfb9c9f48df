import type { Session } from '../database/session.ts';
import { marksOf } from './marks.ts';
import { placed, type Erased, type Person, type PersonPart } from '../people/person.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { eventsOfIdentities } from './ledger.ts';

/** What a person agreed to, the ledger, and who the person is to all others. */
export function personConsent(keys: ConsentKeys): PersonPart {
  return {
    name: 'consent',
    tables: ['record_identity', 'consent', 'consent_event', 'erased_mark'],
    export: exportConsent,
    erase: (session, person, erasureId) => eraseConsent(session, keys, person, erasureId),
  };
}

async function exportConsent(session: Session, { project, identities }: Person): Promise<unknown> {
  const consents = await session.query(
    `SELECT o.code AS "optIn", c.status, c.changed_at AS "changedAt", c.pending_until AS "pendingUntil"
     FROM di.consent c JOIN di.opt_in o ON o.id = c.opt_in_id
     WHERE o.project_id = $1::uuid AND c.identity_id = ANY($2::uuid[]) ORDER BY o.code, c.changed_at`,
    [project.id, identities],
  );
  return { consents, ledger: await eventsOfIdentities(session, project.id, identities) };
}

/**
 * Blanks who the person is, and what is personal of the ledger. The events stay, of nobody: keyed hashes of addresses, keys
 * and record ids lead to them, so that a withdrawal can be proven, and stands for whoever comes back.
 */
async function eraseConsent(
  session: Session,
  keys: ConsentKeys,
  person: Person,
  erasureId: string,
): Promise<Erased> {
  const { identities } = person;
  await session.query("SELECT set_config('di.erasing', 'on', true)");
  const [blanked] = await session.query<{ count: number }>(
    'SELECT di.erase_consent_events($1::uuid[]) AS count',
    [identities],
  );
  await session.query("SELECT set_config('di.erasing', '', true)");
  const consents = await session.query(
    'DELETE FROM di.consent WHERE identity_id = ANY($1::uuid[]) RETURNING 1',
    [identities],
  );
  const [kept] = await session.query<{ count: number }>(
    'SELECT count(*) AS count FROM di.consent_event WHERE identity_id = ANY($1::uuid[])',
    [identities],
  );
  const hashes = await mark(session, keys, person, erasureId);
  const known = await blankIdentities(session, identities);
  const proofs = kept?.count ?? 0;
  return {
    erased: [
      ...placed('consents', consents.length),
      ...placed('ledger-details', blanked?.count ?? 0),
      ...placed('identities', known),
    ],
    kept: [
      ...placed('ledger', proofs).map((place) => ({
        ...place,
        code: 'proof-of-consent',
        reason:
          'Events of the ledger without key, note, reference and proof: what was agreed to and withdrawn must be proven.',
      })),
      ...placed('hashes', hashes).map((place) => ({
        ...place,
        code: 'opt-out-stands',
        reason:
          'Keyed hashes, which tell nothing by themselves: a withdrawal stands when the same address, key or record comes back.',
      })),
    ],
  };
}

/**
 * Identities that this erasure alone has made go; the others stay as ids without a key, since calls may be on their way. What
 * others have made while it waited for the table is newer than its own moment.
 */
async function blankIdentities(session: Session, identities: readonly string[]): Promise<number> {
  const blanked = await session.query(
    `UPDATE di.record_identity SET record_key = jsonb_build_object('_erased', id), erased_at = now()
     WHERE id = ANY($1::uuid[]) AND erased_at IS NULL AND created_at <> now() RETURNING 1`,
    [identities],
  );
  await session.query(
    `DELETE FROM di.record_identity i WHERE i.id = ANY($1::uuid[]) AND i.created_at = now()
       AND NOT EXISTS (SELECT FROM di.consent_event e WHERE e.identity_id = i.id)`,
    [identities],
  );
  return blanked.length;
}

/** Leaves the hashes by which whoever comes back is told. Answers how many. */
async function mark(session: Session, keys: ConsentKeys, person: Person, erasureId: string): Promise<number> {
  const { project, table, identities } = person;
  const hashes = (await marksOf(session, keys, person)).map((hash) => hash.toString('hex'));
  await session.query(
    `INSERT INTO di.erased_mark (project_id, hash, erasure_id, identity_id)
     SELECT $1::uuid, decode(h.hash, 'hex'), $2::uuid, i.id
     FROM unnest($3::text[]) AS h (hash) LEFT JOIN di.record_identity i ON i.id = ANY($4::uuid[]) AND i.table_id = $5::uuid
       AND i.erased_at IS NULL AND i.merged_into IS NULL AND EXISTS (SELECT FROM di.consent_event e WHERE e.identity_id = i.id)`,
    [project.id, erasureId, hashes, identities, table.id],
  );
  return hashes.length;
}
