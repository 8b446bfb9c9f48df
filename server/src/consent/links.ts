import { createSecretKey, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { knexSession, type Session } from '../database/session.ts';
import { Projects, type Project } from '../projects/projects.ts';
import { brandingOf, type Branding } from './branding.ts';
import type { ConsentKeys } from './consent-keys.ts';
import type { ConsentStatus } from './consent-rules.ts';
import { contactsOf, findLinkedPerson, type Contacts, type LinkedPerson } from './contacts.ts';
import { contradictedIn } from './ledger-statements.ts';
import { UnverifiedToken, type LinkClaims } from './link-tokens.ts';
import { optInsOf, type OptIn } from './opt-ins.ts';

/** An opt-in as it stands for the person of a link. */
export interface PersonalOptIn extends OptIn {
  readonly status: ConsentStatus | null;
  readonly pendingUntil: Date | null;
  /** Somebody in Salesforce has taken back what the person withdrew: it is worth saying again. */
  readonly isContradicted: boolean;
}

/** What somebody who follows a link is about to see or change. */
export interface LinkVisit {
  readonly claims: LinkClaims;
  readonly project: Project;
  readonly branding: Branding;
  readonly contacts: Contacts;
  readonly person: LinkedPerson;
  /** Those that the link is for. */
  readonly optIns: readonly PersonalOptIn[];
  /** All of the project: what somebody unsubscribes from who unsubscribes from everything. */
  readonly everything: readonly PersonalOptIn[];
}

/** Whoever has no key that fits is kept as long as others. */
const NO_KEY = createSecretKey(randomBytes(32));

/** What a token says; null where nobody here has signed it. */
export async function verifyToken(
  session: Session,
  keys: ConsentKeys,
  text: string,
): Promise<LinkClaims | null> {
  const token = UnverifiedToken.read(text);
  if (token === null) return null;
  const key = await keys.verifying(session, token.keyNumber);
  return token.verify(key ?? NO_KEY);
}

/** What a signed link leads to now; null where it was revoked, or what it names is gone. */
export async function openLink(knex: Knex, claims: LinkClaims): Promise<LinkVisit | null> {
  const session = knexSession(knex);
  const [owner] = await session.query<{ account_id: string }>(
    'SELECT account_id FROM di.project WHERE id = $1::uuid',
    [claims.projectId],
  );
  if (!owner) return null;
  const project = await new Projects(knex, owner.account_id).findById(claims.projectId);
  const contacts = await contactsOf(knex, owner.account_id, project);
  const person = await findLinkedPerson(session, contacts, claims.identityId);
  if (person?.linkGeneration !== claims.generation) return null;
  const everything = await personal(session, person.identityId, await optInsOf(session, project.id));
  const optIns = everything.filter((optIn) => claims.optInId === null || optIn.id === claims.optInId);
  if (claims.optInId !== null && optIns.length === 0) return null;
  const branding = await brandingOf(session, project.id);
  return { claims, project, branding, contacts, person, optIns, everything };
}

async function personal(
  session: Session,
  identityId: string,
  optIns: readonly OptIn[],
): Promise<PersonalOptIn[]> {
  const rows = await session.query<{
    opt_in_id: string;
    status: ConsentStatus;
    pending_until: Date | null;
  }>('SELECT opt_in_id, status, pending_until FROM di.consent WHERE identity_id = $1::uuid', [identityId]);
  const contradicted = await contradictedIn(
    session,
    rows
      .filter(({ status }) => status === 'withdrawn')
      .map((row) => ({ identityId, optInId: row.opt_in_id })),
  );
  return optIns.map((optIn) => {
    const row = rows.find((each) => each.opt_in_id === optIn.id);
    return {
      ...optIn,
      status: row?.status ?? null,
      pendingUntil: row?.pending_until ?? null,
      isContradicted: contradicted.has(`${identityId} ${optIn.id}`),
    };
  });
}

/** Counts the links of persons one generation up: those made before lead nowhere. */
export async function revokeLinks(session: Session, identityIds: readonly string[]): Promise<void> {
  await session.query(
    `UPDATE di.record_identity SET link_generation = link_generation + 1
     WHERE id = ANY($1::uuid[]) OR merged_into = ANY($1::uuid[])`,
    [identityIds],
  );
}

/** The generations of persons' links, by identity. */
export async function linkGenerations(
  session: Session,
  identityIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await session.query<{ id: string; link_generation: number }>(
    'SELECT id, link_generation FROM di.record_identity WHERE id = ANY($1::uuid[])',
    [identityIds],
  );
  return new Map(rows.map((row) => [row.id, row.link_generation]));
}
