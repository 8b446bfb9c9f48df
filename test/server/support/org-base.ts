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
} from '../../../server/src/salesforce/org.ts';
import { salesforceId } from '../../../server/src/values/salesforce-id.ts';

const refused = (what: string): Promise<never> => Promise.reject(new Error(`This double does not ${what}.`));

/** The n-th id of an object, in its 18 characters, with letters of both cases as nearly all have. */
export function idOfRecord(prefix: string, number: number): string {
  const id = salesforceId(`${prefix}gK0${String(number).padStart(9, '0')}`);
  if (id === null) throw new Error(`${prefix} is no prefix of ids.`);
  return id;
}

/** What all doubles of an org have in common: one who is authorized, and the refusal of whatever a double is not for. */
export class OrgBase implements SalesforceOrg {
  readonly connectionId: string;
  readonly organizationId: string;
  readonly instanceUrl: string = 'https://double.my.salesforce.com';
  readonly userId = '005000000000001AAA';
  usage: ApiUsage | null = null;
  callsMade = 0;

  constructor(connectionId: string, organizationId = '00D000000000001EAA') {
    this.connectionId = connectionId;
    this.organizationId = organizationId;
  }

  listObjects(): Promise<readonly OrgObjectName[]> {
    return refused('list objects');
  }

  describe(_object: string): Promise<OrgObject> {
    return refused('describe objects');
  }

  query(_soql: string, _options?: { readonly all?: boolean }): AsyncIterable<readonly OrgRecord[]> {
    throw new Error('This double does not answer queries.');
  }

  /** One page with the records of all, as one call answers them. */
  async *querySeveral(
    soqls: readonly string[],
    options?: { readonly all?: boolean },
  ): AsyncIterable<readonly OrgRecord[]> {
    const records: OrgRecord[] = [];
    for (const soql of soqls) for await (const page of this.query(soql, options)) records.push(...page);
    yield records;
  }

  queryBulk(
    soql: string,
    _fields: readonly OrgField[],
    options?: { readonly all?: boolean },
  ): AsyncIterable<readonly OrgRecord[]> {
    return this.query(soql, options);
  }

  write(
    _operation: WriteOperation,
    _object: string,
    _records: readonly OrgRecord[],
    _options?: WriteOptions,
  ): Promise<readonly SaveResult[]> {
    return refused('save records');
  }

  writeBulk(
    _operation: WriteOperation,
    _object: string,
    _records: readonly OrgRecord[],
    _options?: WriteOptions,
  ): Promise<readonly SaveResult[]> {
    return refused('save records in bulk');
  }

  bulkResults(
    _jobId: string,
    _operation: WriteOperation,
    _records: readonly OrgRecord[],
    _options?: WriteOptions,
  ): Promise<readonly SaveResult[] | null> {
    return refused('look up jobs');
  }

  deploy(
    _zip: Buffer,
    _options: { readonly tests: readonly string[]; readonly onProgress?: (progress: DeployProgress) => void },
  ): Promise<DeployResult> {
    return refused('deploy');
  }

  followDeployment(
    _id: string,
    _options?: { readonly onProgress?: (progress: DeployProgress) => void },
  ): Promise<DeployResult> {
    return refused('follow deployments');
  }
}
