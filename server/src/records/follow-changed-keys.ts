import { copyWithdrawals, mergeConsent } from '../consent/merge-consent.ts';
import type { Session } from '../database/session.ts';
import { identifyIn, type MergedIdentity, type MovedRecord } from '../people/record-identities.ts';

/**
 * Lets identities follow rows that took other keys, all at once: rows may have exchanged theirs. Where somebody is known by
 * the new key already, the two are one from then on (mergeIdentities). Call it in the transaction that moves the rows.
 */
export async function followMovedRecords(
  session: Session,
  tableId: string,
  moved: readonly MovedRecord[],
): Promise<void> {
  await mergeIdentities(session, await moveIdentities(session, tableId, moved));
}

/** Somebody whose row took another key. */
export interface FollowedMove extends MergedIdentity {
  /** Of the move among those that were given. */
  readonly place: number;
}

/**
 * Gives identities the keys that their rows took; answers who they are from then on. Those whose new key is somebody else's
 * have none until they are merged into that one, which is to be done in the same transaction.
 */
export async function moveIdentities(
  session: Session,
  tableId: string,
  moved: readonly MovedRecord[],
): Promise<readonly FollowedMove[]> {
  if (moved.length === 0) return [];
  const { taken, merged } = sortMoves(await findMovers(session, tableId, moved));
  await moveKeys(session, taken, merged);
  const own = taken.map(({ place, identityId }) => ({ place, identityId, into: identityId }));
  return [...own, ...merged];
}

/**
 * Makes two persons one: the one that is there stays, the lower consent counts, both histories stay, and what waits to be sent
 * of the one waits of the other.
 */
export async function mergeIdentities(session: Session, followed: readonly MergedIdentity[]): Promise<void> {
  const merged = followed.filter(({ identityId, into }) => identityId !== into);
  if (merged.length === 0) return;
  // Whoever was merged into one of these before follows.
  await session.query(
    `UPDATE di.record_identity i SET merged_into = m.into_id
     FROM unnest($1::uuid[], $2::uuid[]) AS m (id, into_id) WHERE i.id = m.id OR i.merged_into = m.id`,
    [merged.map(({ identityId }) => identityId), merged.map(({ into }) => into)],
  );
  await mergeConsent(session, merged);
}

/**
 * Lets what was withdrawn go along with records that take other keys, where other records stay with the keys that they had:
 * whoever said no, says no under both.
 */
export async function carryWithdrawals(
  session: Session,
  tableId: string,
  moved: readonly MovedRecord[],
): Promise<void> {
  if (moved.length === 0) return;
  const withdrawn = await session.query<{ id: string; to: MovedRecord['to'] }>(
    `SELECT i.id, m.move->'to' AS "to"
     FROM jsonb_array_elements($2::jsonb) AS m (move)
     CROSS JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $1::uuid AND n.record_key = m.move->'from' OFFSET 0) i
     WHERE EXISTS (SELECT FROM di.consent c WHERE c.identity_id = i.id AND c.status = 'withdrawn')`,
    [tableId, JSON.stringify(moved)],
  );
  const into = await identifyIn(
    session,
    tableId,
    withdrawn.map(({ to }) => to),
  );
  await copyWithdrawals(
    session,
    withdrawn.map(({ id }, place) => ({ identityId: id, into: into[place] ?? '' })),
  );
}

/**
 * Whether a row would take the key of somebody else: of both something is known beside their keys, what they said of
 * consent or a record in an org, one that waits to be deleted too.
 */
export async function areTwoPersons(
  session: Session,
  tableId: string,
  { from, to }: MovedRecord,
): Promise<boolean> {
  const known = await session.query(
    `SELECT FROM di.record_identity i
     WHERE i.table_id = $1::uuid AND i.record_key IN ($2::jsonb, $3::jsonb) AND (
       EXISTS (SELECT FROM di.consent c WHERE c.identity_id = i.id)
       OR EXISTS (SELECT FROM di.record_link l WHERE l.identity_id = i.id AND NOT l.is_gone)
       OR EXISTS (SELECT FROM di.delivery d WHERE d.identity_id = i.id AND d.row_change = 'deleted'))`,
    [tableId, JSON.stringify(from), JSON.stringify(to)],
  );
  return known.length > 1;
}

interface Mover {
  readonly place: number;
  readonly identity_id: string;
  readonly occupant_id: string | null;
}

/** Identities of the rows that moved, and of whoever is known by their new keys; locked, in one order for everybody. */
async function findMovers(
  session: Session,
  tableId: string,
  moved: readonly MovedRecord[],
): Promise<(Mover & { readonly to: string })[]> {
  const given = JSON.stringify(moved);
  await session.query(
    `SELECT i.id FROM di.record_identity i
     WHERE i.table_id = $1::uuid AND i.record_key IN
       (SELECT k.record_key FROM jsonb_array_elements($2::jsonb) AS m (move), jsonb_each(m.move) AS k (side, record_key))
     ORDER BY i.id FOR UPDATE`,
    [tableId, given],
  );
  return session.query(
    `SELECT m.place::int - 1 AS place, f.id AS identity_id, t.id AS occupant_id, m.move->>'to' AS "to"
     FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS m (move, place)
     CROSS JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $1::uuid AND n.record_key = m.move->'from' OFFSET 0) f
     LEFT JOIN LATERAL (
       SELECT n.id FROM di.record_identity n WHERE n.table_id = $1::uuid AND n.record_key = m.move->'to' OFFSET 0) t ON true
     WHERE m.move->'from' <> m.move->'to'
     ORDER BY m.place`,
    [tableId, given],
  );
}

interface SortedMoves {
  readonly taken: readonly { readonly place: number; readonly identityId: string; readonly to: string }[];
  readonly merged: readonly FollowedMove[];
}

/** Who gets a new key, and who is one with somebody that has it: one that moves away itself makes room. */
function sortMoves(movers: readonly (Mover & { readonly to: string })[]): SortedMoves {
  const leaving = new Set(movers.map((mover) => mover.identity_id));
  const holders = new Map<string, string>();
  const taken: SortedMoves['taken'][number][] = [];
  const merged: FollowedMove[] = [];
  for (const { place, identity_id: identityId, occupant_id: occupant, to } of movers) {
    const holder = occupant !== null && !leaving.has(occupant) ? occupant : holders.get(to);
    if (holder !== undefined) merged.push({ place, identityId, into: holder });
    else {
      taken.push({ place, identityId, to });
      holders.set(to, identityId);
    }
  }
  return { taken, merged };
}

/** Every key is let go before any is taken: keys may go round in a ring. */
async function moveKeys(
  session: Session,
  taken: SortedMoves['taken'],
  merged: SortedMoves['merged'],
): Promise<void> {
  if (taken.length + merged.length === 0) return;
  await session.query(
    `UPDATE di.record_identity SET record_key = jsonb_build_object('_moved', id) WHERE id = ANY($1::uuid[])`,
    [[...taken, ...merged].map(({ identityId }) => identityId)],
  );
  await session.query(
    `UPDATE di.record_identity i SET record_key = t.record_key::jsonb
     FROM unnest($1::uuid[], $2::text[]) AS t (id, record_key) WHERE i.id = t.id`,
    [taken.map((each) => each.identityId), taken.map((each) => each.to)],
  );
}
