import { say } from '../../messages/message.ts';
import type { CurrentConsent } from '../../consent/current-consents.ts';
import type { ChangedOptIns, ConsentByCode } from '../../consent/opt-in-fields.ts';
import type { OrgRecord } from '../../salesforce/org.ts';
import type { Claim } from '../deliveries/claims.ts';
import type { CurrentRow, CurrentState } from './current-state.ts';
import type { Integration } from '../integrations/integrations.ts';
import { isOfOtherObject, knownRecord, ownId, type RecordsOf } from './known-record.ts';
import type { Settled } from '../deliveries/outcomes.ts';
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
  /** What an earlier creation was sent with, of which nobody knows what became, where that is another value. */
  readonly tried?: string | null;
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
export interface PlanContext extends RecordsOf {
  readonly integration: Integration;
  readonly mapping: RowMapping;
  readonly state: CurrentState;
  /** Another integration sends what rows say that became records of another object. */
  readonly isSentElsewhere: boolean;
}

const NO_CONSENT: CurrentConsent = { byCode: new Map(), changed: null };

/** What a delivery comes to, by what is there now rather than by what happened: a wish, or an end without a call. */
export function wishOf(claim: Claim, context: PlanContext): Wish | Settled {
  const row = context.state.rows.get(claim.identityId);
  if (!row && isDeletion(claim, context)) return deletion(claim, context);
  try {
    return writing(row?.isArchived === true ? ofArchivedRow(claim, row, context) : claim, row, context);
  } catch (error) {
    if (error instanceof UnmappedValue)
      return { claim, outcome: 'dead', code: error.code, message: error.message };
    throw error;
  }
}

/** What the project has changed of a row whose record was deleted meanwhile is not sent, and not forgotten either. */
function ofArchivedRow(claim: Claim, { salesforceId, edited }: CurrentRow, context: PlanContext): Claim {
  const recordId = ownId(salesforceId, context);
  if (claim.rowChange !== 'updated' || recordId === null || edited === null || edited.columns.size === 0)
    return claim;
  return { ...claim, archivedEdit: { recordId, values: edited.values } };
}

/** A row that is gone under its key, by an act of SQL, say, takes along what may have been made of it. */
const isDeletion = ({ rowChange, triedValue }: Claim, { integration }: PlanContext): boolean =>
  rowChange === 'deleted' ||
  (rowChange !== null && triedValue !== null && integration.operations.includes('deleted'));

const NOTHING_OF_ROW = { fields: {}, optIns: {}, isOptOut: false, hasRow: false, newFields: null } as const;

function deletion(claim: Claim, context: PlanContext): Wish | Settled {
  const { integration, state } = context;
  const id = ownId(claim.salesforceId, context) ?? claim.linkedId;
  const isGone = claim.isLinkGone && id === claim.linkedId;
  if (isGone || (id !== null && state.usedIds.has(id))) return { claim, outcome: 'unneeded' };
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
  const isElsewhere = isOfOtherObject(live?.salesforceId ?? null, context);
  const isSentHere = !(isElsewhere && context.isSentElsewhere);
  const isRowWanted = live !== null && claim.rowChange !== null && isSentHere;
  const isConsentWanted = claim.isConsentChanged && operations.includes('consent');
  // A record that somebody deleted in the org is made again only where that is asked for.
  const mayCreate =
    isRowWanted && operations.includes('created') && (!claim.isLinkGone || claim.rowChange === 'created');
  const made = mayCreate ? mapping.newFields(live.values) : null;
  const fields =
    isRowWanted && (operations.includes('updated') || claim.rowChange === 'created')
      ? mapping.changedFields(live.values, live.edited?.columns ?? null, made)
      : {};
  const optIns = isConsentWanted ? mapping.optIns(byCode, changed) : {};
  const newFields = made && { ...made, ...mapping.optIns(byCode, null) };
  const hasOptIns = Object.keys(optIns).length > 0;
  if (!hasOptIns && Object.keys(fields).length === 0 && newFields === null)
    return { claim, outcome: 'unneeded' };
  const isOptOut = hasOptIns && hasWithdrawn(byCode, changed);
  const looksForAll = hasOptIns && matching.by === 'lookup' && matching.several === 'all';
  const known = recordOf(claim, row, context);
  const lookup = known !== null && !looksForAll ? null : lookupValue(claim, row, context);
  const tried = known === null && lookup !== claim.triedValue ? claim.triedValue : null;
  const found = { id: known, lookup, tried, hasRow: live !== null, isElsewhere };
  const wish: Wish = { claim, change: 'write', ...found, fields, optIns, isOptOut, newFields };
  if (known !== null || lookup !== null || tried !== null) return wish;
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

/** The record that a delivery is sent to, where it is known. */
export function recordOf(claim: Claim, row: CurrentRow | undefined, context: PlanContext): string | null {
  const rowId = row?.salesforceId ?? null;
  const { linkedId, isLinkGone, isLinkNew = false } = claim;
  const known = knownRecord({ rowId, linkedId, isLinkGone, isLinkNew }, context);
  // What cannot be looked for may have been undeleted.
  return known === null && isLinkGone && context.integration.matching.by === 'record-id'
    ? ownId(rowId, context)
    : known;
}

/** A row that is gone still has its key. */
function lookupValue(claim: Claim, row: CurrentRow | undefined, { integration }: PlanContext): string | null {
  const { matching } = integration;
  if (matching.by === 'record-id') return null;
  if (matching.by === 'external-id') return claim.identityId;
  const value = row ? row.values[matching.column] : claim.recordKey[matching.column];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
