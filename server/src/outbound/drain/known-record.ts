import type { OrgObject } from '../../salesforce/org.ts';

/** What is known of the record of a row. */
export interface KnownRecord {
  /** The record that the row came from, of whatever org and object; null where there is none. */
  readonly rowId: string | null;
  /** The record that was made or found for the row. */
  readonly linkedId: string | null;
  /** The linked one was deleted in the org. */
  readonly isLinkGone: boolean;
  /** The linked one was found just now, for one that is gone: the row does not know of it yet. */
  readonly isLinkNew?: boolean;
}

/** Whose records are meant. */
export interface RecordsOf {
  /** Rows' record ids are those of this org. */
  readonly isOwnOrg: boolean;
  /** What the org has said of the object; null where it has not. */
  readonly described: OrgObject | null;
}

/**
 * The record of a row, where it is known: the one that the row came from, which may be another one since the row was linked;
 * the link only where the row came from none of this org, or where it is newer. A record that is gone is none, and a row that
 * has become a record of another object has none of this one.
 */
export function knownRecord(known: KnownRecord, of: RecordsOf): string | null {
  const { rowId, linkedId, isLinkGone, isLinkNew } = known;
  const ofRow = ownId(rowId, of);
  if (isLinkGone) return ofRow === linkedId ? null : ofRow;
  if (isLinkNew === true) return linkedId;
  return isOfOtherObject(rowId, of) ? null : (ofRow ?? linkedId);
}

/** Whether a row came from a record of this org that is none of this object. */
export function isOfOtherObject(rowId: string | null, of: RecordsOf): boolean {
  return rowId !== null && of.isOwnOrg && of.described !== null && ownId(rowId, of) === null;
}

/** A row's record id, where it is of this org and this object. */
export function ownId(rowId: string | null, { isOwnOrg, described }: RecordsOf): string | null {
  const prefix = described?.keyPrefix ?? null;
  return rowId !== null && isOwnOrg && prefix !== null && rowId.startsWith(prefix) ? rowId : null;
}
