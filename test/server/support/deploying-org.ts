import type {
  DeployProgress,
  DeployResult,
  OrgObject,
  OrgRecord,
  SalesforceOrg,
  SalesforceOrgs,
} from '../../../server/src/salesforce/org.ts';
import { OrgBase } from './org-base.ts';

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
  const double: OrgDouble = {
    rows: new Map(),
    deployed: [],
    followed: [],
    onDeploy: () => Promise.resolve(DEPLOYED),
    open: (connectionId) => Promise.resolve(new DeployingOrg(connectionId, organizationId, object, double)),
  };
  return double;
}

class DeployingOrg extends OrgBase {
  readonly #object: string;
  readonly #double: OrgDouble;

  constructor(connectionId: string, organizationId: string, object: string, double: OrgDouble) {
    super(connectionId, organizationId);
    this.#object = object;
    this.#double = double;
  }

  override describe(): Promise<OrgObject> {
    const can = { isQueryable: true, isCreateable: true, isUpdateable: true, isDeletable: true };
    return Promise.resolve({ name: this.#object, label: this.#object, keyPrefix: 'a00', ...can, fields: [] });
  }

  override async *query(soql: string): AsyncIterable<readonly OrgRecord[]> {
    yield await Promise.resolve(this.#double.rows.get(/FROM (\w+)/.exec(soql)?.[1] ?? '') ?? []);
  }

  override deploy(
    zip: Buffer,
    { tests, onProgress }: Parameters<SalesforceOrg['deploy']>[1],
  ): Promise<DeployResult> {
    this.#double.deployed.push({ zip, tests });
    return this.#double.onDeploy(reportTo(onProgress));
  }

  override followDeployment(
    id: string,
    { onProgress }: Parameters<SalesforceOrg['followDeployment']>[1] = {},
  ): Promise<DeployResult> {
    this.#double.followed.push(id);
    return this.#double.onDeploy(reportTo(onProgress));
  }
}

/** Progress of which a test says only what matters to it. */
function reportTo(
  onProgress: (progress: DeployProgress) => void = () => undefined,
): (progress: Partial<DeployProgress>) => void {
  return (progress) => {
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
}
