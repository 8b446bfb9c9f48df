import type { DescribeCache } from '../../salesforce/describe-cache.ts';
import type { OrgObject, SalesforceFault, SalesforceOrg } from '../../salesforce/org.ts';
import type { RecordWrite, Result } from './record-write.ts';

/** What writes are carried out with. */
export interface Desk {
  readonly org: SalesforceOrg;
  readonly descriptions: DescribeCache;
  /** Lets records be saved although a duplicate rule warns. */
  readonly allowDuplicates?: boolean;
  /** Why none of the writes can be made, to an object or where there is none; null where that depends on the write. */
  readonly obstacle: (object: OrgObject | null) => string | null;
  /** Called before each call that changes something; throws where the work is somebody else's by now. */
  readonly beforeSending: (creating: readonly number[], isBulk: boolean) => Promise<void>;
}

/** Writes that are carried out together. */
export interface Turn {
  readonly desk: Desk;
  readonly writes: readonly RecordWrite[];
  /** By the place of the write. */
  readonly results: (Result | undefined)[];
  /** What ended the turn before its end. */
  fault: SalesforceFault | null;
}
