import { isStorable } from '../values/storable.ts';
import type { Knex } from 'knex';
import { z } from 'zod';
import { knexSession } from '../database/session.ts';
import { Refusal } from '../values/check-value.ts';
import { identify, type RecordKey } from '../people/record-identities.ts';
import { readKeys } from '../people/stored-keys.ts';
import type { ConsentKeys } from './consent-keys.ts';
import type { Asked, ConsentStatus, ActOutcome } from './consent-rules.ts';
import { findContacts, holdContacts, type Contacts } from './contacts.ts';
import { readOccurredAt } from './moments.ts';
import type { OptIn } from './opt-ins.ts';
import { proofFault, proofSchema } from './check-proof.ts';
import type { ConsentAct, ConsentActor } from './consent-act.ts';
import { recordConsent, type ConsentResult } from './record-consent.ts';
import { anyMembers, lookupName, readText } from '../http/inputs.ts';

export const MOST_CHANGES = 2000;

export const changeSchema = z.strictObject({
  contact: anyMembers.meta({
    ...anyMembers.meta(),
    description: 'The contact’s primary key, by column: {"email":"a@example.com"}',
  }),
  optIn: lookupName.nullable().meta({ description: 'Code of an opt-in; null for all of them, to withdraw' }),
  status: z.enum(['granted', 'withdrawn', 'confirmed']).meta({
    description: 'confirmed: the person followed a confirmation that you sent yourself',
  }),
  occurredAt: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'When the person did it; now where it is not given' }),
  source: z.enum(['api', 'console', 'import']).default('api').meta({
    description: 'import: copied from a list; it never raises what a person withdrew',
  }),
  reference: readText(200, 1).optional().meta({
    description: 'Your id of the event: told twice, it is recorded once',
  }),
  proof: proofSchema.optional(),
  note: readText(2000).optional(),
});
export type ConsentChange = z.output<typeof changeSchema>;

/** What became of a change. */
export interface ChangeResult {
  readonly index: number;
  readonly result: ActOutcome | 'rejected';
  readonly code: string | null;
  readonly message: string | null;
  readonly status: ConsentStatus | null;
  readonly isReplay: boolean;
}

/** Who changes what, and what it is looked up in. */
export interface ChangeContext {
  readonly projectId: string;
  readonly contacts: Contacts;
  readonly optIns: readonly OptIn[];
  readonly keys: ConsentKeys;
  readonly actor: ConsentActor;
  readonly now: Date;
  /** References are made of it where a change has none. */
  readonly idempotencyKey: string | null;
}

/** A change that has been read: what is left is to find the contact. */
interface ReadChange {
  readonly index: number;
  readonly change: ConsentChange;
  readonly key: RecordKey;
  readonly optIns: readonly OptIn[];
  readonly occurredAt: Date;
}

/** Carries out changes, each for itself: one that cannot be stops no other. Call it in a transaction. */
export async function changeConsent(
  knex: Knex,
  context: ChangeContext,
  changes: readonly ConsentChange[],
): Promise<ChangeResult[]> {
  const results = new Map<number, ChangeResult>();
  const session = knexSession(knex);
  const { tableId, key: fields } = context.contacts;
  const named = await readKeys(
    session,
    tableId,
    fields,
    changes.map(({ contact }) => contact),
  );
  const read = changes.flatMap((change, index) => {
    const one = readChange(context, change, index, named[index] ?? {});
    if (!(one instanceof Refusal)) return [one];
    results.set(index, rejected(index, one));
    return [];
  });
  const keys = read.map((one) => one.key);
  await holdContacts(session, context.contacts, keys);
  const found = await findContacts(knex, context.contacts, keys);
  const known = read.flatMap((one, place) => {
    const contact = found[place];
    if (contact?.isKnown === true) return [{ ...one, address: contact.address }];
    results.set(one.index, rejected(one.index, unknownContact(one.key)));
    return [];
  });
  const identities = await identify(
    knex,
    context.contacts.tableId,
    known.map((one) => one.key),
  );
  const acts: { index: number; act: ConsentAct }[] = [];
  for (const [place, one] of known.entries()) {
    const hash = one.address === null ? null : await context.keys.hashAddress(session, one.address);
    for (const optIn of one.optIns)
      acts.push({ index: one.index, act: actOf(context, one, optIn, identities[place] ?? '', hash) });
  }
  const recorded = await recordConsent(
    session,
    context.projectId,
    acts.map(({ act }) => act),
  );
  for (const { index } of known)
    results.set(
      index,
      united(
        index,
        recorded.filter((_result, place) => acts[place]?.index === index),
      ),
    );
  return changes.flatMap((_change, index) => results.get(index) ?? []);
}

