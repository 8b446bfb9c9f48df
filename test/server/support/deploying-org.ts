import type {
  DeployProgress,
  DeployResult,
  OrgObject,
  OrgRecord,
  SalesforceOrg,
  SalesforceOrgs,
} from '../../../server/src/salesforce/org.ts';

export interface OrgDouble extends SalesforceOrgs {
  /** Rows that a query answers, by the object that it reads. */
  readonly rows: Map<string, OrgRecord[]>;
  readonly deployed: { readonly zip: Buffer; readonly tests: readonly string[] }[];
  /** Ids of deployments whose end was waited for. */
  readonly followed: string[];
  /** What a deployment does; by default it succeeds. */
  onDeploy: (report: (progress: Partial<DeployProgress>) => void) => Promise<DeployResult>;
}

export const DEPLOY_ID = '0Af000000000001AAA';
export const DEPLOYED: DeployResult = { id: DEPLOY_ID, isSuccess: true, failures: [] };

/** An org in memory, for what the local org does not do: dying in the middle, answering what a test wants. */
export function orgDouble(organizationId: string, object: string): OrgDouble {
  const refuse = (): never => {
    throw new Error('The double is not asked for this.');
  };
  const described: OrgObject = {
    name: object,
    label: object,
    keyPrefix: 'a00',
    isQueryable: true,
    isCreateable: true,
    isUpdateable: true,
    isDeletable: true,
    fields: [],
  };
  const double: OrgDouble = {
    rows: new Map(),
    deployed: [],
    followed: [],
    onDeploy: () => Promise.resolve(DEPLOYED),
    open: (connectionId) => Promise.resolve(orgOf(connectionId)),
  };
  const report =
    (onProgress: (progress: DeployProgress) => void = () => undefined) =>
    (progress: Partial<DeployProgress>): void => {
      onProgress({
        id: DEPLOY_ID,
        status: 'InProgress',
        componentsDeployed: 0,
        componentsTotal: 2,
        testsCompleted: 0,
        testsTotal: 1,
        ...progress,
      });
    };
  const orgOf = (connectionId: string): SalesforceOrg => ({
    connectionId,
    organizationId,
    instanceUrl: 'https://double.my.salesforce.com',
    userId: '005000000000001AAA',
    usage: null,
    describe: () => Promise.resolve(described),
    query: (soql) => pageOf(double.rows.get(/FROM (\w+)/.exec(soql)?.[1] ?? '') ?? []),
    queryBulk: refuse,
    write: refuse,
    writeBulk: refuse,
    bulkResults: refuse,
    deploy: (zip, { tests, onProgress }) => {
      double.deployed.push({ zip, tests });
      return double.onDeploy(report(onProgress));
    },
    followDeployment: (id, { onProgress } = {}) => {
      double.followed.push(id);
      return double.onDeploy(report(onProgress));
    },
  });
  return double;
}

async function* pageOf(rows: readonly OrgRecord[]): AsyncGenerator<readonly OrgRecord[]> {
  yield await Promise.resolve(rows);
}
