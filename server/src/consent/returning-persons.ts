import { withOrigin } from '../database/origin.ts';
import type { Session } from '../database/session.ts';
import { contactsByKey } from '../people/find-contacts.ts';
import type { BuiltField, BuiltTable } from '../projects/tables.ts';
import { identifyIn, type RecordKey } from '../people/record-identities.ts';
import { keyFields } from '../people/record-keys.ts';
import { normalizedAddress } from '../values/email-address.ts';
import { shortId } from '../values/salesforce-id.ts';
import type { ConsentKeys } from './consent-keys.ts';
import { standingAfter } from './consent-rules.ts';
import { actsOfPairs, type KeptAct } from './ledger-statements.ts';
import { optInsOf } from './opt-ins.ts';
import type { ConsentAct } from './consent-act.ts';
import { recordConsent } from './record-consent.ts';

/** The contacts table that rows come into. */
export interface ArrivalTable extends Pick<BuiltTable, 'id' | 'code' | 'primaryKey' | 'fields'> {
  readonly projectId: string;
  readonly schemaName: string;
}

/** A row that is about to be written, as far as it says whose it is. */
export interface Arrival {
  readonly key: RecordKey;
  readonly addresses: readonly string[];
  readonly recordId: string | null;
}

/** Somebody who comes with an address, a key or a record of one who was erased. */
export interface ReturningPerson {
  /** Place among the arrivals. */
  readonly place: number;
  readonly arrival: Arrival;
  readonly addressHash: Buffer | null;
  /** Identities of those who were erased. */
  readonly erased: readonly string[];
}

/** A key as one text, whatever order its columns are told in. */
export function keyMark(fields: readonly BuiltField[], key: RecordKey): string {
  return JSON.stringify(fields.map((field) => String(key[field.name])));
}

/** The same as marks have it: also with ids of 15 characters, as keys had them before ids had one spelling. */
export function keyMarks(fields: readonly BuiltField[], key: RecordKey): string[] {
  const ids = fields.filter(({ type }) => type === 'salesforce_id');
  if (ids.length === 0) return [keyMark(fields, key)];
  const short = Object.fromEntries(ids.map(({ name }) => [name, shortId(String(key[name]))]));
  return [keyMark(fields, key), keyMark(fields, { ...key, ...short })];
}

/**
 * Of some rows those whose persons were erased before and said something of consent. A row that is there is another
 * contact's: only an address that it takes now counts. One look, where nobody of the project was ever erased.
 *
 * @param arrivalsOf tells the rows, and is asked where somebody was
 */
export async function findReturning(
  session: Session,
  keys: ConsentKeys,
  table: ArrivalTable,
  arrivalsOf: () => readonly Arrival[],
): Promise<ReturningPerson[]> {
  if (!(await hasErased(session, table.projectId))) return [];
  const arrivals = arrivalsOf();
  if (arrivals.length === 0) return [];
  const marked: Mark[][] = [];
  for (const arrival of arrivals) marked.push(await marksOf(session, keys, table, arrival));
  const known = await markedIdentities(session, table.projectId, marked.flat());
  const met = marked.flatMap((marks, place) => {
    const arrival = arrivals[place];
    const hits = marks.filter(({ hash }) => known.has(hash.toString('hex')));
    return arrival && hits.length > 0 ? [{ place, arrival, hits }] : [];
  });
  const fields = keyFields(table);
  const there = await contactsByKey(
    session,
    table,
    table,
    met.map(({ arrival }) => arrival.key),
  );
  const rows = new Map(there.filter(({ hasRow }) => hasRow).map((row) => [keyMark(fields, row.key), row]));
  return met.flatMap(({ place, arrival, hits }) => {
    const row = rows.get(keyMark(fields, arrival.key));
    const counted = row
      ? hits.filter(({ address }) => address !== null && !row.addresses.includes(address))
      : hits;
    const erased = new Set(counted.flatMap(({ hash }) => known.get(hash.toString('hex')) ?? []));
    const addressHash = marked[place]?.find(({ address }) => address !== null)?.hash ?? null;
    return erased.size === 0 ? [] : [{ place, arrival, addressHash, erased: [...erased] }];
  });
}

async function hasErased(session: Session, projectId: string): Promise<boolean> {
  const found = await session.query(
    'SELECT FROM di.erased_mark WHERE project_id = $1::uuid AND identity_id IS NOT NULL LIMIT 1',
    [projectId],
  );
  return found.length > 0;
}

interface Mark {
  readonly hash: Buffer;
  /** In small letters; null for a key and a record. */
  readonly address: string | null;
}