function readChange(
  context: ChangeContext,
  change: ConsentChange,
  index: number,
  key: RecordKey | Refusal,
): ReadChange | Refusal {
  const optIns = optInsFor(context.optIns, change);
  if (optIns instanceof Refusal) return optIns;
  if (key instanceof Refusal) return key;
  const occurredAt =
    change.occurredAt === undefined ? context.now : readOccurredAt(change.occurredAt, context.now);
  if (!(occurredAt instanceof Date)) return new Refusal(occurredAt.code, occurredAt.message);
  if (isUnproven(change))
    return new Refusal(
      'proof-missing',
      'Whoever grants on somebody’s behalf says why (note) and what shows it (proof).',
    );
  const fault = change.proof === undefined ? null : proofFault(change.proof);
  if (fault !== null) return new Refusal('invalid-proof', fault);
  for (const name of ['note', 'reference'] as const)
    if (!isStorable(change[name] ?? ''))
      return new Refusal('invalid-character', `${name} holds a NUL or half a character (a lone surrogate).`);
  return { index, change, key, optIns, occurredAt };
}

/** A grant that somebody gives for somebody else, of which nothing shows that the person wanted it (GDPR, article 7). */
function isUnproven({ source, status, note, proof }: ConsentChange): boolean {
  return (
    source === 'console' && status === 'granted' && (!note?.trim() || Object.keys(proof ?? {}).length === 0)
  );
}

function optInsFor(optIns: readonly OptIn[], change: ConsentChange): readonly OptIn[] | Refusal {
  if (change.optIn === null) {
    if (change.status === 'withdrawn') return optIns;
    return new Refusal('opt-in-missing', 'Name the opt-in: only a withdrawal can be of all of them.');
  }
  const optIn = optIns.find((each) => each.code === change.optIn);
  if (!optIn) return new Refusal('unknown-opt-in', `There is no opt-in ${change.optIn} in this project.`);
  if (optIn.isArchived && change.status !== 'withdrawn')
    return new Refusal('opt-in-archived', `The opt-in ${optIn.code} is archived: it can only be withdrawn.`);
  return [optIn];
}

function unknownContact(key: RecordKey): Refusal {
  return new Refusal(
    'unknown-contact',
    `There is no contact ${JSON.stringify(key)}. A withdrawal of somebody who is not there yet can be imported.`,
  );
}

const DAY = 86_400_000;

/** What a grant asks for: of an opt-in with double opt-in it is confirmed first. */
export function askedOf(
  optIn: OptIn,
  status: 'granted' | 'withdrawn' | 'confirmed',
  occurredAt: Date,
): { asked: Asked; pendingUntil: Date | null } {
  if (status !== 'granted' || !optIn.isDouble) return { asked: status, pendingUntil: null };
  return { asked: 'pending', pendingUntil: new Date(occurredAt.getTime() + optIn.confirmWithin * DAY) };
}

function actOf(
  context: ChangeContext,
  { index, change, key, optIns, occurredAt }: ReadChange,
  optIn: OptIn,
  identityId: string,
  addressHash: Buffer | null,
): ConsentAct {
  const own =
    change.reference ?? (context.idempotencyKey === null ? null : `${context.idempotencyKey}#${index}`);
  return {
    optInId: optIn.id,
    identityId,
    ...askedOf(optIn, change.status, occurredAt),
    source: change.source,
    actor: context.actor,
    occurredAt,
    reference: own !== null && optIns.length > 1 ? `${own}/${optIn.code}` : own,
    recordKey: key,
    addressHash,
    proof: change.proof ?? null,
    note: change.note ?? null,
  };
}

function rejected(index: number, { code, message }: Refusal): ChangeResult {
  return { index, result: 'rejected', code, message, status: null, isReplay: false };
}

const REASONS: Readonly<Record<string, string>> = {
  'withdrawn-before': 'The person withdrew before, and this does not raise it.',
  'confirmation-expired': 'The time to confirm is over; ask the person again.',
  'nothing-to-confirm': 'Nothing was pending.',
  'newer-act': 'The person has done something newer since.',
};

/** One answer for a change of one opt-in or of all. */
function united(index: number, results: readonly ConsentResult[]): ChangeResult {
  if (results.some((result) => result.isMismatch))
    return rejected(
      index,
      new Refusal('reference-reused', 'This reference came with another contact, opt-in or status before.'),
    );
  const decisive =
    results.find((result) => result.outcome === 'applied') ??
    results.find((result) => result.outcome === 'overruled') ??
    results[0];
  return {
    index,
    result: decisive?.outcome ?? 'unchanged',
    code: decisive?.reason ?? null,
    message: REASONS[decisive?.reason ?? ''] ?? null,
    status: decisive?.status ?? null,
    isReplay: results.length > 0 && results.every((result) => result.isReplay),
  };
}
