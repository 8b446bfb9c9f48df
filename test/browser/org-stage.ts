import { startOrg, type OrgProcess, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { setUpProject, setUpSalesforce } from '../../scripts/demo/set-up.ts';
import { freePort } from '../server/support/free-port.ts';
import { atDoor } from '../support/org-door.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';

/** The local org's own app, which the web-server flow is asked for by. */
const APP = { SALESFORCE_CLIENT_ID: 'local-org', SALESFORCE_CLIENT_SECRET: 'local-org-secret' };

/** The console in front of a local org with the package: a project, its connection, and an active transfer on both sides. */
export interface OrgStage extends ConsoleStage {
  readonly org: OrgProcess;
  readonly salesforce: Salesforce;
  /** The connection's id. */
  readonly connection: string;
  /** Asks the local org for what Salesforce would not do, at a door below `/local`. */
  atDoor(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', door: string, body?: object): Promise<void>;
}

/** Sets the stage as the demo does, except that DI may not call the org yet. */
export async function setOrgStage(): Promise<OrgStage> {
  const orgPort = await freePort();
  const stage = await setConsoleStage('en-CA', {
    SALESFORCE_ORIGINS: `http://127.0.0.1:${orgPort}`,
    ...APP,
  });
  const org = await startOrg([stage.url], orgPort);
  const salesforce = await org.connect();
  const keys = await setUpProject(stage.di);
  await setUpSalesforce(salesforce, stage.url, keys);
  return {
    ...stage,
    org,
    salesforce,
    connection: keys.connectionId,
    atDoor: (method, door, body) => atDoor(org.url, method, door, body),
    close: async () => {
      await org.stop();
      await stage.close();
    },
  };
}
