import { startOrg, type Salesforce } from '../../scripts/demo/salesforce.ts';
import { LOGIN } from '../local-org/rest/settings.ts';
import { setConsoleStage, type ConsoleStage } from './console-stage.ts';

export const PROJECT = 'NEWS';

/** A console whose account has a project and a connection that is authorized in a local org. */
export interface OrgConsoleStage extends ConsoleStage {
  readonly salesforce: Salesforce;
  /** The connection's id. */
  readonly connection: string;
}

/** @param sources of the org beside the package */
export async function setOrgConsoleStage(
  sources: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<OrgConsoleStage> {
  const org = await startOrg([], 0, sources);
  const stage = await setConsoleStage('en-CA', {
    ...environment,
    SALESFORCE_ORIGINS: org.url,
    SALESFORCE_CLIENT_ID: LOGIN.clientId,
    SALESFORCE_CLIENT_SECRET: LOGIN.clientSecret,
  });
  const { di } = stage;
  await di.call('POST', '/v1/admin/projects', {
    code: PROJECT,
    name: 'Newsletter',
    type: 'AB',
    contacts: {
      primaryKey: ['email'],
      fields: [
        { name: 'email', label: 'E-mail', type: 'email', required: true },
        { name: 'first_name', label: 'First name', type: 'text', length: 40 },
        { name: 'last_name', label: 'Last name', type: 'text', length: 80 },
      ],
    },
  });
  await di.call('POST', `/v1/admin/projects/${PROJECT}/build`);
  const { id: connection } = await di.call<{ id: string }>('POST', '/v1/admin/connections', {
    project: PROJECT,
    name: 'Production',
  });
  await di.call('POST', `/v1/admin/connections/${connection}/authorizations/password`, {
    login: org.url,
    userName: LOGIN.userName,
    password: LOGIN.password,
    securityToken: 'token',
  });
  const salesforce = await org.connect();
  return {
    ...stage,
    salesforce,
    connection,
    close: async () => {
      await stage.close();
      await org.stop();
    },
  };
}
