import type { Session } from '../database/session.ts';
import { optInValue, type ChangedOptIns, type ConsentByCode } from './opt-in-fields.ts';
import { setForPersons, type FollowedColumn } from './followed-columns.ts';

/** What a person has said until now, and which opt-ins have changed. */
export interface CurrentConsent {
  readonly byCode: ConsentByCode;
  readonly changed: ChangedOptIns;
}

interface ConsentRow {
  readonly identity_id: string;
  readonly opt_in_id: string;
  readonly code: string;
  readonly status: string;
  readonly is_archived: boolean;
}

/**
 * What persons have said until now, by identity. Archived opt-ins count for nothing, since nobody is written to for them;
 * but for who was never asked for another one, and withdrew.
 *
 * @param changed the ids of the opt-ins that changed, by identity; null for every one
 */
export async function currentConsents(
  session: Session,
  projectId: string,
  changed: ReadonlyMap<string, readonly string[] | null>,
): Promise<ReadonlyMap<string, CurrentConsent>> {
  const rows = await session.query<ConsentRow>(
    `SELECT c.identity_id, c.opt_in_id, o.code, c.status, o.archived_at IS NOT NULL AS is_archived
     FROM di.consent c
     JOIN di.opt_in o ON o.id = c.opt_in_id AND o.project_id = $2::uuid
     WHERE c.identity_id = ANY ($1::uuid[]) AND (o.archived_at IS NULL OR c.status = 'withdrawn')
     ORDER BY c.identity_id, o.code`,
    [[...changed.keys()], projectId],
  );
  const asked = new Set(rows.filter((row) => !row.is_archived).map((row) => row.identity_id));
  const counted = rows.filter((row) => !row.is_archived || !asked.has(row.identity_id));
  const consents = new Map<string, { byCode: Map<string, string>; changed: Set<string> | null }>();
  for (const { identity_id, opt_in_id, code, status } of counted) {
    const ids = changed.get(identity_id) ?? null;
    const known = consents.get(identity_id) ?? { byCode: new Map(), changed: ids && new Set() };
    consents.set(identity_id, known);
    known.byCode.set(code, status);
    if (ids?.includes(opt_in_id) === true) known.changed?.add(code);
  }
  return consents;
}

/** Lets the columns that follow checkboxes say what persons said just now, before Salesforce hears of it. */
export async function followConsent(
  session: Session,
  projectId: string,
  followed: readonly FollowedColumn[],
  changed: readonly { readonly identityId: string; readonly optInId: string }[],
): Promise<void> {
  if (followed.length === 0 || changed.length === 0) return;
  const optIns = new Map<string, string[]>();
  for (const { identityId, optInId } of changed)
    optIns.set(identityId, [...(optIns.get(identityId) ?? []), optInId]);
  const consents = await currentConsents(session, projectId, optIns);
  for (const column of followed) await setForPersons(session, column, valuesOf(column, consents));
}

/** What a checkbox is told of persons, for those whom it is told something of. */
export function valuesOf(
  { target }: Pick<FollowedColumn, 'target'>,
  consents: ReadonlyMap<string, CurrentConsent>,
): { identityId: string; value: boolean }[] {
  return [...consents].flatMap(([identityId, { byCode, changed }]) => {
    const value = optInValue(target, byCode, changed);
    return value === null ? [] : [{ identityId, value }];
  });
}
