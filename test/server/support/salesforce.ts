import { LOGIN } from '../../local-org/rest/server.ts';
import { startOrg, type OrgProcess } from '../../../scripts/demo/salesforce.ts';
import { admin, startTestServer, type TestServer } from './test-server.ts';
import type { Config } from '../../../server/src/config.ts';

export { LOGIN };

/** A server and a local org that may be a connection's. */
export interface SalesforceStage {
  readonly server: TestServer;
  readonly org: OrgProcess;
  close(): Promise<void>;
}

/**
 * @param changes of the server's configuration
 * @param sources of the org beside the package
 */
export async function startStage(
  changes: Partial<Config> = {},
  sources: readonly string[] = [],
): Promise<SalesforceStage> {
  const org = await startOrg([], 0, sources);
  const server = await startTestServer(null, {
    salesforceOrigins: [org.url],
    salesforceApp: { clientId: LOGIN.clientId, clientSecret: LOGIN.clientSecret },
    ...changes,
  });
  return {
    server,
    org,
    close: async () => {
      await server.close();
      await org.stop();
    },
  };
}

/** Authorizes a connection by user name, password and security token. */
export async function authorizeByPassword(
  server: TestServer,
  connectionId: string,
  orgUrl: string,
): Promise<void> {
  await admin(server, 'post', `/v1/admin/connections/${connectionId}/authorizations/password`)
    .send({ login: orgUrl, userName: LOGIN.userName, password: LOGIN.password, securityToken: 'token' })
    .expect(201);
}
