/** Who calls an org, for its budget, its counts and its log. */
export const PRODUCERS = [
  'consent',
  'deliveries',
  'actions',
  'events',
  'imports',
  'pulls',
  'comparisons',
  'deployments',
  'checks',
] as const;
export type Producer = (typeof PRODUCERS)[number];

/** What a record is asked to become. */
export type WriteOperation = 'insert' | 'update' | 'upsert' | 'delete';

/** Values by field name, `Id` among them where the record is known. */
export type OrgRecord = Readonly<Record<string, unknown>>;

export interface WriteOptions {
  /** Field that an upsert finds records by. */
  readonly externalIdField?: string;
  /** Lets the org's assignment rules run; Salesforce's default is yes, ours no. Bulk API never does without a rule's id. */
  readonly autoAssign?: boolean;
  /** Saves although a duplicate rule warns; Bulk API cannot, and refuses such records. */
  readonly allowDuplicates?: boolean;
  /** Of writeBulk: told the job's id before the org may begin with it. What is written down then can be looked up. */
  readonly onJob?: (jobId: string) => Promise<void>;
}

/** What became of one record, at the place it had among those sent. */
export interface SaveResult {
  readonly id: string | null;
  readonly isSaved: boolean;
  readonly isCreated: boolean;
  readonly errors: readonly SaveError[];
}

export interface SaveError {
  /** Salesforce's status code, `DUPLICATE_VALUE`. */
  readonly code: string;
  readonly message: string;
  readonly fields: readonly string[];
}

/** A field as the org describes it to the authorized user. */
export interface OrgField {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly length: number;
  readonly precision: number;
  readonly scale: number;
  readonly isNillable: boolean;
  readonly isDefaultedOnCreate: boolean;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly isFilterable: boolean;
  readonly isExternalId: boolean;
  readonly isUnique: boolean;
  readonly isRestrictedPicklist: boolean;
  readonly picklist: readonly string[];
  readonly referenceTo: readonly string[];
}

/** An object as the org describes it to the authorized user. */
export interface OrgObject {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string | null;
  readonly isQueryable: boolean;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
  readonly isDeletable: boolean;
  readonly fields: readonly OrgField[];
}

/** An object of an org, as far as a list of them says. */
export interface OrgObjectName {
  readonly name: string;
  readonly label: string;
  readonly isQueryable: boolean;
  readonly isCreateable: boolean;
  readonly isUpdateable: boolean;
}

/** API calls of the last 24 hours, as the org counted them in its last answer. */
export interface ApiUsage {
  readonly used: number;
  readonly limit: number;
}

/** A part of a deployment that failed. */
export interface DeployFailure {
  /** What stopped it: a part itself, a test that failed, too little of the code covered, or the deployment as a whole. */
  readonly kind: 'component' | 'test' | 'coverage' | 'deployment';
  readonly component: string;
  readonly message: string;
}

export interface DeployResult {
  readonly id: string;
  readonly isSuccess: boolean;
  readonly failures: readonly DeployFailure[];
}

export interface DeployProgress {
  readonly id: string;
  readonly status: string;
  readonly componentsDeployed: number;
  readonly componentsTotal: number;
  readonly testsCompleted: number;
  readonly testsTotal: number;
}

/** A Salesforce org, reached with a connection's authorization. Every method throws SalesforceFault. */
export interface SalesforceOrg {
  readonly connectionId: string;
  readonly organizationId: string;
  readonly instanceUrl: string;
  /** The authorized user. */
  readonly userId: string;
  /** What the last answer said; null before the first. */
  readonly usage: ApiUsage | null;
  /** API calls made through this object. */
  readonly callsMade: number;

  /** The objects that the authorized user may see. */
  listObjects(): Promise<readonly OrgObjectName[]>;
  describe(object: string): Promise<OrgObject>;
  /** Pages of up to 2,000 records, parents' fields by their path: `Account.Name`. `all` shows deleted ones too, with `IsDeleted`. */
  query(soql: string, options?: { readonly all?: boolean }): AsyncIterable<readonly OrgRecord[]>;
  /**
   * Several queries in few calls, each as long as a statement may be: records of all of them, in no particular order. Every
   * call is a page, an empty one too. `all` as for {@link query}.
   */
  querySeveral(
    soqls: readonly string[],
    options?: { readonly all?: boolean },
  ): AsyncIterable<readonly OrgRecord[]>;
  /**
   * A query by Bulk API 2.0, for many: values come as text, as CSV has them, and empty ones as null.
   *
   * @param fields what is known of the object's own fields: numbers among them come as plain digits, as REST's are read
   */
  queryBulk(
    soql: string,
    fields: readonly OrgField[],
    options?: { readonly all?: boolean },
  ): AsyncIterable<readonly OrgRecord[]>;
  /** sObject Collections: up to 200 records of one object in one call, each for itself. Results are in their order. */
  write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[]>;
  /**
   * The same by Bulk API 2.0: all records have the same fields, and go up in one job. A value that is undefined leaves its
   * field alone, null empties it.
   */
  writeBulk(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[]>;
  /**
   * What became of the records of a job that was begun before, once it has ended; null where the org never got to begin
   * with it, and the records are to be sent again.
   */
  bulkResults(
    jobId: string,
    operation: WriteOperation,
    records: readonly OrgRecord[],
    options?: WriteOptions,
  ): Promise<readonly SaveResult[] | null>;
  /** Deploys a zip of metadata with its package.xml, all of it or nothing, and waits for the end. */
  deploy(
    zip: Buffer,
    options: { readonly tests: readonly string[]; readonly onProgress?: (progress: DeployProgress) => void },
  ): Promise<DeployResult>;
  /** Waits for the end of a deployment that was started before. */
  followDeployment(
    id: string,
    options?: { readonly onProgress?: (progress: DeployProgress) => void },
  ): Promise<DeployResult>;
}

/**
 * What follows for a failed call: it is tried again later; what it was for is refused; the connection stops until a person
 * authorizes it again; it waits for API calls; it is held, since the API is not where it should be, and tried again by
 * itself.
 */
export type FaultKind = 'retry' | 'give-up' | 'stop' | 'limit' | 'hold';

/** A failed call of an org, sorted where it was made. */
export class SalesforceFault extends Error {
  override readonly name = 'SalesforceFault';
  readonly kind: FaultKind;
  /** Salesforce's error code, or one of ours in the form `not-authorized`. */
  readonly code: string;

  constructor(kind: FaultKind, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.code = code;
  }
}

/** Opens the orgs of connections. */
export interface SalesforceOrgs {
  /**
   * Throws SalesforceFault `not-authorized` (stop) where the connection has no authorization that works.
   *
   * @param share of the org's daily calls, used by any client, beyond which this caller waits, where that is less than the
   *   connection's own
   */
  open(connectionId: string, producer: Producer, share?: number): Promise<SalesforceOrg>;
}
