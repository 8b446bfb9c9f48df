import { say } from '../../messages/message.ts';
import type { CurrentConsent } from '../../consent/current-consents.ts';
import type { ChangedOptIns, ConsentByCode } from '../../consent/opt-in-fields.ts';
import type { OrgObject, OrgRecord } from '../../salesforce/org.ts';
import type { Claim } from './claims.ts';
import type { CurrentRow, CurrentState } from './current-state.ts';
import type { Integration } from './integrations.ts';
import type { Settled } from './outcomes.ts';
import { UnmappedValue, type RowMapping } from './row-mapping.ts';
import { withoutRecord } from './without-record.ts';

/** What a delivery wants of the org, before its record is looked for. */
export interface Wish {
  readonly claim: Claim;
  readonly change: 'write' | 'delete';
  /** The record, where it is known. */
  readonly id: string | null;
  /** What to look for the record by; null where it is not looked for. */
  readonly lookup: string | null;
  /** What of the row is written to its record, where that is there. */
  readonly fields: OrgRecord;
  /** What of the person's consent is written to the record, or to every record that is found. */
  readonly optIns: OrgRecord;
  /** Whether the person has opted out of something since it was last sent: somebody has to be told. */
  readonly isOptOut: boolean;
  /** Whether the row is there, and not archived. */
  readonly hasRow: boolean;
  /** Where the row has become a record of another object, a lead's, say: what it says is sent by that one's integrations. */
  readonly isElsewhere?: boolean;
  /** What a new record is made of; null where none may be made. */
  readonly newFields: OrgRecord | null;
  /** Where the record is another row's: it is told something, and is not linked. */
  readonly isOfAnother?: true;
}

/** What a plan is made with. */
export interface PlanContext {
  readonly integration: Integration;
  readonly mapping: RowMapping;
  readonly state: CurrentState;
  /** What the org has said of the object; null where it has not. */
  readonly described: OrgObject | null;
  /** Rows' record ids are those of this org. */
  readonly isOwnOrg: boolean;
}

const NO_CONSENT: CurrentConsent = { byCode: new Map(), changed: null };

/** What a delivery comes to, by what is there now rather than by what happened: a wish, or an end without a call. */
export function wishOf(claim: Claim, context: PlanContext): Wish | Settled {
  const row = context.state.rows.get(claim.identityId);
  if (claim.rowChange === 'deleted' && !row) return deletion(claim, context);
  try {
    return writing(claim, row, context);
  } catch (error) {
    if (error instanceof UnmappedValue)
      return { claim, outcome: 'dead', code: error.code, message: error.message };
    throw error;
  }
}

const NOTHING_OF_ROW = { fields: {}, optIns: {}, isOptOut: false, hasRow: false, newFields: null } as const;

function deletion(claim: Claim, { integration, state, isOwnOrg, described }: PlanContext): Wish | Settled {
  const stored = ownId(claim.salesforceId, isOwnOrg, described);
  const id = claim.linkedId ?? stored;
  if (claim.isLinkGone || (id !== null && state.usedIds.has(id))) return { claim, outcome: 'unneeded' };
  // Of a row that came and went before anything was sent, Salesforce never hears.
  if (id === null && claim.triedValue === null) return { claim, outcome: 'unneeded' };
  const lookup = integration.matching.by === 'record-id' ? null : claim.triedValue;
  return { ...NOTHING_OF_ROW, claim, change: 'delete', id, lookup };
}

function writing(claim: Claim, row: CurrentRow | undefined, context: PlanContext): Wish | Settled {
  const { integration, mapping, state } = context;
  const { operations, matching } = integration;
  const { byCode, changed } = state.consents.get(claim.identityId) ?? NO_CONSENT;
  const live = row && !row.isArchived ? row : null;
  const isRowWanted = live !== null && claim.rowChange !== null;
  const isConsentWanted = claim.isConsentChanged && operations.includes('consent');
  // A record that somebody deleted in the org is made again only where that is asked for.
  const mayCreate =
    isRowWanted && operations.includes('created') && (!claim.isLinkGone || claim.rowChange === 'created');
  const fields =
    isRowWanted && (operations.includes('updated') || claim.rowChange === 'created')
      ? mapping.changedFields(live.values, live.edited?.columns ?? null)
      : {};
  const optIns = isConsentWanted ? mapping.optIns(byCode, changed) : {};
  const newFields = mayCreate ? { ...mapping.newFields(live.values), ...mapping.optIns(byCode, null) } : null;
  const hasOptIns = Object.keys(optIns).length > 0;
  if (!hasOptIns && Object.keys(fields).length === 0 && newFields === null)
    return { claim, outcome: 'unneeded' };
  const isOptOut = hasOptIns && hasWithdrawn(byCode, changed);
  const looksForAll = hasOptIns && matching.by === 'lookup' && matching.several === 'all';
  const known = knownRecord(claim, row, context);
  const lookup = known !== null && !looksForAll ? null : lookupValue(claim, row, context);
  const isElsewhere = isOfOtherObject(live, context);
  const found = { id: known, lookup, hasRow: live !== null, isElsewhere };
  const wish: Wish = { claim, change: 'write', ...found, fields, optIns, isOptOut, newFields };
  if (known !== null || lookup !== null) return wish;
  if (newFields === null) return withoutRecord(wish);
  return {
    claim,
    outcome: 'dead',
    code: 'no-lookup-value',
    message: say('deliveries.no-lookup-value'),
  };
}

const hasWithdrawn = (byCode: ConsentByCode, changed: ChangedOptIns): boolean =>
  [...byCode].some(([code, status]) => status === 'withdrawn' && (changed === null || changed.has(code)));

/** A record that is gone is asked for no more; the row may have come from another one since. */
function knownRecord(claim: Claim, row: CurrentRow | undefined, context: PlanContext): string | null {
  const ofRow = knownId(row, context);
  if (!claim.isLinkGone) return claim.linkedId ?? ofRow;
  // What cannot be looked for may have been undeleted.
  return ofRow !== claim.linkedId || context.integration.matching.by === 'record-id' ? ofRow : null;
}

/** The record that a row came from, where it is of this org and this object. */
export function knownId(row: CurrentRow | undefined, context: PlanContext): string | null {
  return row ? ownId(row.salesforceId, context.isOwnOrg, context.described) : null;
}

/** Whether a row came from a record of this org that is none of this object. */
function isOfOtherObject(row: CurrentRow | null, { isOwnOrg, described }: PlanContext): boolean {
  const id = row?.salesforceId ?? null;
  return id !== null && isOwnOrg && described !== null && ownId(id, isOwnOrg, described) === null;
}

/** A row's record id, where it is of this org and this object. */
export function ownId(id: string | null, isOwnOrg: boolean, described: OrgObject | null): string | null {
  const prefix = described?.keyPrefix ?? null;
  return id !== null && isOwnOrg && prefix !== null && id.startsWith(prefix) ? id : null;
}

/** A row that is gone still has its key. */
function lookupValue(claim: Claim, row: CurrentRow | undefined, { integration }: PlanContext): string | null {
  const { matching } = integration;
  if (matching.by === 'record-id') return null;
  if (matching.by === 'external-id') return claim.identityId;
  const value = row ? row.values[matching.column] : claim.recordKey[matching.column];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