async function marksOf(
  session: Session,
  keys: ConsentKeys,
  table: ArrivalTable,
  { key, addresses, recordId }: Arrival,
): Promise<Mark[]> {
  const marks: Mark[] = [];
  for (const address of addresses)
    marks.push({
      hash: await keys.hashAddress(session, address),
      address: normalizedAddress(address),
    });
  for (const text of keyMarks(keyFields(table), key))
    marks.push({ hash: await keys.hashMark(session, 'key', text), address: null });
  // Whoever was erased before ids had 18 characters is known by 15.
  for (const id of recordId === null ? [] : [recordId, shortId(recordId)])
    marks.push({ hash: await keys.hashMark(session, 'record', id), address: null });
  return marks;
}

async function markedIdentities(
  session: Session,
  projectId: string,
  marks: readonly Mark[],
): Promise<Map<string, string[]>> {
  const rows = await session.query<{ hash: string; identities: string[] }>(
    `SELECT encode(m.hash, 'hex') AS hash, array_agg(DISTINCT m.identity_id::text) AS identities
     FROM unnest($2::text[]) AS h (hash)
     JOIN di.erased_mark m ON m.project_id = $1::uuid AND m.hash = decode(h.hash, 'hex')
     WHERE m.identity_id IS NOT NULL GROUP BY 1`,
    [projectId, [...new Set(marks.map(({ hash }) => hash.toString('hex')))]],
  );
  return new Map(rows.map(({ hash, identities }) => [hash, identities]));
}

/**
 * Lets what somebody withdrew before the erasure stand for who came back; what was granted does not come back. It is told
 * to every org, to the one that brought the row too. Call it in the transaction that writes the rows.
 */
export async function restoreOptOuts(
  session: Session,
  table: Pick<ArrivalTable, 'id' | 'projectId'>,
  returning: readonly ReturningPerson[],
): Promise<void> {
  const withdrawn = await withdrawalsOf(session, table.projectId, [
    ...new Set(returning.flatMap(({ erased }) => erased)),
  ]);
  const concerned = returning.filter(({ erased }) => erased.some((id) => withdrawn.has(id)));
  if (concerned.length === 0) return;
  const identities = await identifyIn(
    session,
    table.id,
    concerned.map(({ arrival }) => arrival.key),
  );
  const acts = concerned.flatMap((person, index) =>
    person.erased.flatMap((erased) =>
      (withdrawn.get(erased) ?? []).map((act) => actOf(person, identities[index] ?? '', erased, act)),
    ),
  );
  await withOrigin(session, '', () => recordConsent(session, table.projectId, acts, { changesOnly: true }));
  await follow(
    session,
    concerned.flatMap(({ erased }, index) => erased.map((id) => ({ id, into: identities[index] ?? '' }))),
  );
}

type Withdrawal = KeptAct & { readonly optInId: string };

/** What stands as withdrawn of those who were erased: the ledger still tells. */
async function withdrawalsOf(
  session: Session,
  projectId: string,
  erased: readonly string[],
): Promise<Map<string, Withdrawal[]>> {
  const found = new Map<string, Withdrawal[]>();
  if (erased.length === 0) return found;
  const optIns = await optInsOf(session, projectId);
  const pairs = erased.flatMap((identityId) => optIns.map(({ id: optInId }) => ({ identityId, optInId })));
  const acts = await actsOfPairs(session, pairs);
  for (const { identityId, optInId } of pairs) {
    const { standing, decisive } = standingAfter(
      acts.filter((act) => act.identityId === identityId && act.optInId === optInId),
    );
    if (standing.status !== 'withdrawn' || decisive === null) continue;
    found.set(identityId, [...(found.get(identityId) ?? []), decisive]);
  }
  return found;
}

function actOf(
  { arrival, addressHash }: ReturningPerson,
  identityId: string,
  erased: string,
  { optInId, occurredAt, eventId }: Withdrawal,
): ConsentAct {
  return {
    optInId,
    identityId,
    asked: 'withdrawn',
    source: 'erasure',
    actor: { kind: 'system', id: null, name: 'DI Connect' },
    occurredAt: new Date(occurredAt),
    pendingUntil: null,
    reference: null,
    recordKey: arrival.key,
    addressHash,
    proof: { erasedPerson: erased, event: eventId },
    note: null,
  };
}

/** Links in old mails lead to who came back: they go on withdrawing. */
async function follow(
  session: Session,
  moves: readonly { readonly id: string; readonly into: string }[],
): Promise<void> {
  const first = new Map<string, string>();
  for (const { id, into } of moves) if (!first.has(id)) first.set(id, into);
  await session.query(
    `UPDATE di.record_identity i SET merged_into = m.into_id FROM unnest($1::uuid[], $2::uuid[]) AS m (id, into_id)
     WHERE i.erased_at IS NOT NULL AND i.id <> m.into_id
       AND ((i.id = m.id AND i.merged_into IS NULL) OR i.merged_into = m.id)`,
    [[...first.keys()], [...first.values()]],
  );
}
