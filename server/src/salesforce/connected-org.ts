import { OrgApi, type Caller, type SessionKeeper } from './api.ts';
import { bulkJobResults, writeBulkJob } from './bulk-ingest.ts';
import { AttemptLog } from './attempt-log.ts';
import { writeCollection } from './collections.ts';
import { deploymentEnd, deployZip } from './deployments.ts';
import { describeObject, listObjects } from './describes.ts';
import type {
  ApiUsage,
  DeployProgress,
  DeployResult,
  OrgField,
  OrgObject,
  OrgObjectName,
  OrgRecord,
  SalesforceOrg,
  SaveResult,
  WriteOperation,
  WriteOptions,
} from './org.ts';
import { queryBulkPages, queryPages, severalQueriesPages } from './queries.ts';

/** A Salesforce org, reached over HTTP. */
export class ConnectedOrg implements SalesforceOrg {
  readonly connectionId: string;
  readonly organizationId: string;
  readonly instanceUrl: string;
  readonly userId: string;
  readonly #api: OrgApi;
  readonly #log: AttemptLog;

  constructor(
    org: Pick<SalesforceOrg, 'connectionId' | 'organizationId' | 'instanceUrl' | 'userId'>,
    keeper: SessionKeeper,
    caller: Caller,
  ) {
    this.connectionId = org.connectionId;
    this.organizationId = org.organizationId;
    this.instanceUrl = org.instanceUrl;
    this.userId = org.userId;
    this.#api = new OrgApi(keeper, caller);
    this.#log = new AttemptLog(caller.logger, org.connectionId, caller.producer, this.#api);
  }

  get usage(): ApiUsage | null {
    return this.#api.usage;
  }

  get callsMade(): number {
    return this.#api.callsMade;
  }

  listObjects(): Promise<readonly OrgObjectName[]> {
    return this.#log.call('list objects', null, () => listObjects(this.#api));
  }

  describe(object: string): Promise<OrgObject> {
    return this.#log.call('describe', object, () => describeObject(this.#api, object));
  }

  query(soql: string, options: { readonly all?: boolean } = {}): AsyncIterable<readonly OrgRecord[]> {
    return this.#log.query('query', soql, queryPages(this.#api, soql, options.all === true));
  }

  querySeveral(
    soqls: readonly string[],
    { all = false }: { readonly all?: boolean } = {},
  ): AsyncIterable<readonly OrgRecord[]> {
    return this.#log.query(
      all ? 'queryAll' : 'query',
      soqls[0] ?? '',
      severalQueriesPages(this.#api, soqls, all),
    );
  }

  queryBulk(
    soql: string,
    fields: readonly OrgField[],
    options: { readonly all?: boolean } = {},
  ): AsyncIterable<readonly OrgRecord[]> {
    const pages = queryBulkPages(this.#api, soql, fields, options.all === true);
    return this.#log.query('bulk query', soql, pages);
  }

  write(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options: WriteOptions = {},
  ): Promise<readonly SaveResult[]> {
    return this.#log.write(operation, object, records, () =>
      writeCollection(this.#api, operation, object, records, options),
    );
  }

  writeBulk(
    operation: WriteOperation,
    object: string,
    records: readonly OrgRecord[],
    options: WriteOptions = {},
  ): Promise<readonly SaveResult[]> {
    return this.#log.write(`bulk ${operation}`, object, records, () =>
      writeBulkJob(this.#api, operation, object, records, options),
    );
  }

  bulkResults(
    jobId: string,
    operation: WriteOperation,
    records: readonly OrgRecord[],
    options: WriteOptions = {},
  ): Promise<readonly SaveResult[] | null> {
    return this.#log.write(`results of bulk ${operation}`, null, records, () =>
      bulkJobResults(this.#api, jobId, operation, records, options),
    );
  }

  deploy(
    zip: Buffer,
    options: { readonly tests: readonly string[]; readonly onProgress?: (progress: DeployProgress) => void },
  ): Promise<DeployResult> {
    return this.#log.call('deploy', null, () => deployZip(this.#api, zip, options));
  }

  followDeployment(
    id: string,
    options: { readonly onProgress?: (progress: DeployProgress) => void } = {},
  ): Promise<DeployResult> {
    return this.#log.call('follow deployment', null, () => deploymentEnd(this.#api, id, options.onProgress));
  }
}
